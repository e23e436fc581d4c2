import { describe, expect, it } from "vitest";
import { measureLoudness } from "../../../scripts/samples/loudness";
import { join } from "../../support/formats/bytes";
import { inside } from "../../support/formats/mp4";
import { packetsOf, page, readPages } from "../../support/formats/ogg";
import { songTools } from "../../support/song-tools";
import { asBlob } from "@/lib/storage/song-bytes";
import { decibels } from "@/lib/loudness/units";
import { bytesSource } from "@/lib/formats";
import { mp3Layout } from "@/lib/formats/mpeg/layout";
import { levelSong, measureSong, undoSong } from "@/lib/song-path";
import { SongRun } from "@/lib/song-path/song-run";
import { verifyGain } from "@/lib/song-path/verifying";
import type { Leveled, LevelOutcome } from "@/lib/song/outcome";
import { planSong } from "@/lib/song/song-plan";
import type { LevelTask } from "@/lib/song/task";
import { decoded, levelTask, probed, signal, song, target } from "./sources";

const lossless = { reencoding: "never" } as const;

async function leveled(source: Uint8Array, name: string, change: Partial<LevelTask> = {}) {
  return delivered(await levelSong(levelTask(source, name, change), songTools(source)));
}

async function delivered(outcome: LevelOutcome): Promise<Leveled & { file: Uint8Array }> {
  if (outcome.kind !== "leveled") throw new Error(JSON.stringify(outcome));
  return { ...outcome, file: await bytesOf(outcome) };
}

const bytesOf = async ({ bytes }: Leveled) => new Uint8Array(await asBlob(bytes).arrayBuffer());

/** The audio of an MP3 without its tags. */
function audioOf(file: Uint8Array): Uint8Array {
  const { audioStart, audioEnd } = mp3Layout(bytesSource(file));
  return file.subarray(audioStart, audioEnd);
}

const tagsOf = async (file: Uint8Array) => Buffer.from(file).toString("latin1");

it("checks a song that is just shorter than what is decoded of it, without its padding", async () => {
  // Ten seconds of frames are decoded of 9.99 s of sound, and the last of them are none of it.
  const bytes = await signal("sine=440:d=9.99", "a.m4a", "-c:a", "aac", "-b:a", "96k");
  const quiet = { ...lossless, target: target({ loudness: -30 }) };
  expect(await leveled(bytes, "a.m4a", quiet)).toMatchObject({ route: "lossless" });
});

describe("an MP3 that is leveled without encoding", () => {
  const source = () =>
    song("dynamic", "a.mp3", "-b:a", "128k", "-metadata", "REPLAYGAIN_TRACK_GAIN=-3.00 dB");

  it("moves by whole steps of 1.505 dB, as near to the target as they reach", async () => {
    const bytes = await source();
    const before = (await measureLoudness(bytes)).integrated;
    const quiet = { ...lossless, target: target({ loudness: before - 4 }) };
    const result = await leveled(bytes, "a.mp3", quiet);
    expect(result).toMatchObject({ route: "lossless", passes: 0, shortfall: "lossless-step" });
    expect(result.gain).toBeCloseTo(-3 * 1.50515, 3);
    expect((await measureLoudness(result.file)).integrated).toBeCloseTo(before + result.gain, 1);
    expect(audioOf(result.file)).toHaveLength(audioOf(bytes).length);
    expect(await tagsOf(result.file)).not.toContain("REPLAYGAIN");
    expect(await tagsOf(result.file)).toContain("MP3GAIN_UNDO");
  });

  it("measures what its result says, and starts from a measurement that is there already", async () => {
    const bytes = await source();
    const task = { ...lossless, target: target({ loudness: -30 }) };
    const { result, measured, file } = await leveled(bytes, "a.mp3", task);
    const heard = await measureLoudness(file);
    expect(result!.integrated).toBeCloseTo(heard.integrated, 1);
    expect(result!.truePeak).toBeCloseTo(heard.truePeak, 1);
    const decoded = await delivered(
      await undoSong({ file: new File([], "a.mp3"), dualMono: false }, songTools(file)),
    );
    expect(decoded.measured.measurement.integrated).toBeCloseTo(result!.integrated, 3);
    expect(decoded.measured.measurement.range).toBeCloseTo(result!.range, 3);

    const again = await leveled(bytes, "a.mp3", { ...task, known: measured });
    expect(again.seconds.measure).toBe(0);
    expect(again.file).toEqual(file);
    expect(again.result).toEqual(result);
  });

  it("is refused when what comes out of the decoder has not moved by the gain", async () => {
    const bytes = await source();
    const { measured, file, gain } = await leveled(bytes, "a.mp3", {
      ...lossless,
      target: target({ loudness: -30 }),
    });
    const check = async (wrong: number) => {
      const tools = songTools(file);
      const run = new SongRun({ file: new File([], "a.mp3"), dualMono: false }, tools);
      const song = { run, ffmpeg: await tools.createFfmpeg() };
      return verifyGain(song, bytesSource(file), measured, decibels(gain + wrong));
    };
    expect(await check(0)).toMatchObject({ duration: measured.duration });
    await expect(check(0.1)).rejects.toThrow("LUFS instead of");
  });

  it("is never pushed over the ceiling: it stays quieter and says so", async () => {
    const bytes = await source();
    const { truePeak } = await measureLoudness(bytes);
    const loud = { ...lossless, target: target({ loudness: -5, ceiling: truePeak + 2 }) };
    const result = await leveled(bytes, "a.mp3", loud);
    expect(result).toMatchObject({ route: "lossless", shortfall: "held-back-by-peaks" });
    expect(result.gain).toBeCloseTo(1.50515, 3);
  });

  it("is left alone when no step would bring it nearer", async () => {
    const bytes = await source();
    const { integrated, truePeak } = await measureLoudness(bytes);
    const near = {
      ...lossless,
      target: target({ loudness: integrated - 0.6, ceiling: truePeak + 1 }),
    };
    const outcome = await levelSong(levelTask(bytes, "a.mp3", near), songTools(bytes));
    expect(outcome).toMatchObject({ kind: "skipped", reason: "nearest-lossless-step" });
  });

  it("gets its very bytes back by undo, and has nothing to undo after that", async () => {
    const bytes = await source();
    const changed = await leveled(bytes, "a.mp3", {
      ...lossless,
      target: target({ loudness: -30 }),
    });
    expect(Buffer.from(audioOf(changed.file)).equals(audioOf(bytes))).toBe(false);
    const task = { file: new File([], "a.mp3"), dualMono: false };
    const undone = await delivered(await undoSong(task, songTools(changed.file)));
    expect(undone.route).toBe("lossless");
    expect(Buffer.from(audioOf(undone.file)).equals(audioOf(bytes))).toBe(true);
    expect(await undoSong(task, songTools(undone.file))).toMatchObject({
      kind: "skipped",
      reason: "nothing-to-undo",
    });
  });
});

describe("an Opus file that is leveled without encoding", () => {
  it("lands on the target exactly, without the tags that were relative to its old gain, and is led back by undo", async () => {
    const bytes = await song(
      "loud",
      "a.opus",
      "-compression_level",
      "4",
      "-metadata",
      "R128_TRACK_GAIN=-300",
    );
    const result = await leveled(bytes, "a.opus", {
      ...lossless,
      target: target({ loudness: -20 }),
    });
    expect(result).toMatchObject({ route: "lossless", passes: 0, shortfall: null });
    expect((await measureLoudness(result.file)).integrated).toBeCloseTo(-20, 1);
    expect(result.result!.integrated).toBeCloseTo(-20, 2);
    const tags = await tagsOf(result.file);
    expect(tags).not.toContain("R128_TRACK_GAIN");
    expect(tags).toContain("LEVELUP_UNDO");
    const task = { file: new File([], "a.opus"), dualMono: false };
    const undone = await delivered(await undoSong(task, songTools(result.file)));
    expect(undone.gain).toBe(result.gain);
    expect(Buffer.from(undone.file).equals(bytes)).toBe(true);
  });
});

describe("a Vorbis song that is leveled without encoding", () => {
  const task = { file: new File([], "a.ogg"), dualMono: false };

  it("lands on the target, with every packet of audio, and gets its very bytes back by undo", async () => {
    const tags = ["-metadata", "REPLAYGAIN_TRACK_GAIN=-3.00 dB", "-metadata", "TITLE=Mine"];
    const bytes = await song("loud", "a.ogg", "-c:a", "libvorbis", "-q:a", "4", ...tags);
    const quiet = { ...lossless, target: target({ loudness: -19.37 }) };
    const result = await leveled(bytes, "a.ogg", quiet);
    expect(result).toMatchObject({ route: "lossless", passes: 0, shortfall: null });
    const heard = await measureLoudness(result.file);
    expect(Math.abs(heard.integrated + 19.37)).toBeLessThan(0.02);
    expect(Math.abs(result.result!.integrated + 19.37)).toBeLessThan(0.02);
    const audioPackets = (file: Uint8Array) => packetsOf(readPages(file)).slice(3);
    expect(audioPackets(result.file)).toEqual(audioPackets(bytes));
    const text = await tagsOf(result.file);
    expect(text).not.toContain("REPLAYGAIN");
    expect(text).toContain("TITLE=Mine");

    const undone = await delivered(await undoSong(task, songTools(result.file)));
    expect(undone.route).toBe("lossless");
    expect(Buffer.from(undone.file).equals(bytes)).toBe(true);
    expect(await undoSong(task, songTools(undone.file))).toMatchObject({
      kind: "skipped",
      reason: "nothing-to-undo",
    });
  });

  it("is encoded where another stream runs beside it, refused where no decoder opens it", async () => {
    const beside = ["-map", "0", "-map", "0", "-c:a:0", "libvorbis", "-c:a:1", "flac"];
    const multiplexed = await song("loud", "a.ogg", ...beside);
    const quiet = { reencoding: "best-sound", target: target({ loudness: -20 }) } as const;
    expect(await leveled(multiplexed, "a.ogg", quiet)).toMatchObject({ route: "encode" });

    // The framing bit is the last of its setup header.
    const bytes = await song("loud", "a.ogg", "-c:a", "libvorbis", "-q:a", "4");
    const pages = readPages(bytes.slice());
    const { body } = pages[1]!;
    body[body.length - 1] = 0;
    const lying = join(...pages.map((each) => page(each)));
    const before = lying.slice();
    const outcome = await levelSong(levelTask(lying, "a.ogg", quiet), songTools(lying));
    expect(outcome).toMatchObject({ kind: "refused", reason: "damaged" });
    expect(Buffer.from(lying).equals(before)).toBe(true);
  });

  it("is encoded where its record cannot be read, and takes no record of undo along", async () => {
    const bytes = await song("loud", "a.ogg", "-c:a", "libvorbis", "-q:a", "4");
    const quiet = { ...lossless, target: target({ loudness: -20 }) };
    const { file } = await leveled(bytes, "a.ogg", quiet);
    expect(await tagsOf(file)).toContain("LEVELUP_UNDO");
    // A version of the record that there is not.
    const pages = readPages(file.slice());
    const { body } = pages[1]!;
    const record = Buffer.from(body).indexOf("LEVELUP_UNDO=1");
    body[record + "LEVELUP_UNDO=".length] = 0x32;
    const damaged = join(...pages.map((each) => page(each)));
    const quieter = { target: target({ loudness: -24 }) };
    const result = await leveled(damaged, "a.ogg", { ...quieter, reencoding: "best-sound" });
    expect(result).toMatchObject({ route: "encode", way: { why: "no-own-gain" } });
    expect(await tagsOf(result.file)).not.toContain("LEVELUP_UNDO");
  });
});

describe("an AAC song that is leveled without encoding", () => {
  it.each(["m4a", "aac"])(
    "moves in steps as %s, and gets its very bytes back by undo",
    async (extension) => {
      const name = `a.${extension}`;
      const bytes = await song("dynamic", name, "-c:a", "aac", "-b:a", "128k");
      const before = (await measureLoudness(bytes)).integrated;
      const quiet = { ...lossless, target: target({ loudness: before - 4 }) };
      const result = await leveled(bytes, name, quiet);
      expect(result).toMatchObject({ route: "lossless", passes: 0, shortfall: "lossless-step" });
      expect(result.gain).toBeCloseTo(-3 * 1.50515, 3);
      const heard = await measureLoudness(result.file);
      expect(Math.abs(heard.integrated - before - result.gain)).toBeLessThan(0.02);
      const task = { file: new File([], name), dualMono: false };
      const undone = await delivered(await undoSong(task, songTools(result.file)));
      expect(Buffer.from(undone.file).equals(bytes)).toBe(true);
    },
  );
});

describe("a film whose sound is AAC", () => {
  const film = (...options: readonly string[]) =>
    signal(
      "sine=440:d=3[out0];testsrc2=s=64x64:d=3[out1]",
      "f.mp4",
      ...["-c:v", "mpeg4", "-c:a", "aac", ...options],
    );
  const change = { ...lossless, replacesOriginal: true, target: target({ loudness: -30 }) };

  it("keeps its pictures, also where it is replaced, and gets its very bytes back by undo", async () => {
    const bytes = await film("-movflags", "+faststart");
    const result = await leveled(bytes, "f.mp4", change);
    expect(result).toMatchObject({ route: "lossless", extension: "mp4" });
    expect((await probed(result.file)).hasVideo).toBe(true);
    const [before, after] = [bytes, result.file].map((file) => inside(file, "mdat")!);
    expect(after!.length).toBe(before!.length);
    const heard = await measureLoudness(result.file);
    expect(Math.abs(heard.integrated - result.result!.integrated)).toBeLessThan(0.02);
    const task = { file: new File([], "f.mp4"), dualMono: false };
    const undone = await delivered(await undoSong(task, songTools(result.file)));
    expect(Buffer.from(undone.file).equals(bytes)).toBe(true);
  });

  it("is still not replaced by its sound where that would have to be encoded", async () => {
    const bytes = await film("-movflags", "frag_keyframe+empty_moov");
    const best = { ...change, reencoding: "best-sound" } as const;
    const outcome = await levelSong(levelTask(bytes, "f.mp4", best), songTools(bytes));
    expect(outcome).toMatchObject({ kind: "refused", reason: "video-original" });
    const copy = await leveled(bytes, "f.mp4", { ...best, replacesOriginal: false });
    expect(copy).toMatchObject({ route: "encode", extension: "m4a" });
  });
});

describe("what is planned of a measured song is what is done with it", () => {
  const kinds: readonly (readonly [name: string, args: readonly string[]])[] = [
    ["a.mp3", ["-b:a", "128k"]],
    ["a.m4a", ["-c:a", "aac", "-b:a", "128k"]],
    ["a.ogg", ["-c:a", "libvorbis", "-q:a", "4"]],
    ["a.opus", ["-c:a", "libopus", "-b:a", "96k", "-compression_level", "4"]],
    ["a.wma", ["-c:a", "wmav2", "-b:a", "128k"]],
    ["a.flac", ["-sample_fmt", "s16"]],
  ];
  /** Steps of 1.5 dB that the target lies under the song, whose peaks are at full scale. */
  const cases = { "on a step": -4, "off the step": -4.4, "over its peaks": 2 } as const;
  const routes: Record<LevelTask["reencoding"], Record<string, readonly string[]>> = {
    "best-sound": {
      "a.mp3": ["near-step", "no-near-step", "peaks"],
      "a.m4a": ["near-step", "no-near-step", "peaks"],
      "a.ogg": ["exact", "exact", "peaks"],
      "a.opus": ["exact", "exact", "peaks"],
      "a.wma": ["no-own-gain", "no-own-gain", "no-own-gain"],
      "a.flac": ["lossless-source", "lossless-source", "lossless-source"],
    },
    never: {
      "a.mp3": ["near-step", "never", "held-back-by-peaks"],
      "a.m4a": ["near-step", "never", "held-back-by-peaks"],
      "a.ogg": ["exact", "exact", "held-back-by-peaks"],
      "a.opus": ["exact", "exact", "held-back-by-peaks"],
      "a.wma": ["no-lossless-way", "no-lossless-way", "held-back-by-peaks"],
      "a.flac": ["lossless-source", "lossless-source", "lossless-source"],
    },
    always: Object.fromEntries(
      kinds.map(([name]) => {
        const why = name === "a.flac" ? "lossless-source" : "always";
        return [name, [why, why, why]];
      }),
    ),
  };

  it.each(kinds)("%s", async (name, args) => {
    const bytes = await song("dynamic", name, ...args);
    const { file } = levelTask(bytes, name);
    const found = await measureSong({ file, dualMono: false }, songTools(bytes));
    if (found.kind === "refused") throw new Error(found.reason);
    const { measured } = found;
    const { integrated, truePeak } = measured.measurement;
    for (const reencoding of ["best-sound", "never", "always"] as const) {
      const told: (string | undefined)[] = [];
      for (const steps of Object.values(cases)) {
        const loudness = integrated + 1.50515 * steps;
        const change = {
          reencoding,
          target: target({ loudness, ceiling: truePeak + 0.05 }),
          known: steps === -4 ? null : measured,
        };
        const task = levelTask(bytes, name, change);
        const { plan, way } = planSong(measured, task, null);
        const outcome = await levelSong(task, songTools(bytes));
        if (outcome.kind === "refused") throw new Error(outcome.reason);
        if (outcome.kind === "skipped") {
          expect(plan).toMatchObject({ kind: "skip", reason: outcome.reason });
          told.push(outcome.reason);
          continue;
        }
        expect(outcome.way).toEqual(way);
        told.push(way?.why);
        if (plan.kind !== "gain" && plan.kind !== "limit") throw new Error(plan.kind);
        const heard = await measureLoudness(await bytesOf(outcome));
        if (way?.route !== "lossless") {
          expect(Math.abs(heard.integrated - plan.expected)).toBeLessThan(0.15);
          continue;
        }
        // Vorbis takes gains that are 0.015 dB apart or nearer.
        expect(Math.abs(outcome.gain - plan.gain)).toBeLessThan(0.016);
        expect(Math.abs(heard.integrated - plan.expected)).toBeLessThan(0.04);
        expect(Math.abs(heard.truePeak - plan.truePeak)).toBeLessThan(0.1);
      }
      expect(told, reencoding).toEqual(routes[reencoding][name]);
    }
  });
});

it("what must not be encoded is left as it is where another kind is asked for", async () => {
  const bytes = await song("loud", "a.mp3", "-b:a", "128k");
  const task = levelTask(bytes, "a.mp3", { ...lossless, outputFormat: "flac" });
  const left = { kind: "skipped", reason: "would-be-encoded" };
  expect(await levelSong(task, songTools(bytes))).toMatchObject(left);
  const best = { reencoding: "best-sound", outputFormat: "flac" } as const;
  const encoded = await leveled(bytes, "a.mp3", best);
  expect(encoded).toMatchObject({ route: "encode", extension: "flac", way: { why: "other-kind" } });
});

describe("loudness tags", () => {
  it("of the source are gone, and right ones are written only when asked for", async () => {
    const tags = ["-metadata", "REPLAYGAIN_TRACK_GAIN=+9.99 dB", "-metadata", "TITLE=Mine"];
    const bytes = await song("loud", "a.flac", "-c:a", "flac", "-sample_fmt", "s16", ...tags);
    const plain = await tagsOf((await leveled(bytes, "a.flac")).file);
    expect(plain).not.toContain("REPLAYGAIN");
    expect(plain).toContain("TITLE=Mine");
    const tagged = await tagsOf((await leveled(bytes, "a.flac", { loudnessTags: "write" })).file);
    // ReplayGain 2.0 works towards -18 LUFS, the song is at -14.
    expect(tagged).toMatch(/REPLAYGAIN_TRACK_GAIN=-(3\.[89]|4\.[01])\d dB/);
    expect(tagged).toContain("TITLE=Mine");
  });

  it("are written across formats too, beside the tags that were mapped", async () => {
    const bytes = await song("loud", "a.wav", "-c:a", "pcm_s16le", "-metadata", "title=Mine");
    const change = { outputFormat: "mp3", loudnessTags: "write" } as const;
    const file = await tagsOf((await leveled(bytes, "a.wav", change)).file);
    expect(file).toContain("REPLAYGAIN_TRACK_GAIN");
    expect(file).toContain("Mine");
  });
});

it("keeps a layout that ffmpeg would remix to its default for that number of channels", async () => {
  const quad = "pan=quad|FL=c0|FR=0.2*c0|BL=0.5*c0|BR=0.05*c0";
  const bytes = await signal(`sine=440:d=2,volume=12dB,${quad}`, "q.wav", "-c:a", "pcm_f32le");
  const result = await leveled(bytes, "q.wav", { target: target({ loudness: -20 }) });
  expect((await probed(result.file)).format.channelLayout).toBe("quad");
  const peaks = [0, 0, 0, 0];
  (await decoded(result.file)).forEach((sample, index) => {
    peaks[index % 4] = Math.max(peaks[index % 4]!, Math.abs(sample));
  });
  expect(peaks.map((peak) => peak / peaks[0]!)).toEqual(
    [1, 0.2, 0.5, 0.05].map((ratio): unknown => expect.closeTo(ratio, 3)),
  );
});
