import { describe, expect, it } from "vitest";
import { asBlob } from "@/lib/storage/song-bytes";
import { levelSong, listenToSong } from "@/lib/song-path";
import type { DecodedStretch } from "@/lib/song/outcome";
import type { ListenTask } from "@/lib/song/task";
import type { OutputFormat } from "@/lib/settings/settings";
import { songTools } from "../../support/song-tools";
import { decoded, levelTask, song } from "./sources";

async function decodedStretch(
  bytes: Uint8Array,
  name: string,
  change: Partial<ListenTask> = {},
): Promise<DecodedStretch> {
  const file = new File([bytes as Uint8Array<ArrayBuffer>], name);
  const task = { file, dualMono: false, from: 0, length: null, sampleRate: null, ...change };
  const outcome = await listenToSong(task, songTools(bytes));
  if (outcome.kind !== "decoded") throw new Error(JSON.stringify(outcome));
  return outcome;
}

/** By how many samples `b` comes later than `a`, looked for within 2,000 of them. */
function lag(a: Float32Array, b: Float32Array): number {
  const [from, length] = [66_150, 22_050];
  let best = { at: 0, sum: -Infinity };
  for (let at = -2_000; at <= 2_000; at++) {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += a[from + i]! * b[from + i + at]!;
    if (sum > best.sum) best = { at, sum };
  }
  return best.at;
}

describe("source and result are aligned to the sample", () => {
  it.each<[string, readonly string[], OutputFormat]>([
    ["song.mp3", ["-c:a", "libmp3lame", "-b:a", "192k"], "same"],
    ["song.m4a", ["-c:a", "aac", "-b:a", "192k"], "same"],
    ["song.ogg", ["-c:a", "libvorbis", "-q:a", "5"], "same"],
    ["song.opus", ["-c:a", "libopus", "-b:a", "128k", "-compression_level", "4"], "same"],
    ["song.flac", ["-c:a", "flac", "-sample_fmt", "s16"], "mp3"],
    ["song.flac", ["-c:a", "flac", "-sample_fmt", "s16"], "opus"],
  ])("%s %s as %s", async (name, options, outputFormat) => {
    const source = await song("dynamic", name, ...options);
    const outcome = await levelSong(levelTask(source, name, { outputFormat }), songTools(source));
    if (outcome.kind !== "leveled") throw new Error(JSON.stringify(outcome));
    const before = await decodedStretch(source, name);
    const result = new Uint8Array(await asBlob(outcome.bytes).arrayBuffer());
    const { sampleRate } = before;
    const after = await decodedStretch(result, `result.${outcome.extension}`, { sampleRate });
    expect(after.sampleRate).toBe(sampleRate);
    expect(Math.abs(after.channels[0]!.length - before.channels[0]!.length)).toBeLessThan(2_000);
    expect(lag(before.channels[0]!, after.channels[0]!)).toBe(0);
    expect(after.measurement.integrated).toBeCloseTo(outcome.result!.integrated, 1);
  });
});

describe("what is decoded for playing", () => {
  it("is the stretch that was asked for, at the rate that was asked for", async () => {
    const source = await song("dynamic", "song.flac", "-c:a", "flac", "-sample_fmt", "s16");
    const pcm = await decoded(source);
    const stretch = await decodedStretch(source, "song.flac", { from: 2, length: 1.5 });
    expect(stretch.channels.map(({ length }) => length)).toEqual([66_150, 66_150]);
    for (const [channel, samples] of stretch.channels.entries()) {
      const wanted = Float32Array.from(
        { length: 66_150 },
        (_, i) => pcm[(88_200 + i) * 2 + channel]!,
      );
      expect(samples).toEqual(wanted);
    }
    const slower = await decodedStretch(source, "song.flac", {
      from: 2,
      length: 1.5,
      sampleRate: 22_050,
    });
    expect(slower.channels[0]).toHaveLength(33_075);
    expect(slower.cut).toBe(false);
  });

  it("is two channels of more, and at most 96 kHz", async () => {
    const filter = "pan=5.1|FL=FL|FR=FR|FC=0.5*FL|LFE=FL|BL=FL|BR=FR,aformat=sample_fmts=s32";
    const source = await song(
      "dynamic",
      "wide.flac",
      "-c:a",
      "flac",
      "-ar",
      "192000",
      "-af",
      filter,
    );
    const { channels, sampleRate } = await decodedStretch(source, "wide.flac", {
      from: 1,
      length: 1,
    });
    expect(sampleRate).toBe(96_000);
    expect(channels.map(({ length }) => length)).toEqual([96_000, 96_000]);
  });

  it("is refused with the reason that leveling would give", async () => {
    const file = new File([], "nothing.mp3");
    const task = { file, dualMono: false, from: 0, length: null, sampleRate: null };
    expect(await listenToSong(task, songTools(new Uint8Array()))).toMatchObject({
      kind: "refused",
      reason: "empty-file",
    });
  });
});
