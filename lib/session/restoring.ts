import { dropKept, removeEmptyOriginals, restoreOriginal } from "@/lib/files/originals";
import { notBegun, type SongTable } from "@/lib/batch/song-table";

const leaveIt = () => Promise.resolve(false);

/** Puts back every kept original of the songs in the list; returns how many there were. */
export async function restoreAll(table: SongTable): Promise<number> {
  let restored = 0;
  for (const id of table.ids) {
    const record = table.record(id);
    if ((await restoreOriginal(record.file, leaveIt)) !== "restored") continue;
    await dropKept(record.file);
    await removeEmptyOriginals(record.file);
    restored++;
    // It is another file now than the one that was measured.
    record.measured = null;
    const message = "The original is back.";
    table.update(id, { ...notBegun, source: null, curve: null, message });
  }
  return restored;
}
