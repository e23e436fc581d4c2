/**
 * The lossless MP3 route against native tools: mp3gain for the bytes, lame and ffmpeg for the
 * files, ffmpeg again as the strict decoder and the loudness meter.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bytesSource } from "@/lib/formats";
import { mp3Layout } from "@/lib/formats/mpeg/layout";
import {
  applyMp3Gain,
  type Mp3GainRefusal,
  planMp3Gain,
  STEP,
  undoMp3Gain,
} from "@/lib/formats/mpeg/gain";

const folder = mkdtempSync(join(tmpdir(), "levelup-mp3gain-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string) => join(folder, name);

const ok = <R extends { kind: string }>(result: R | Mp3GainRefusal): Exclude<R, Mp3GainRefusal> => {
  if (result.kind !== "done") throw new Error(`refused: ${JSON.stringify(result)}`);
  return result as Exclude<R, Mp3GainRefusal>;
};
const run = (tool: string, ...args: string[]) => execFileSync(tool, args, { stdio: "pipe" });
const read = (name: string) => new Uint8Array(readFileSync(path(name)));
const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

/** The file after native mp3gain has had it. */
const mp3gain = (file: Uint8Array, ...args: string[]): Uint8Array => {
  writeFileSync(path("native.mp3"), file);
  run("mp3gain", "-q", "-c", ...args, path("native.mp3"));
  return read("native.mp3");
};

/** What a decoder that stops at every error, CRC included, has to say. */
const complaints = (file: Uint8Array): string => {
  writeFileSync(path("strict.mp3"), file);
  const strict = ["-err_detect", "crccheck+bitstream+buffer+explode"];
  const { stderr, status } = spawnSync(
    "ffmpeg",
    ["-v", "error", ...strict, "-i", path("strict.mp3"), "-f", "null", "-"],
    { encoding: "utf8" },
  );
  return status === 0 ? stderr : `exit ${status}: ${stderr}`;
};

const loudness = (file: Uint8Array): number => {
  writeFileSync(path("loud.mp3"), file);
  const meter = "ebur128=metadata=1:framelog=verbose,ametadata=print:key=lavfi.r128.I:file=-";
  const out = run(
    "ffmpeg",
    "-y",
    "-v",
    "error",
    "-i",
    path("loud.mp3"),
    "-af",
    meter,
    "-f",
    "null",
    "-",
  );
  return Number(out.toString().trim().split("lavfi.r128.I=").at(-1));
};

const lame =
  (...args: string[]) =>
  (name: string) =>
    run("lame", "--quiet", ...args, path("source.wav"), path(name));
const lameMono =
  (...args: string[]) =>
  (name: string) =>
    run("lame", "--quiet", ...args, path("mono.wav"), path(name));
const ffmpeg =
  (...args: string[]) =>
  (name: string) =>
    run(
      "ffmpeg",
      "-y",
      "-v",
      "error",
      "-i",
      path("source.wav"),
      "-c:a",
      "libmp3lame",
      ...args,
      path(name),
    );
/** A file made by `make`, with bytes put in front or behind, or in the middle. */
const around = (
  make: (name: string) => void,
  change: (file: Uint8Array) => readonly (Uint8Array | string)[],
) => {
  return (name: string) => {
    make(name);
    writeFileSync(
      path(name),
      Buffer.concat(change(read(name)).map((part) => Buffer.from(part as Uint8Array))),
    );
  };
};
const mutagen = (make: (name: string) => void, script: string) => (name: string) => {
  make(name);
  run(
    "/usr/bin/python3",
    "-c",
    `import sys; p, cover = sys.argv[1:]\n${script}`,
    path(name),
    path("cover.jpg"),
  );
};

const ID3V1 = `TAG${"Title".padEnd(125, "\0")}`;
const LYRICS = "LYRICSBEGININD0000200LYR00012[00:01]la la";
const LYRICS3 = `${LYRICS}${String(LYRICS.length).padStart(6, "0")}LYRICS200`;
const APE = `
from mutagen.apev2 import APEv2
t = APEv2(); t["Title"] = "Ä song"; t["Artist"] = ["A1", "A2"]; t.save(p)`;
const COVERS = `
from mutagen.id3 import ID3, APIC, TIT2, POPM, GEOB
t = ID3(); t.add(TIT2(3, ["T"])); t.add(POPM("a@b", 196, 3))
for n in (3, 4): t.add(APIC(3, "image/jpeg", n, str(n), open(cover, "rb").read()))
t.add(GEOB(3, "a/b", "f", "Serato Markers_", b"\\xff\\xfb\\x90\\x00" * 40)); t.save(p)`;

/** Every kind of file that the route has to handle. */
const FILES: Readonly<Record<string, (name: string) => void>> = {
  "CBR 128 joint stereo": lame("-b", "128"),
  "CBR 320 stereo": lame("-b", "320", "-m", "s"),
  "CBR 192 forced mid/side": lame("-b", "192", "-m", "f"),
  "CBR 160 dual channel": lame("-b", "160", "-m", "d"),
  "CBR 64 mono": lame("-b", "64", "-m", "m"),
  "CBR 32 from mono": lameMono("-b", "32"),
  "CBR 128 without bit reservoir": lame("-b", "128", "--nores"),
  "CBR 128 at 48 kHz": lame("-b", "128", "--resample", "48"),
  "CBR 96 at 32 kHz": lame("-b", "96", "--resample", "32"),
  "ABR 160": lame("--abr", "160"),
  "ABR 80 mono": lame("--abr", "80", "-m", "m"),
  "VBR V0": lame("-V0"),
  "VBR V2 stereo": lame("-V2", "-m", "s"),
  "VBR V5 mono": lame("-V5", "-m", "m"),
  "VBR V9": lame("-V9"),
  "VBR by the old algorithm": lame("--vbr-old", "-V4"),
  "MPEG-2 CBR 64 at 22.05 kHz": lame("-b", "64", "--resample", "22.05"),
  "MPEG-2 VBR at 24 kHz": lame("-V6", "--resample", "24"),
  "MPEG-2 mono at 16 kHz": lame("-b", "24", "-m", "m", "--resample", "16"),
  "MPEG-2 CBR 8 at 24 kHz, the shortest frames": lame("-b", "8", "-m", "m", "--resample", "24"),
  "MPEG-2.5 CBR 32 at 11.025 kHz": lame("-b", "32", "--resample", "11.025"),
  "MPEG-2.5 VBR at 12 kHz": lame("-V7", "--resample", "12"),
  "MPEG-2.5 mono at 8 kHz": lame("-b", "8", "-m", "m", "--resample", "8"),
  "CRC, CBR 128 joint stereo": lame("-p", "-b", "128"),
  "CRC, VBR V2 stereo": lame("-p", "-V2", "-m", "s"),
  "CRC, mono": lame("-p", "-b", "64", "-m", "m"),
  "CRC, MPEG-2 stereo": lame("-p", "-b", "64", "--resample", "22.05"),
  "CRC, MPEG-2 mono": lame("-p", "-b", "32", "-m", "m", "--resample", "24"),
  "CRC, MPEG-2.5": lame("-p", "-b", "32", "--resample", "11.025"),
  "no LAME tag, CBR": lame("-t", "-b", "128"),
  "no LAME tag, VBR": lame("-t", "-V4"),
  "no LAME tag, MPEG-2 with CRC": lame("-t", "-p", "-b", "64", "--resample", "22.05"),
  "LAME ID3v2 and ID3v1": lame("-b", "128", "--add-id3v2", "--tt", "T", "--ta", "A"),
  "ffmpeg with ID3v2.4": ffmpeg("-b:a", "128k", "-metadata", "title=Ä", "-id3v2_version", "4"),
  "ffmpeg without Xing, with ID3v1": ffmpeg("-q:a", "3", "-write_xing", "0", "-write_id3v1", "1"),
  "ffmpeg ABR, no joint stereo": ffmpeg("-b:a", "160k", "-abr", "1", "-joint_stereo", "0"),
  "ID3v2 with covers, rating and cues": mutagen(lame("-V4"), COVERS),
  "APEv2 behind": mutagen(lame("-b", "128"), APE),
  "ID3v2 in front, APEv2 and ID3v1 behind": around(
    mutagen(mutagen(lame("-V2"), COVERS), APE),
    (file) => [file, ID3V1],
  ),
  "Lyrics3 and ID3v1 behind": around(lame("-b", "128"), (file) => [file, LYRICS3, ID3V1]),
  "two ID3v2 tags": around(lame("-b", "128"), (file) => [
    Buffer.from("4944330300000000000c", "hex"),
    "twelve bytes",
    Buffer.from("49443304000000000002", "hex"),
    "ab",
    file,
  ]),
  "junk in front and between frames": around(lame("-t", "-b", "128"), (file) => {
    // 26.12 ms at 128 kbit/s: the first frames are 417 and 418 bytes.
    return ["not yet audio", file.subarray(0, 417), "no audio", file.subarray(417)];
  }),
  "a last frame cut short": around(lame("-t", "-b", "128"), (file) => [file.subarray(0, -100)]),
};
/** ffmpeg takes what is no frame for a damaged one: it complains of the originals as well. */
const NOT_CLEAN = new Set([
  "junk in front and between frames",
  "a last frame cut short",
  "Lyrics3 and ID3v1 behind",
]);
/** mp3gain sees a frame that is cut short differently once it has put its tag behind it. */
const NATIVE_CANNOT_UNDO = new Set(["a last frame cut short"]);
const GAINS = [-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6];

beforeAll(() => {
  // A chord that swells, noise bursts, and a second of digital silence.
  const graph =
    "sine=f=220:d=4,tremolo=f=0.7:d=0.9[a];" +
    "anoisesrc=c=pink:d=4:a=0.4:seed=1,tremolo=f=2:d=0.8[b];" +
    "[a][b]join=inputs=2:channel_layout=stereo:map=0.0-FL|1.0-FR," +
    "volume=0:enable='between(t,1,2)',aformat=s16:44100";
  run("ffmpeg", "-y", "-v", "error", "-filter_complex", graph, path("source.wav"));
  run("ffmpeg", "-y", "-v", "error", "-i", path("source.wav"), "-ac", "1", path("mono.wav"));
  run(
    "ffmpeg",
    "-y",
    "-v",
    "error",
    "-f",
    "lavfi",
    "-i",
    "testsrc2=s=600x600",
    "-frames:v",
    "1",
    path("cover.jpg"),
  );
});

test("there are at least 30 files", () => {
  expect(Object.keys(FILES).length).toBeGreaterThanOrEqual(30);
});

describe.each(Object.entries(FILES))("%s", (name, make) => {
  let original: Uint8Array;
  /** Audio and everything in front of it. The tags behind are looked at on their own. */
  let audio: number;
  let hasApe: boolean;
  const audioOf = (file: Uint8Array) => file.subarray(0, audio);

  beforeAll(() => {
    make("file.mp3");
    original = read("file.mp3");
    const text = Buffer.from(original).toString("latin1");
    const tails = ["APETAGEX", "LYRICSBEGIN", "TAGTitle", "TAGT\0"].map((mark) =>
      text.indexOf(mark, text.length - 1000),
    );
    audio = Math.min(...tails.filter((at) => at > 0), original.length);
    hasApe = text.includes("APETAGEX");
  });

  test("each gain from -6 to +6 writes the bytes that mp3gain writes, and back", () => {
    const plan = ok(planMp3Gain(original));
    expect(plan.lowestSteps).toBeLessThanOrEqual(-6);
    expect(plan.highestSteps).toBeGreaterThanOrEqual(6);
    for (const steps of GAINS) {
      const ours = ok(applyMp3Gain(original, steps));
      const native = mp3gain(original, "-g", String(steps));
      expect(ours.saturated, `${steps}`).toBe(0);
      expect(same(audioOf(ours.bytes), audioOf(original)), `${steps} changes`).toBe(false);
      expect(same(audioOf(ours.bytes), audioOf(native)), `${steps} as mp3gain`).toBe(true);
      // Where mp3gain finds an APE tag it sorts its items anew; ours stay in order. And we record
      // fields at a limit, which it does not.
      const recorded = Buffer.from(ours.bytes.subarray(audio)).includes("MP3GAIN_SATURATED");
      if (!hasApe && !recorded)
        expect(same(ours.bytes, native), `${steps} tags as mp3gain`).toBe(true);

      const undone = ok(undoMp3Gain(ours.bytes));
      expect(same(undone.bytes, original), `${steps} undone`).toBe(true);
      expect(undone).toMatchObject({ left: steps, right: steps, doubtful: 0 });
      const nativeUndone = ok(undoMp3Gain(native));
      if (recorded) {
        // An encoder wrote 255 here, which mp3gain's undo information cannot lead back to.
        expect(nativeUndone.doubtful, `${steps} theirs`).toBeGreaterThan(0);
        continue;
      }
      expect(nativeUndone.doubtful, `${steps} theirs`).toBe(0);
      expect(same(audioOf(nativeUndone.bytes), audioOf(original)), `${steps} theirs`).toBe(true);
      if (NATIVE_CANNOT_UNDO.has(name)) continue;
      const byNative = mp3gain(ours.bytes, "-u");
      expect(same(audioOf(byNative), audioOf(original)), `${steps} by mp3gain -u`).toBe(true);
    }
  });

  test("native decoders find nothing to complain about", () => {
    const before = complaints(original);
    if (!NOT_CLEAN.has(name)) expect(before).toBe("");
    for (const steps of [-6, 5]) {
      const after = complaints(ok(applyMp3Gain(original, steps)).bytes);
      // Addresses in ffmpeg's messages differ from run to run.
      const plain = (text: string) => text.replaceAll(/0x[0-9a-f]+/g, "");
      expect(["", plain(before)]).toContain(plain(after));
    }
  });

  test("fields that stop at a limit stop where mp3gain stops them, and undo is still exact", () => {
    for (const steps of [-230, -150, 60, 120]) {
      const ours = ok(applyMp3Gain(original, steps));
      expect(same(audioOf(ours.bytes), audioOf(mp3gain(original, "-g", String(steps))))).toBe(true);
      expect(same(ok(undoMp3Gain(ours.bytes)).bytes, original)).toBe(true);
      // mp3gain rewrites the tag and loses the values, not the record of them.
      if (ours.saturated > 0 && !NATIVE_CANNOT_UNDO.has(name)) {
        const through = ok(undoMp3Gain(mp3gain(ours.bytes, "-u")));
        expect(same(audioOf(through.bytes), audioOf(original))).toBe(true);
        expect(through.doubtful).toBe(0);
      }
    }
  });
});

describe("beyond single gains", () => {
  const song = () => {
    lame("-V2", "-m", "s")("song.mp3");
    return read("song.mp3");
  };

  test("changes by mp3gain and by us add up, and either undoes both", () => {
    const original = song();
    const both = ok(applyMp3Gain(mp3gain(original, "-g", "4"), -7)).bytes;
    expect(same(both, mp3gain(mp3gain(original, "-g", "4"), "-g", "-7"))).toBe(true);
    expect(same(ok(undoMp3Gain(both)).bytes, original)).toBe(true);
    expect(same(mp3gain(both, "-u").subarray(0, original.length), original)).toBe(true);
  });

  test("undo takes back what mp3gain did to one channel, and with -w", () => {
    const original = song();
    for (const change of [
      ["-l", "0", "3"],
      ["-l", "1", "-2"],
      ["-w", "-g", "100"],
    ]) {
      const native = mp3gain(original, ...change);
      expect(same(native.subarray(0, original.length), original)).toBe(false);
      expect(same(ok(undoMp3Gain(native)).bytes, original)).toBe(true);
    }
  });

  test("undo finds what mp3gain records in ID3v2, beside what we did after it", () => {
    const original = song();
    const audioOf = (file: Uint8Array) => {
      const { audioStart, audioEnd } = mp3Layout(bytesSource(file));
      return file.subarray(audioStart, audioEnd);
    };
    const native = mp3gain(original, "-s", "i", "-g", "-3");
    expect(same(audioOf(native), audioOf(original))).toBe(false);
    const undone = ok(undoMp3Gain(native));
    expect(undone).toMatchObject({ left: -3, right: -3, doubtful: 0 });
    expect(same(undone.bytes, mp3gain(native, "-s", "i", "-u"))).toBe(true);
    expect(same(audioOf(undone.bytes), audioOf(original))).toBe(true);
    expect(undoMp3Gain(undone.bytes)).toMatchObject({ reason: "nothing-to-undo" });

    const both = ok(applyMp3Gain(native, 5)).bytes;
    expect(same(audioOf(ok(undoMp3Gain(both)).bytes), audioOf(original))).toBe(true);
    expect(ok(undoMp3Gain(both))).toMatchObject({ left: 2, right: 2 });
  });

  test("mp3gain's MINMAX is kept true", () => {
    writeFileSync(path("analysed.mp3"), song());
    run("mp3gain", "-q", path("analysed.mp3"));
    const minMax = (file: Uint8Array) =>
      /MP3GAIN_MINMAX\0(\d+),(\d+)/
        .exec(Buffer.from(file).toString("latin1"))!
        .slice(1)
        .map(Number);
    const native = mp3gain(read("analysed.mp3"), "-g", "3");
    expect(minMax(ok(applyMp3Gain(read("analysed.mp3"), 3)).bytes)).toEqual(minMax(native));
  });

  test("loudness moves by the steps, within 0.02 LU", () => {
    const original = song();
    const before = loudness(original);
    for (const steps of [-6, -1, 2]) {
      const after = loudness(ok(applyMp3Gain(original, steps)).bytes);
      expect(Math.abs(after - before - steps * STEP)).toBeLessThan(0.02);
    }
  });

  test("the strict decoder used here does notice a wrong CRC", () => {
    lame("-V2", "-p")("song.mp3");
    const damaged = read("song.mp3");
    // The second frame, behind the one that holds the Xing header.
    const at = Buffer.from(damaged).indexOf(Buffer.from([0xff, 0xfa]), 200);
    damaged[at + 4] = damaged[at + 4]! ^ 0xff;
    expect(complaints(damaged)).not.toBe("");
  });

  test("free format is refused, as mp3gain refuses it", () => {
    lame("--freeformat", "-b", "400")("free.mp3");
    expect(planMp3Gain(read("free.mp3"))).toEqual({ kind: "refused", reason: "free-format" });
    lame("--freeformat", "-b", "330", "-t")("free.mp3");
    expect(planMp3Gain(read("free.mp3"))).toEqual({ kind: "refused", reason: "free-format" });
    expect(() => mp3gain(read("free.mp3"), "-g", "2")).toThrow();
  });

  test("other kinds of files are refused", () => {
    const as = (name: string, ...args: string[]) => {
      run("ffmpeg", "-y", "-v", "error", "-i", path("source.wav"), ...args, path(name));
      return planMp3Gain(read(name));
    };
    expect(as("x.mp2", "-c:a", "mp2")).toEqual({ kind: "refused", reason: "not-layer-3" });
    for (const name of ["x.ogg", "x.flac", "x.m4a", "x.wav", "x.opus"])
      expect(as(name, "-ar", "48000")).toEqual({ kind: "refused", reason: "no-frames" });
  });

  test("damaged copies of a real file are leveled and undone, or refused, never half done", () => {
    const original = song();
    const damage = fc.record({
      at: fc.nat(original.length - 1),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
    });
    const outcomes = { done: 0, refused: 0 };
    fc.assert(
      fc.property(
        fc.array(damage, { minLength: 1, maxLength: 30 }),
        fc.nat(original.length),
        (damages, cut) => {
          const file = original.slice(0, original.length - Math.max(0, cut - original.length / 2));
          for (const { at, bytes } of damages)
            file.set(bytes.subarray(0, Math.max(0, file.length - at)), Math.min(at, file.length));
          const changed = applyMp3Gain(file, -3);
          outcomes[changed.kind]++;
          if (changed.kind === "done")
            expect(same(ok(undoMp3Gain(changed.bytes)).bytes, file)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
    expect(outcomes.done).toBeGreaterThan(200);
  });
});
