/**
 * Gain of Ogg Vorbis without encoding, on real files: those of Debian's Wesnoth music and of three
 * encoders, decoded to float by libvorbis, by ffmpeg's own decoder and by Chromium, and to 16 bits by
 * Tremor, the decoder in fixed point of small players.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  applyVorbisGain,
  planVorbisGain,
  undoVorbisGain,
  type VorbisGainRefusal,
} from "@/lib/formats/ogg/vorbis-gain";
import { leadsBackTo } from "@/lib/formats/leads-back";
import { decibels } from "@/lib/loudness/units";
import { packetsOf, readPages } from "../support/formats/ogg";
import { ChromiumDecoder } from "../support/lossless/chromium-decoder";
import { difference, floats, wholeDifference, wholes } from "../support/lossless/compare";
import { makeSource, vorbisFiles } from "../support/lossless/vorbis-files";

const folder = mkdtempSync(join(tmpdir(), "levelup-vorbis-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string) => join(folder, name);
const run = (tool: string, ...args: string[]) => execFileSync(tool, args, { stdio: "pipe" });
const read = (name: string) => new Uint8Array(readFileSync(path(name)));
const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

const ok = <R extends { kind: string }>(
  result: R | VorbisGainRefusal,
): Exclude<R, VorbisGainRefusal> => {
  if (result.kind !== "done") throw new Error(`refused: ${JSON.stringify(result)}`);
  return result as Exclude<R, VorbisGainRefusal>;
};

const GAINS = [-20, -11.7, -6.0206, -3, -1.5, -0.4, 0.05, 0.7, 2.345, 5, 9.99, 17];
/** Those of which loudness is measured too. */
const METERED = [-3, 2.345];

/** All files at once, since starting ffmpeg takes longer than decoding; loudness by the way. */
const decodeByFfmpeg = (names: readonly string[]) => {
  const inputs = names.flatMap((name) => ["-i", path(`${name}.ogg`)]);
  const outputs = names.flatMap((name, i) => [
    "-map",
    `${i}:a`,
    "-f",
    "f32le",
    path(`${name}.f32`),
  ]);
  const meter = "ebur128=metadata=1:framelog=verbose,ametadata=print:key=lavfi.r128.I:file=";
  const measure = (name: string, filter: string, to: string) => {
    const graph = `${filter}${meter}${path(`${to}.txt`)}`;
    return ["-map", `${names.indexOf(name)}:a`, "-af", graph, "-f", "null", "-"];
  };
  // The source by ffmpeg's own volume: gates of loudness may open and close with the gain.
  const meters = METERED.flatMap((gain) => [
    ...measure(String(gain), "", String(gain)),
    ...measure("original", `volume=${gain}dB:precision=double,`, `wanted ${gain}`),
  ]);
  run("ffmpeg", "-y", "-v", "error", ...inputs, ...outputs, ...meters);
};
const loudness = (name: string): number =>
  Number(
    readFileSync(path(`${name}.txt`), "utf8")
      .trim()
      .split("lavfi.r128.I=")
      .at(-1),
  );

const decodeByLibvorbis = (names: readonly string[]) => {
  const files = names.flatMap((name) => [path(`${name}.ogg`), path(`${name}.f32`)]);
  run("/usr/bin/python3", join(import.meta.dirname, "vorbis/decode.py"), ...files);
};

/**
 * dB. Tremor rounds the values of codebooks to 1/256, in a source as in what was made of it: in a
 * quieter copy that is a larger part of them. This is how far below the song it must stay at 0 dB.
 */
const TREMOR_ROUNDING = 52;
const decodeByTremor = (names: readonly string[]) => {
  const files = names.flatMap((name) => [path(`${name}.ogg`), path(`${name}.s16`)]);
  run("/usr/bin/python3", join(import.meta.dirname, "vorbis/tremor.py"), ...files);
};

const FILES = vorbisFiles(folder);
const oggenc = (options: readonly string[]) => (name: string) =>
  run("oggenc", "-Q", ...options, "-o", path(name), path("source.wav"));
/** Gain of a factor in dB. */
const factorOf = (gain: number): number => 10 ** (gain / 20);

let chromium: ChromiumDecoder;
beforeAll(async () => {
  makeSource(path("source.wav"));
  chromium = await ChromiumDecoder.launch();
});
afterAll(() => chromium.close());

test("there are at least 60 files and 12 gains", () => {
  expect(Object.keys(FILES).length).toBeGreaterThanOrEqual(60);
  expect(GAINS.length).toBeGreaterThanOrEqual(12);
});

test.each(Object.entries(FILES))(
  "%s: moves by the gain, in four decoders, and back",
  async (_, make) => {
    make(path("original.ogg"));
    const original = read("original.ogg");
    const audioOf = (file: Uint8Array) => packetsOf(readPages(file, false)).slice(3);
    const audio = audioOf(original);
    const gains = new Map<string, number>();
    for (const gain of GAINS) {
      const result = ok(applyVorbisGain(original, decibels(gain)));
      expect(Math.abs(result.gain - gain)).toBeLessThan(0.0151);
      const packets = audioOf(result.bytes);
      expect(packets.length).toBe(audio.length);
      expect(packets.every((packet, i) => same(packet, audio[i]!))).toBe(true);
      expect(same(ok(undoVorbisGain(result.bytes)).bytes, original)).toBe(true);
      const again = ok(applyVorbisGain(result.bytes, decibels(-1.234)));
      expect(leadsBackTo(undoVorbisGain, again.bytes, original)).toBe(true);
      writeFileSync(path(`${gain}.ogg`), result.bytes);
      gains.set(String(gain), result.gain);
    }
    for (const decode of [decodeByFfmpeg, decodeByLibvorbis]) {
      decode(["original", ...gains.keys()]);
      const source = floats(path("original.f32"));
      for (const [name, gain] of gains)
        expect(difference(source, floats(path(`${name}.f32`)), factorOf(gain))).toBeLessThan(1e-6);
    }
    const heard = await chromium.compare({
      source: original,
      changed: [...gains].map(([name, gain]) => ({
        bytes: read(`${name}.ogg`),
        factor: factorOf(gain),
      })),
      sampleRate: ok(planVorbisGain(original)).streams[0]!.sampleRate,
    });
    expect(heard).toMatchObject({ kind: "compared" });
    if (heard.kind === "compared") expect(Math.max(...heard.differences)).toBeLessThan(1e-6);
    decodeByTremor(["original", ...gains.keys()]);
    const wholeSource = wholes(path("original.s16"));
    for (const [name, gain] of gains) {
      const factor = factorOf(gain);
      const told = wholeDifference(wholeSource, wholes(path(`${name}.s16`)), factor);
      const rounding = told.signal * 10 ** (-(TREMOR_ROUNDING + Math.min(0, gain)) / 20);
      expect(told.error).toBeLessThan(1 + rounding);
      if (told.signal > 100)
        expect(Math.abs(20 * Math.log10(told.factor) - gain)).toBeLessThan(0.02);
    }
    for (const gain of METERED)
      expect(Math.abs(loudness(String(gain)) - loudness(`wanted ${gain}`))).toBeLessThan(0.02);
  },
);

describe("players", () => {
  test("find headers in order after a page was added", () => {
    // Fills the page on which the comments end to its last segment.
    oggenc(["-q", "5", "-c", `X=${"x".repeat(60_000)}`])("source.ogg");
    run(
      "ffmpeg",
      "-y",
      "-v",
      "error",
      "-i",
      path("source.ogg"),
      "-c",
      "copy",
      path("original.ogg"),
    );
    const original = read("original.ogg");
    const changed = ok(applyVorbisGain(original, decibels(-3)));
    writeFileSync(path("-3.ogg"), changed.bytes);
    expect(readPages(changed.bytes).map(({ sequence }) => sequence)).toEqual(
      readPages(changed.bytes).map((_, i) => i),
    );
    expect(run("ogginfo", path("-3.ogg")).toString()).not.toMatch(/WARNING|ERROR|hole/i);
    decodeByLibvorbis(["original", "-3"]);
    expect(
      difference(floats(path("original.f32")), floats(path("-3.f32")), factorOf(changed.gain)),
    ).toBeLessThan(1e-6);
  });

  test("chained files play on in both links", () => {
    oggenc(["-q", "2", "--serial", "1"])("a.ogg");
    oggenc(["-q", "6", "--serial", "2"])("b.ogg");
    const chained = new Uint8Array(Buffer.concat([read("a.ogg"), read("b.ogg")]));
    const changed = ok(applyVorbisGain(chained, decibels(4)));
    writeFileSync(path("original.ogg"), chained);
    writeFileSync(path("4.ogg"), changed.bytes);
    decodeByLibvorbis(["original", "4"]);
    expect(
      difference(floats(path("original.f32")), floats(path("4.f32")), factorOf(changed.gain)),
    ).toBeLessThan(1e-6);
    expect(same(ok(undoVorbisGain(changed.bytes)).bytes, chained)).toBe(true);
  });

  test("tags written later by mutagen survive undo", () => {
    oggenc(["-q", "5", "-t", "old"])("original.ogg");
    const changed = ok(applyVorbisGain(read("original.ogg"), decibels(2)));
    writeFileSync(path("tagged.ogg"), changed.bytes);
    const script =
      "import sys\nfrom mutagen.oggvorbis import OggVorbis\n" +
      'f = OggVorbis(sys.argv[1]); f["title"] = "new"; f["replaygain_track_gain"] = "-1 dB"; f.save()';
    run("/usr/bin/python3", "-c", script, path("tagged.ogg"));
    const undone = ok(undoVorbisGain(read("tagged.ogg")));
    const [was, now] = [read("original.ogg"), undone.bytes].map((file) =>
      packetsOf(readPages(file)),
    );
    expect(now!.slice(2)).toEqual(was!.slice(2));
    const comments = Buffer.from(now![1]!).toString("latin1");
    expect(comments).toMatch(/title=new/i);
    expect(comments).not.toMatch(/replaygain|LEVELUP/i);
  });
});
