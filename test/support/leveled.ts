import { levelSong } from "@/lib/song-path";
import { leveledText } from "@/lib/song/texts";
import { asBlob } from "@/lib/storage/song-bytes";
import type { OutputFormat } from "@/lib/settings/settings";
import { levelTask } from "../engine/song-path/sources";
import { songTools } from "./song-tools";

/** A song as the worker levels it, and what its row says then. */
export async function leveled(bytes: Uint8Array, name: string, outputFormat: OutputFormat) {
  const outcome = await levelSong(levelTask(bytes, name, { outputFormat }), songTools(bytes));
  if (outcome.kind !== "leveled") throw new Error(`${name}: ${JSON.stringify(outcome)}`);
  const file = new Uint8Array(await asBlob(outcome.bytes).arrayBuffer());
  return { ...outcome, file, row: leveledText(outcome) };
}
