import { describe, expect, it } from "vitest";
import { runFfmpeg } from "../../../scripts/samples/core";
import { songTools } from "../../support/song-tools";
import { asBlob } from "@/lib/storage/song-bytes";
import { levelSong } from "@/lib/song-path";
import type { Leveled } from "@/lib/song/outcome";
import type { LevelTask } from "@/lib/song/task";
import { levelTask, song } from "./sources";

async function leveled(source: Uint8Array, name: string, change: Partial<LevelTask> = {}) {
  const outcome = await levelSong(levelTask(source, name, change), songTools(source));
  if (outcome.kind !== "leveled") throw new Error(JSON.stringify(outcome));
  const file = Buffer.from(await asBlob(outcome.bytes).arrayBuffer());
  return { ...(outcome satisfies Leveled), file };
}

/** Whether a text stands in the file, in one byte a character or in two. */
const says = (file: Buffer, text: string): boolean =>
  file.toString("latin1").replaceAll("\0", "").includes(text);

describe("a song that becomes another kind", () => {
  it("has its tags in the other kind's own words, and nothing to be told of it", async () => {
    const tags = ["-metadata", "title=Mine", "-metadata", "MY OWN=thing"];
    const flac = await song("loud", "a.flac", "-c:a", "flac", "-sample_fmt", "s16", ...tags);
    const { file, notes } = await leveled(flac, "a.flac", { outputFormat: "opus" });
    expect(says(file, "TITLE=Mine")).toBe(true);
    expect(says(file, "MY OWN=thing")).toBe(true);
    expect(notes).toEqual([]);
  });

  it("owes nothing to the memory of its source, which the next song is read into", async () => {
    const tags = ["-metadata", "title=Mine", "-metadata", "comment=thing"];
    const mp3 = await song("loud", "a.mp3", "-c:a", "libmp3lame", ...tags);
    const source = mp3.slice();
    const outcome = await levelSong(levelTask(source, "a.mp3"), songTools(source));
    source.fill(0);
    const file = Buffer.from(await asBlob((outcome as Leveled).bytes).arrayBuffer());
    expect(file.equals((await leveled(mp3, "a.mp3")).file)).toBe(true);
    expect(says(file, "Mine")).toBe(true);
  });

  it("whose tags nobody can read is leveled with what ffmpeg reads, and says so", async () => {
    const caf = await song("loud", "a.caf", "-c:a", "pcm_s16be", "-metadata", "title=Mine");
    const { file, notes } = await leveled(caf, "a.caf", { outputFormat: "mp3" });
    expect(says(file, "Mine")).toBe(true);
    expect(notes).toEqual(["tags-read-in-part"]);
  });

  it("keeps its chapters", async () => {
    const chapter = (start: number, end: number, title: string) =>
      `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${start}\nEND=${end}\ntitle=${title}\n`;
    const list = `;FFMETADATA1\ntitle=Book\n${chapter(0, 2000, "First")}${chapter(2000, 5000, "Last")}`;
    const plain = await song("loud", "a.m4a", "-c:a", "aac");
    const args = ["-i", "a.m4a", "-i", "list", "-map_metadata", "1", "-map_chapters", "1"];
    const { outputs } = await runFfmpeg(
      [...args, "-c", "copy", "book.m4a"],
      { "a.m4a": plain, list: new TextEncoder().encode(list) },
      ["book.m4a"],
    );
    const book = outputs[0]!;
    const mp3 = (await leveled(book, "book.m4a", { outputFormat: "mp3" })).file;
    for (const text of ["CHAP", "First", "Last", "Book"]) expect(says(mp3, text)).toBe(true);
    const opus = (await leveled(book, "book.m4a", { outputFormat: "opus" })).file;
    for (const text of ["CHAPTER001=00:00:02.000", "CHAPTER001NAME=Last", "TITLE=Book"])
      expect(says(opus, text)).toBe(true);
  });
});
