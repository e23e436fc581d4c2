import { restoreOriginals } from "@/lib/files/restore";
import { AgedSwaps } from "@/lib/files/swap";
import { notBegun, type SongTable } from "@/lib/batch/song-table";

/** Puts back every kept original of the songs in the list; returns how many there were. */
export async function restoreAll(table: SongTable): Promise<number> {
  let restored = 0;
  const ids = new Map(table.ids.map((id) => [table.record(id).file, id] as const));
  const leaveIt = () => Promise.resolve(false);
  await restoreOriginals([...ids.keys()], leaveIt, new AgedSwaps(0), (file, outcome) => {
    if (outcome !== "restored") return;
    restored++;
    const id = ids.get(file)!;
    // It is another file now than the one that was measured.
    table.record(id).measured = null;
    const message = "The original is back.";
    table.update(id, { ...notBegun, source: null, curve: null, message });
  });
  return restored;
}
