import { describe, expect, it } from "vitest";
import { measureLoudness } from "../../../scripts/samples/loudness";
import { songTools } from "../../support/song-tools";
import { asBlob } from "@/lib/storage/song-bytes";
import { FfmpegCrash } from "@/lib/ffmpeg/crash";
import type { GainPlan } from "@/lib/loudness/plan";
import { dbtp, decibels, lu, lufs } from "@/lib/loudness/units";
import { levelSong, measureSong, type SongTools } from "@/lib/song-path";
import type { LevelOutcome, Leveled, Measured } from "@/lib/song/outcome";
import type { LevelTask } from "@/lib/song/task";
import { MemoryScratch } from "@/lib/storage/scratch";
import { levelTask, signal, song, target } from "./sources";

const level = (
  source: Uint8Array,
  name: string,
  change: Partial<LevelTask> = {},
  tools: Partial<SongTools> = {},
): Promise<LevelOutcome> => levelSong(levelTask(source, name, change), songTools(source, tools));

const leveled = async (...args: Parameters<typeof level>): Promise<Leveled> => {
  const outcome = await level(...args);
  if (outcome.kind !== "leveled") throw new Error(JSON.stringify(outcome));
  return outcome;
};

const heard = async ({ bytes }: Leveled) =>
  measureLoudness(new Uint8Array(await asBlob(bytes).arrayBuffer()));

const wav = () => song("dynamic", "song.wav", "-c:a", "pcm_s16le");

/** Counts what becomes of every scratch. */
class CountedScratch extends MemoryScratch {
  disposals = 0;
  override dispose(): void {
    this.disposals++;
    super.dispose();
  }
}
function counted(budget = Number.MAX_SAFE_INTEGER) {
  const scratches: CountedScratch[] = [];
  const createScratch = () => {
    const scratch = new CountedScratch(budget);
    scratches.push(scratch);
    return Promise.resolve(scratch);
  };
  return { scratches, createScratch, counts: () => scratches.map(({ disposals }) => disposals) };
}

describe("a song that cannot be leveled", () => {
  const flac = () => song("dynamic", "a.flac", "-c:a", "flac", "-sample_fmt", "s16");
  const m4a = () => song("dynamic", "a.m4a", "-c:a", "aac");
  const picture = ["-frames:v", "1"];
  const cases: [string, () => Uint8Array | Promise<Uint8Array>, string, string][] = [
    ["text", () => new TextEncoder().encode("la la la\n".repeat(500)), "text.mp3", "not-audio"],
    ["nothing", () => new Uint8Array(0), "empty.mp3", "empty-file"],
    ["a picture", () => signal("color=c=red:s=32x32", "p.png", ...picture), "p.m4a", "not-audio"],
    [
      "a film without sound",
      () => signal("color=c=red:s=32x32:d=1", "f.mp4", "-c:v", "mpeg4"),
      "f.mp4",
      "no-audio-stream",
    ],
    ["an M4A without its index", async () => (await m4a()).slice(0, 20_000), "cut.m4a", "damaged"],
    ["a header alone", async () => (await flac()).slice(0, 60), "head.flac", "damaged"],
    [
      "impossible samples",
      () =>
        song("short", "n.wav", "-c:a", "pcm_f32le").then((bytes) => {
          const broken = bytes.slice();
          new DataView(broken.buffer).setFloat32(broken.length - 400, Number.NaN, true);
          return broken;
        }),
      "nan.wav",
      "invalid-samples",
    ],
    [
      "samples far beyond any sound",
      () => signal("aevalsrc=3e38*sin(t*900):d=1", "loud.wav", "-c:a", "pcm_f32le"),
      "loud.wav",
      "invalid-samples",
    ],
    [
      // ffprobe ends by `exit` on it.
      "a header of 0 channels",
      () =>
        signal("sine=100:d=1", "none.wav").then((bytes) => {
          const broken = bytes.slice();
          new DataView(broken.buffer).setUint16(22, 0, true);
          return broken;
        }),
      "none.wav",
      "damaged",
    ],
    [
      "a sample rate of no sound",
      () => signal("sine=100:r=1000:d=1", "low.wav"),
      "low.wav",
      "unsupported-codec",
    ],
  ];
  it.each(cases)("%s", async (_, make, name, reason) => {
    const source = await make();
    const { createScratch, counts } = counted();
    const outcome = await level(source, name, {}, { createScratch });
    expect(outcome).toMatchObject({ kind: "refused", reason });
    expect(counts().every((disposals) => disposals === 1)).toBe(true);
    const task = { file: levelTask(source, name).file, dualMono: false };
    expect(await measureSong(task, songTools(source))).toMatchObject({ kind: "refused", reason });
  });

  it("needs more memory than there is", async () => {
    const { createScratch, counts } = counted(100_000);
    const outcome = await level(await wav(), "song.wav", {}, { createScratch });
    expect(outcome).toMatchObject({ kind: "refused", reason: "out-of-memory" });
    // Tried once more as a song of unknown length, whose samples and slices a worker would put on disk.
    expect(counts()).toEqual([1, 1, 1]);
  });

  it("is cut short: what is there is leveled, its original is never replaced", async () => {
    const source = (await flac()).slice(0, 250_000);
    const kept = await leveled(source, "cut.flac");
    expect(kept.measured.duration).toBeLessThan(4.5);
    expect(kept.measured.damage?.kind).toBe("cut-short");
    expect(Math.abs((await heard(kept)).integrated - -14)).toBeLessThanOrEqual(0.2);
    const replaced = await level(source, "cut.flac", { replacesOriginal: true });
    expect(replaced).toMatchObject({ kind: "refused", reason: "damaged-original" });
  });

  it("is a truncated MP3: what is there is leveled", async () => {
    const mp3 = await song("dynamic", "a.mp3", "-c:a", "libmp3lame", "-b:a", "128k");
    const result = await leveled(mp3.slice(0, 40_000), "cut.mp3");
    expect(Math.abs((await heard(result)).integrated - -14)).toBeLessThanOrEqual(0.2);
  });

  it("is silence", async () => {
    const silence = await signal("anullsrc=r=44100:cl=stereo:d=2", "silent.flac");
    expect(await level(silence, "silent.flac")).toMatchObject({
      kind: "skipped",
      reason: "silent",
      measured: { measurement: { integrated: -Infinity } },
    });
  });

  it("is a film that would be replaced by its sound", async () => {
    const film = await signal(
      "sine=440:d=1[out0];color=c=red:s=32x32:d=1[out1]",
      "f.mp4",
      ...["-c:v", "mpeg4", "-c:a", "aac"],
    );
    expect(await level(film, "f.mp4", { replacesOriginal: true })).toMatchObject({
      kind: "refused",
      reason: "video-original",
    });
    expect(await leveled(film, "f.mp4")).toMatchObject({ extension: "m4a" });
  });

  it("crashes its engine: the scheduler hears of it, and nothing is left behind", async () => {
    const { createScratch, counts } = counted();
    const source = await wav();
    const createFfmpeg = async () => {
      const ffmpeg = await songTools(source).createFfmpeg();
      const run = () => {
        throw new FfmpegCrash("memory access out of bounds");
      };
      return { ...ffmpeg, run };
    };
    await expect(level(source, "a.wav", {}, { createScratch, createFfmpeg })).rejects.toThrow(
      FfmpegCrash,
    );
    expect(counts()).toEqual([1]);
  });
});

describe("what was asked for", () => {
  it("without verification: one encode, nothing measured after it", async () => {
    const { createScratch, counts } = counted();
    const result = await leveled(await wav(), "a.wav", { verify: false }, { createScratch });
    expect(result).toMatchObject({ passes: 1, result: null, shortfall: null });
    expect(Math.abs((await heard(result)).integrated - -14)).toBeLessThanOrEqual(0.2);
    expect(counts()).toEqual([1, 1]);
  });

  it("corrects a first encode that misses, if a second is allowed, and says so if not", async () => {
    // Folding 5.1 down to stereo changes loudness in a way that only the result tells.
    const pan = "pan=5.1|FL=FL|FR=FR|FC=0.5*FL+0.5*FR|LFE=FL|BL=FL|BR=FR";
    const source = await song("dynamic", "s.wav", "-af", `${pan},volume=-9dB`, "-c:a", "pcm_s16le");
    const quiet = target({ loudness: -23 });
    const task = { outputFormat: "mp3", target: quiet } as const;
    const tries = [counted(), counted()] as const;
    const once = await leveled(source, "s.wav", { ...task, maxPasses: 1 }, tries[0]);
    expect(once).toMatchObject({ passes: 1, shortfall: "accuracy-not-reached" });
    const twice = await leveled(source, "s.wav", { ...task, maxPasses: 2 }, tries[1]);
    expect(twice).toMatchObject({ passes: 2, shortfall: null });
    expect(Math.abs((await heard(twice)).integrated - -23)).toBeLessThanOrEqual(0.2);
    expect(tries[0].counts()).toEqual([1, 1]);
    // Samples, the first encode, and the second, which is delivered.
    expect(tries[1].counts()).toEqual([1, 1, 1]);
  });

  it("stays quieter rather than limiting", async () => {
    const result = await leveled(await wav(), "a.wav", {
      target: target({ whenPeaksTooHigh: "quieter", loudness: -10 }),
    });
    expect(result).toMatchObject({ limited: 0, shortfall: "held-back-by-peaks" });
    const { truePeak, integrated } = await heard(result);
    expect(truePeak).toBeCloseTo(-1, 0);
    expect(truePeak).toBeLessThanOrEqual(-0.9);
    expect(integrated).toBeLessThan(-10.2);
  });

  it("limits no deeper than allowed", async () => {
    const result = await leveled(await wav(), "a.wav", {
      target: target({ mostLimiting: decibels(1), loudness: -8 }),
    });
    expect(result.limited).toBeGreaterThan(0.5);
    expect(result.limited).toBeLessThanOrEqual(1.2);
    expect(result.shortfall).toBe("held-back-by-peaks");
  });

  it("is under its ceiling even where every encode puts other peaks over it", async () => {
    const bursts =
      "anoisesrc=d=2:c=pink:a=0.2:r=44100:seed=3,volume=1+4*lt(mod(t\\,0.5)\\,0.1):eval=frame";
    const source = await signal(bursts, "n.mp3", "-c:a", "libmp3lame", "-b:a", "64k");
    const result = await leveled(source, "n.mp3", {
      target: target({ loudness: -10, mostLimiting: decibels(6) }),
      maxPasses: 1,
    });
    const why = { passes: 3, shortfall: "held-back-by-peaks", held: { by: "encoder" } };
    expect(result).toMatchObject(why);
    expect(result.result!.truePeak).toBeLessThanOrEqual(-0.95);
  });

  it("evens out with loudnorm, at the source's own rate", async () => {
    const { createScratch, counts } = counted();
    const source = await song("dynamic", "a.flac", "-c:a", "flac", "-af", "volume=-12dB");
    const result = await leveled(
      source,
      "a.flac",
      { target: target({ whenPeaksTooHigh: "dynamic", loudness: -11 }) },
      { createScratch },
    );
    const { integrated, truePeak } = await heard(result);
    expect(Math.abs(integrated - -11)).toBeLessThanOrEqual(0.2);
    expect(truePeak).toBeLessThanOrEqual(-0.9);
    expect(result.result!.duration).toBeCloseTo(result.measured.duration, 3);
    expect(counts().every((disposals) => disposals === 1)).toBe(true);
  });

  it("gives every song of an album the album's gain", async () => {
    const source = await song("dynamic", "a.flac", "-c:a", "flac", "-af", "volume=-10dB");
    const { integrated: before, truePeak } = await measureLoudness(source);
    const loudness = {
      integrated: lufs(before),
      truePeak: dbtp(truePeak),
      samplePeak: dbtp(truePeak),
    };
    const plan: GainPlan = {
      kind: "gain",
      ...{ gain: decibels(1), expected: lufs(before + 1), truePeak: dbtp(-9) },
      ...{ limited: decibels(0), heldBack: true, heldBy: "peaks" },
    };
    const album = { plan, lost: lu(0), neighbours: { before: null, after: null }, loudness };
    const result = await leveled(source, "a.flac", { album });
    expect(result.gain).toBe(1);
    expect(result).toMatchObject({
      ...{ limited: 0, shortfall: "held-back-by-peaks", held: { by: "peaks" } },
    });
    expect((await heard(result)).integrated - before).toBeCloseTo(1, 1);
    const skip: GainPlan = { kind: "skip", reason: "already-at-target", expected: lufs(before) };
    const atTarget = { ...album, plan: skip };
    expect(await level(source, "a.flac", { album: atTarget })).toMatchObject({ kind: "skipped" });
  });

  it("decides on a known measurement without opening the song", async () => {
    const source = await wav();
    const outcome = await measureSong(
      { file: levelTask(source, "a.wav").file, dualMono: false },
      songTools(source),
    );
    const known = (outcome as { measured: Measured }).measured;
    const at = target({ loudness: known.measurement.integrated, ceiling: 3 });
    const never = () => Promise.reject(new Error("opened"));
    const task = { known, target: at };
    const skipped = await level(source, "a.wav", task, { createFfmpeg: never });
    expect(skipped).toMatchObject({
      kind: "skipped",
      reason: "already-at-target",
      measured: known,
    });
  });

  it("counts a mono song twice where both loudspeakers will play it", async () => {
    const mono = await song("dynamic", "m.wav", "-ac", "1", "-af", "volume=-12dB");
    const low = { target: target({ loudness: -30 }) };
    const single = await leveled(mono, "m.wav", low);
    const double = await leveled(mono, "m.wav", { ...low, dualMono: true });
    expect(single.gain - double.gain).toBeCloseTo(3.01, 1);
  });

  it("tells its progress in phases that only go forward", async () => {
    const seen: [string, number][] = [];
    const onProgress: SongTools["onProgress"] = (phase, fraction) => seen.push([phase, fraction]);
    await leveled(await wav(), "a.wav", {}, { onProgress });
    const phases = seen.map(([phase]) => phase);
    expect(phases.filter((phase, i) => phase !== phases[i - 1])).toEqual([
      "measuring",
      "rendering",
      "verifying",
    ]);
    for (const phase of new Set(phases)) {
      const fractions = seen.filter(([each]) => each === phase).map(([, fraction]) => fraction);
      expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
      expect(fractions.at(-1)).toBeCloseTo(1, 2);
      expect(Math.max(...fractions)).toBeLessThanOrEqual(1);
    }
  });
});
