/**
 * Ogg Vorbis encoded to Ogg Vorbis: its blocks lie beside the source's, and every decoder at hand gives
 * the song as long as it was, in its place.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { levelSong } from "@/lib/song-path";
import { asBlob } from "@/lib/storage/song-bytes";
import { levelTask, target } from "../engine/song-path/sources";
import { songTools } from "../support/song-tools";

const MUSIC = "/usr/share/games/wesnoth/1.16/data/core/music";
const folder = mkdtempSync(join(tmpdir(), "levelup-grid-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string) => join(folder, name);
const ffmpeg = (...args: string[]) =>
  execFileSync("ffmpeg", ["-v", "error", "-nostdin", "-y", ...args]);

const decoders = {
  ffmpeg: (name: string) => {
    ffmpeg("-i", path(name), "-f", "s16le", path("pcm"));
    return pcm();
  },
  libvorbis: (name: string) => {
    execFileSync("oggdec", ["-Q", "-R", "-o", path("pcm"), path(name)]);
    return pcm();
  },
};

function pcm(): Int16Array {
  const bytes = readFileSync(path("pcm"));
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** Frames from packet to packet, as ffmpeg tells them. */
const blocks = (name: string) =>
  execFileSync("ffprobe", [
    ...["-v", "error", "-show_entries", "packet=duration", "-of", "csv=p=0", path(name)],
  ])
    .toString()
    .split("\n")
    .map((line) => parseInt(line))
    .filter(Number.isFinite);

/** Frames that `b` is later than `a`, within 3, by what is left of the difference. */
function lag(a: Int16Array, b: Int16Array, channels: number): number {
  const left = [0, -1, 1, -2, 2, -3, 3].map((frames) => {
    let sum = 0;
    for (let i = 3 * channels; i < a.length - 3 * channels; i++) {
      sum += Math.abs(a[i]! - b[i + frames * channels]!);
    }
    return { frames, sum };
  });
  return left.reduce((best, each) => (each.sum < best.sum ? each : best)).frames;
}

test.each([
  ["traveling_minstrels", ["-t", "10", "-c", "copy"], 2],
  ["the_king_is_dead", ["-t", "10", "-c", "copy"], 2],
  ["return_to_wesnoth", ["-t", "10.3", "-c:a", "libvorbis", "-q:a", "2"], 2],
  ["breaking_the_chains", ["-t", "8", "-ar", "48000", "-c:a", "libvorbis", "-q:a", "7"], 2],
  ["northerners", ["-t", "8", "-ar", "22050", "-ac", "1", "-c:a", "libvorbis", "-q:a", "4"], 1],
])("%s", async (name, args, channels) => {
  ffmpeg("-i", join(MUSIC, `${name}.ogg`), "-map", "0:a", ...args, path("source.ogg"));
  const bytes = new Uint8Array(readFileSync(path("source.ogg")));
  // So loud that it is limited, and so quiet that it is not.
  for (const loudness of [-9, -30]) {
    const task = levelTask(bytes, "source.ogg", { target: target({ loudness }), maxPasses: 1 });
    const outcome = await levelSong(task, songTools(bytes));
    if (outcome.kind !== "leveled") throw new Error(outcome.kind);
    writeFileSync(path("leveled.ogg"), Buffer.from(await asBlob(outcome.bytes).arrayBuffer()));
    // It begins between two long blocks; an encoder begins with a short one.
    const lengths = blocks("leveled.ogg");
    expect(lengths[1]).toBe(Math.max(...lengths));
    for (const decode of Object.values(decoders)) {
      const [source, leveled] = [decode("source.ogg"), decode("leveled.ogg")];
      expect(leveled.length).toBe(source.length);
      const scale = 10 ** (-outcome.gain / 20);
      expect(
        lag(
          source,
          leveled.map((sample) => sample * scale),
          channels,
        ),
      ).toBe(0);
    }
  }
});
