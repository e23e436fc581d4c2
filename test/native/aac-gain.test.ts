/**
 * Gain of AAC without encoding, on files of ffmpeg's encoder in every way that it can be told to
 * encode and of VisualOn's, decoded by ffmpeg in floating and in fixed point, by libfaad and by
 * Chromium.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
import { aacFiles } from "../support/lossless/aac-files";
import { ChromiumDecoder } from "../support/lossless/chromium-decoder";
import { difference, floats, wholeDifference, wholes } from "../support/lossless/compare";
import { makeSource } from "../support/lossless/vorbis-files";

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

const FILES = aacFiles(folder);

let chromium: ChromiumDecoder;
beforeAll(async () => {
  makeSource(path("source.wav"));
  chromium = await ChromiumDecoder.launch();
});
afterAll(() => chromium.close());

test("there are at least 40 files", () => {
  expect(Object.keys(FILES).length).toBeGreaterThanOrEqual(40);
});

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

/** libfaad, which shares no code with ffmpeg's decoders. */
const decodeByFaad = (names: readonly string[], extension: string) => {
  for (const name of names)
    run(
      "faad",
      "-q",
      "-b",
      "4",
      "-f",
      "2",
      "-o",
      path(`${name}.f32`),
      path(`${name}.${extension}`),
    );
};

test.each(Object.entries(FILES))(
  "%s: moves by the steps, in four decoders, and back",
  async (name, [extension, make]) => {
    make(path(`original.${extension}`));
    const original = read(`original.${extension}`);
    const plan = ok(planAacGain(original));
    const changed = STEPS.map((steps) => {
      expect(steps).toBeGreaterThanOrEqual(plan.lowestSteps);
      expect(steps).toBeLessThanOrEqual(plan.highestSteps);
      const { bytes } = ok(applyAacGain(original, steps));
      expect(same(ok(undoAacGain(bytes)).bytes, original)).toBe(true);
      const again = ok(applyAacGain(bytes, -3)).bytes;
      expect(leadsBackTo(undoAacGain, again, original)).toBe(true);
      writeFileSync(path(`${steps}.${extension}`), bytes);
      return { steps, bytes, factor: 2 ** (steps / 4) };
    });
    const names = ["original", ...STEPS.map(String)];
    const metered = unmetered.has(name) ? [] : METERED;
    decode(names, extension, metered);
    const wholeSource = wholes(path("original.s16"));
    for (const { steps, factor } of changed) {
      const { most } = wholeDifference(wholeSource, wholes(path(`${steps}.s16`)), factor);
      expect(most).toBeLessThanOrEqual(1);
    }
    for (const decoder of [null, decodeByFaad]) {
      decoder?.(names, extension);
      const source = floats(path("original.f32"));
      for (const { steps, factor } of changed)
        expect(difference(source, floats(path(`${steps}.f32`)), factor)).toBeLessThan(1e-6);
    }
    // Builds of Chromium without AAC say of a changed file what they say of its source.
    const job = { source: original, sampleRate: plan.sampleRate };
    const heard = await chromium.compare({ ...job, changed });
    if (heard.kind === "compared") expect(Math.max(...heard.differences)).toBeLessThan(1e-6);
    else expect(await chromium.compare({ ...job, changed: [] })).toEqual(heard);
    for (const steps of metered)
      expect(Math.abs(loudness(String(steps)) - loudness(`wanted ${steps}`))).toBeLessThan(0.02);
  },
);

describe("files", () => {
  test("with a film keep its pictures, and their times", () => {
    FILES["a film"]![1](path("film.mp4"));
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
    ffmpeg("-i", path("source.wav"), "-c:a", "aac", "-metadata", "title=Ä", path("tagged.m4a"));
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
