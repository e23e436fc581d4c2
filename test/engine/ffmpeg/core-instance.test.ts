import { describe, expect, it } from "vitest";
import { newInstance, songTools, watchedMemory } from "../../support/song-tools";
import { levelTask, song } from "../song-path/sources";
import { FfmpegCrash } from "@/lib/ffmpeg/crash";
import { createFfmpeg } from "@/lib/ffmpeg/instance";
import type { CoreInstance } from "@/lib/ffmpeg/core-instance";
import { asBlob } from "@/lib/storage/song-bytes";
import { levelSong } from "@/lib/song-path";

// That every song finds the memory of a new instance, to the last byte, is seen to in all tests of
// songs: test/support/song-tools.ts looks at it before each.

async function leveledIn(instance: CoreInstance, bytes: Uint8Array, name: string): Promise<Buffer> {
  const tools = songTools(bytes, { createFfmpeg: () => createFfmpeg(instance) });
  const outcome = await levelSong(levelTask(bytes, name), tools);
  if (outcome.kind !== "leveled") throw new Error(JSON.stringify(outcome));
  return Buffer.from(await asBlob(outcome.bytes).arrayBuffer());
}

/** As a stray write of damaged media would. */
const write = (memory: WebAssembly.Memory, address: number) =>
  new Uint8Array(memory.buffer).fill(7, address, address + 1);

describe("one instance for many songs", () => {
  it("makes of a song what a new one makes of it, whatever came before", async () => {
    const kinds: readonly [string, readonly string[]][] = [
      ["a.mp3", ["-c:a", "libmp3lame", "-b:a", "128k"]],
      ["a.flac", ["-c:a", "flac", "-sample_fmt", "s16"]],
      // Not Ogg, whose streams get a number by chance.
      ["a.wv", ["-c:a", "wavpack", "-sample_fmt", "s16p"]],
      ["a.m4a", ["-c:a", "aac", "-b:a", "192k"]],
    ];
    const used = newInstance();
    for (const [name, args] of kinds) {
      const source = await song("loud", name, ...args);
      await leveledIn(used, source, name);
      const again = await leveledIn(used, source, name);
      const alone = await leveledIn(newInstance(), source, name);
      expect(again.equals(alone), name).toBe(true);
    }
    const { instances } = watchedMemory(used);
    expect(instances()).toBe(1);
  });

  it("has no file of the song before", async () => {
    const instance = newInstance();
    const before = await createFfmpeg(instance);
    before.mount("/song/source", { size: 4, read: () => 0 });
    expect(before.exists("/song/source")).toBe(true);
    expect((await createFfmpeg(instance)).exists("/song/source")).toBe(false);
  });

  it("is given up when something wrote where nothing writes", async () => {
    const instance = newInstance();
    const { memory, instances } = watchedMemory(instance);
    await createFfmpeg(instance);
    write(memory(), 4_321_000);
    await createFfmpeg(instance);
    expect(instances()).toBe(2);
  });

  it("is given up when a song made it large; without memory for another it is a crash", async () => {
    const instance = newInstance();
    const { memory, instances, refuseMore } = watchedMemory(instance);
    await createFfmpeg(instance);
    memory().grow(2000);
    await createFfmpeg(instance);
    expect(instances()).toBe(2);
    memory().grow(2000);
    refuseMore(new RangeError("Out of memory"));
    // A worker that is new has nothing of songs before: there it may work.
    await expect(createFfmpeg(instance)).rejects.toThrow(FfmpegCrash);
  });

  it("says what it is when not even the first can be had", async () => {
    const instance = newInstance();
    watchedMemory(instance).refuseMore(new RangeError("Out of memory"));
    await expect(createFfmpeg(instance)).rejects.toThrow(RangeError);
  });
});
