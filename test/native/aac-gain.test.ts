/**
 * Gain of AAC without encoding, on files of ffmpeg's encoder in every way that it can be told to
 * encode, decoded by ffmpeg in floating and in fixed point.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type AacGainRefusal,
  applyAacGain,
  planAacGain,
  undoAacGain,
} from "@/lib/formats/aac/gain";
import { STEP } from "@/lib/formats/mpeg/gain";
import { leadsBackTo } from "@/lib/formats/leads-back";

const folder = mkdtempSync(join(tmpdir(), "levelup-aac-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string) => join(folder, name);
const run = (tool: string, ...args: string[]) => execFileSync(tool, args, { stdio: "pipe" });
const ffmpeg = (...args: string[]) => run("ffmpeg", "-y", "-v", "error", ...args);
const read = (name: string) => new Uint8Array(readFileSync(path(name)));
const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

const ok = <R extends { kind: string }>(result: R | AacGainRefusal): Exclude<R, AacGainRefusal> => {
  if (result.kind !== "done") throw new Error(`refused: ${JSON.stringify(result)}`);
  return result as Exclude<R, AacGainRefusal>;
};

const STEPS = [-24, -9, -6, -4, -2, -1, 1, 2, 3, 5, 8, 12];
/** Those of which loudness is measured too. */
const METERED = [-2, 3];

const MUSIC = "/usr/share/games/wesnoth/1.16/data/core/music";
const SONGS = readdirSync(MUSIC).filter((_, i) => i % 4 === 0);
const encode =
  (...args: string[]) =>
  (name: string) =>
    ffmpeg("-i", path("source.wav"), "-c:a", "aac", ...args, path(name));
const song =
  (title: string, ...args: string[]) =>
  (name: string) =>
    ffmpeg("-ss", "20", "-t", "3", "-i", join(MUSIC, title), "-c:a", "aac", ...args, path(name));

/** Extension and how the file is made. */
const FILES: Readonly<Record<string, readonly [string, (name: string) => void]>> = {
  ...Object.fromEntries(
    SONGS.map((title, i) => {
      const rate = [64, 96, 128, 192, 256, 320][i % 6]!;
      return [`${title}, ${rate} kb/s`, ["m4a", song(title, "-b:a", `${rate}k`)]] as const;
    }),
  ),
  ...Object.fromEntries(
    [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 48_000, 64_000, 88_200, 96_000].map(
      (rate) => [`${rate} Hz`, ["m4a", encode("-ar", String(rate))]] as const,
    ),
  ),
  ...Object.fromEntries(
    ["fast", "twoloop"].map(
      (coder) => [coder, ["m4a", encode("-aac_coder", coder, "-b:a", "96k")]] as const,
    ),
  ),
  ...Object.fromEntries(
    ["is", "pns", "tns", "ms"].flatMap((tool) =>
      ["0", "1"].map((on) => {
        const args = [`-aac_${tool}`, on, "-b:a", "64k"];
        return [`tool ${tool} ${on}`, ["m4a", encode(...args)]] as const;
      }),
    ),
  ),
  "by quality": ["m4a", encode("-q:a", "1.2")],
  mono: ["m4a", encode("-ac", "1", "-b:a", "48k")],
  "mono, 8 kHz": ["m4a", encode("-ac", "1", "-ar", "8000", "-b:a", "12k")],
  "three channels": ["m4a", encode("-ac", "3")],
  "5.1": ["m4a", encode("-ac", "6", "-b:a", "320k")],
  "7.1": ["m4a", encode("-ac", "8", "-b:a", "400k")],
  "5.1 with a program config": ["m4a", encode("-ac", "6", "-aac_pce", "1")],
  "octagonal, by its program config": ["m4a", encode("-af", "pan=octagonal|c0=c0|c1=c1|c5=c0")],
  "movie in front": ["m4a", encode("-movflags", "+faststart", "-metadata", "title=Ä")],
  "no tags at all": ["m4a", encode("-fflags", "+bitexact", "-map_metadata", "-1")],
  QuickTime: ["mov", encode("-b:a", "128k")],
  ADTS: ["aac", encode("-b:a", "128k")],
  "ADTS, mono, 22 kHz": ["aac", encode("-ac", "1", "-ar", "22050")],
  "ADTS, 5.1": ["aac", encode("-ac", "6")],
  "ADTS, MPEG-2": ["aac", encode("-aac_pns", "0", "-profile:a", "mpeg2_aac_low")],
  "a film": [
    "mp4",
    (name) => {
      const film = ["-f", "lavfi", "-i", "testsrc2=s=320x240:d=3", "-i", path("source.wav")];
      ffmpeg(...film, "-c:v", "mpeg4", "-c:a", "aac", "-movflags", "+faststart", path(name));
    },
  ],
};

beforeAll(() => {
  // A chord that swells, noise bursts, and half a second of digital silence.
  const graph =
    "sine=f=220:d=3,tremolo=f=0.7:d=0.9,volume=-9dB[a];" +
    "anoisesrc=c=pink:d=3:a=0.2:seed=1,tremolo=f=9:d=0.9[b];" +
    "[a][b]join=inputs=2:channel_layout=stereo:map=0.0-FL|1.0-FR," +
    "volume=0:enable='between(t,1,1.5)',aformat=s16:44100";
  ffmpeg("-filter_complex", graph, path("source.wav"));
});

test("there are at least 40 files", () => {
  expect(Object.keys(FILES).length).toBeGreaterThanOrEqual(40);
});

const floats = (name: string): Float32Array => {
  const bytes = readFileSync(path(name));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};
const wholes = (name: string): Int16Array => {
  const bytes = readFileSync(path(name));
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};

/** ffmpeg's volume and meter refuse channels that it has no name for. */
const unmetered = new Set(["5.1 with a program config", "octagonal, by its program config"]);

/** All files at once, since starting ffmpeg takes longer than decoding; loudness by the way. */
const decode = (names: readonly string[], extension: string, metered: readonly number[]) => {
  const files = names.map((name) => path(`${name}.${extension}`));
  const inputs = files.flatMap((file) => ["-i", file]);
  const fixed = files.flatMap((file) => ["-c:a", "aac_fixed", "-i", file]);
  const outputs = names.flatMap((name, i) => [
    ...["-map", `${i}:a`, "-f", "f32le", path(`${name}.f32`)],
    ...["-map", `${i + names.length}:a`, "-f", "s16le", path(`${name}.s16`)],
  ]);
  const meter = "ebur128=metadata=1:framelog=verbose,ametadata=print:key=lavfi.r128.I:file=";
  const measure = (name: string, filter: string, to: string) => {
    const graph = `${filter}${meter}${path(`${to}.txt`)}`;
    return ["-map", `${names.indexOf(name)}:a`, "-af", graph, "-f", "null", "-"];
  };
  // The source by ffmpeg's own volume: gates of loudness may open and close with the gain.
  const meters = metered.flatMap((steps) => [
    ...measure(String(steps), "", String(steps)),
    ...measure("original", `volume=${steps * STEP}dB:precision=double,`, `wanted ${steps}`),
  ]);
  ffmpeg(...inputs, ...fixed, ...outputs, ...meters);
};
const loudness = (name: string): number =>
  Number(
    readFileSync(path(`${name}.txt`), "utf8")
      .trim()
      .split("lavfi.r128.I=")
      .at(-1),
  );

/** The largest difference to the scaled source, relative to its peak. */
const difference = (source: Float32Array, changed: Float32Array, steps: number): number => {
  const factor = 2 ** (steps / 4);
  let [peak, most] = [0, 0];
  for (let i = 0; i < source.length; i++) {
    const wanted = source[i]! * factor;
    most = Math.max(most, Math.abs(wanted - changed[i]!));
    peak = Math.max(peak, Math.abs(wanted));
  }
  return most / peak;
};

/** The same in steps of 16 bits, where the source's own rounding is not scaled up. */
const wholeDifference = (source: Int16Array, changed: Int16Array, steps: number): number => {
  const factor = 2 ** (steps / 4);
  let most = 0;
  for (let i = 0; i < source.length; i++) {
    // A source that is cut off at full scale is not in its quieter copy.
    const isCut = source[i] === 32_767 || source[i] === -32_768;
    if (!isCut) most = Math.max(most, Math.abs(source[i]! * factor - changed[i]!));
  }
  return most;
};

test.each(Object.entries(FILES))(
  "%s: moves by the steps, in two decoders, and back",
  (name, made) => {
    const [extension, make] = made;
    make(`original.${extension}`);
    const original = read(`original.${extension}`);
    const plan = ok(planAacGain(original));
    for (const steps of STEPS) {
      expect(steps).toBeGreaterThanOrEqual(plan.lowestSteps);
      expect(steps).toBeLessThanOrEqual(plan.highestSteps);
      const { bytes } = ok(applyAacGain(original, steps));
      expect(same(ok(undoAacGain(bytes)).bytes, original)).toBe(true);
      const again = ok(applyAacGain(bytes, -3)).bytes;
      expect(leadsBackTo(undoAacGain, again, original)).toBe(true);
      writeFileSync(path(`${steps}.${extension}`), bytes);
    }
    const metered = unmetered.has(name) ? [] : METERED;
    decode(["original", ...STEPS.map(String)], extension, metered);
    const [source, wholeSource] = [floats("original.f32"), wholes("original.s16")];
    for (const steps of STEPS) {
      const changed = floats(`${steps}.f32`);
      expect(changed.length).toBe(source.length);
      expect(difference(source, changed, steps)).toBeLessThan(1e-6);
      if (steps < 0)
        expect(wholeDifference(wholeSource, wholes(`${steps}.s16`), steps)).toBeLessThanOrEqual(1);
    }
    for (const steps of metered)
      expect(Math.abs(loudness(String(steps)) - loudness(`wanted ${steps}`))).toBeLessThan(0.02);
  },
);

describe("files", () => {
  test("with a film keep its pictures, and their times", () => {
    FILES["a film"]![1]("film.mp4");
    const changed = ok(applyAacGain(read("film.mp4"), -4)).bytes;
    writeFileSync(path("changed.mp4"), changed);
    const pictures = (name: string) =>
      run(
        "ffmpeg",
        "-v",
        "error",
        "-i",
        path(name),
        "-map",
        "0:v",
        "-c",
        "copy",
        "-f",
        "framemd5",
        "-",
      );
    expect(pictures("changed.mp4").toString()).toBe(pictures("film.mp4").toString());
  });

  test("are told by mutagen to have aacgain's undo information, and lose wrong loudness tags", () => {
    encode("-metadata", "title=Ä")("tagged.m4a");
    const script = (lines: string) =>
      `import sys\nfrom mutagen.mp4 import MP4\nf = MP4(sys.argv[1])\n${lines}`;
    const mutagen = (name: string, lines: string) =>
      run("/usr/bin/python3", "-c", script(lines), path(name)).toString().trim();
    mutagen(
      "tagged.m4a",
      'f["----:com.apple.iTunes:replaygain_track_gain"] = b"-3 dB"\n' +
        'f["covr"] = [b"\\xff\\xd8" + b"x" * 3000]\nf.save()',
    );
    const original = read("tagged.m4a");
    const changed = ok(applyAacGain(original, 5)).bytes;
    writeFileSync(path("changed.m4a"), changed);
    const shown = mutagen(
      "changed.m4a",
      "print(sorted(f.keys()), f['\\xa9nam'], len(f['covr'][0]))",
    );
    expect(shown).toContain("replaygain_undo");
    expect(shown).not.toContain("track_gain");
    expect(shown).toContain("'Ä'");
    expect(shown).toContain("3002");
    expect(same(ok(undoAacGain(changed)).bytes, original)).toBe(true);
    // Another title, written later, survives undo.
    mutagen("changed.m4a", 'f["\\xa9nam"] = "new"\nf.save()');
    writeFileSync(path("undone.m4a"), ok(undoAacGain(read("changed.m4a"))).bytes);
    const undone = mutagen("undone.m4a", "print(sorted(f.keys()), f['\\xa9nam'])");
    expect(undone).toContain("'new'");
    expect(undone).toContain("replaygain_track_gain");
    expect(undone).not.toContain("undo");
    const audio = (name: string) =>
      run("ffmpeg", "-v", "error", "-i", path(name), "-map", "0:a", "-c", "copy", "-f", "md5", "-");
    expect(audio("undone.m4a").toString()).toBe(audio("tagged.m4a").toString());
  });

  test("of other kinds are refused", () => {
    const reason = (name: string, ...args: string[]) => {
      ffmpeg("-i", path("source.wav"), ...args, path(name));
      const plan = planAacGain(read(name));
      return plan.kind === "refused" ? plan.reason : "ok";
    };
    expect(reason("alac.m4a", "-c:a", "alac")).toBe("not-aac-lc");
    expect(reason("main.m4a", "-c:a", "aac", "-profile:a", "aac_main")).toBe("not-aac-lc");
    expect(reason("ltp.m4a", "-c:a", "aac", "-profile:a", "aac_ltp", "-strict", "-2")).toBe(
      "not-aac-lc",
    );
    expect(reason("main.aac", "-c:a", "aac", "-profile:a", "aac_main")).toBe("not-aac-lc");
    const fragments = ["-movflags", "frag_keyframe+empty_moov"];
    expect(reason("fragments.m4a", "-c:a", "aac", ...fragments)).toBe("fragmented");
    const key = "0123456789abcdef0123456789abcdef";
    const encryption = ["-encryption_scheme", "cenc-aes-ctr", "-encryption_key", key];
    expect(reason("secret.mp4", "-c:a", "aac", ...encryption, "-encryption_kid", key)).toBe(
      "encrypted",
    );
    for (const name of ["a.mp3", "a.flac", "a.ogg", "a.wav"]) expect(reason(name)).toBe("not-aac");
  });
});
