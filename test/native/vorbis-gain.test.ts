/**
 * Gain of Ogg Vorbis without encoding, on real files: those of Debian's Wesnoth music and of three
 * encoders, decoded to float by libvorbis and by ffmpeg's own decoder.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  applyVorbisGain,
  undoVorbisGain,
  type VorbisGainRefusal,
} from "@/lib/formats/ogg/vorbis-gain";
import { leadsBackTo } from "@/lib/formats/leads-back";
import { decibels } from "@/lib/loudness/units";
import { packetsOf, readPages } from "../support/formats/ogg";

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

const floats = (name: string): Float32Array => {
  const bytes = readFileSync(path(name));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};

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

/** The largest difference to the scaled source, relative to its peak. */
const difference = (source: Float32Array, changed: Float32Array, gain: number): number => {
  const factor = 10 ** (gain / 20);
  let [peak, most] = [0, 0];
  for (let i = 0; i < source.length; i++) {
    const wanted = source[i]! * factor;
    const off = Math.abs(wanted - changed[i]!);
    if (off > most) most = off;
    if (Math.abs(wanted) > peak) peak = Math.abs(wanted);
  }
  return peak === 0 ? most : most / peak;
};

const MUSIC = "/usr/share/games/wesnoth/1.16/data/core/music";
/** Whole pages of the beginning, some six seconds, as oggenc cut them. */
const excerpt = (song: string) => (name: string) => {
  const bytes = readFileSync(join(MUSIC, song)).subarray(0, 120_000);
  writeFileSync(path(name), bytes.subarray(0, bytes.lastIndexOf("OggS")));
};
const source = (...args: string[]) =>
  run("ffmpeg", "-y", "-v", "error", "-i", path("source.wav"), ...args);
const oggenc =
  (options: readonly string[], ...shape: readonly string[]) =>
  (name: string) => {
    source(...shape, path("shaped.wav"));
    run("oggenc", "-Q", ...options, "-o", path(name), path("shaped.wav"));
  };
const ffmpeg =
  (...args: string[]) =>
  (name: string) =>
    source("-strict", "-2", ...args, path(name));

const FILES: Readonly<Record<string, (name: string) => void>> = {
  ...Object.fromEntries(readdirSync(MUSIC).map((song) => [song, excerpt(song)])),
  ...Object.fromEntries(
    [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9.5, 10].map((q) => [`q${q}`, oggenc(["-q", String(q)])]),
  ),
  ...Object.fromEntries(
    [8000, 11_025, 16_000, 22_050, 32_000, 48_000, 96_000, 192_000].map((rate) => [
      `${rate} Hz`,
      oggenc(["-q", "5"], "-ar", String(rate)),
    ]),
  ),
  mono: oggenc(["-q", "4"], "-ac", "1"),
  "mono, 8 kHz, q-1": oggenc(["-q", "-1"], "-ac", "1", "-ar", "8000"),
  "four channels": oggenc(["-q", "6"], "-ac", "4"),
  "5.1": oggenc(["-q", "5"], "-ac", "6"),
  "5.1, q9": oggenc(["-q", "9"], "-ac", "6"),
  "bit rate managed": oggenc(["--managed", "-b", "128", "-m", "96", "-M", "160"]),
  "with many comments": oggenc(["-q", "3", "-t", "Ä", "-c", `X=${"x".repeat(100_000)}`]),
  "ffmpeg's own encoder": ffmpeg("-ac", "2", "-c:a", "vorbis"),
  "ffmpeg's own encoder, 22 kHz": ffmpeg("-ac", "2", "-ar", "22050", "-c:a", "vorbis", "-q:a", "2"),
  "libvorbis in ffmpeg": ffmpeg("-c:a", "libvorbis", "-q:a", "4"),
  "libvorbis in ffmpeg, by rate": ffmpeg("-c:a", "libvorbis", "-b:a", "192k"),
};

beforeAll(() => {
  // A chord that swells, noise bursts, and half a second of digital silence.
  const graph =
    "sine=f=220:d=3,tremolo=f=0.7:d=0.9,volume=-9dB[a];" +
    "anoisesrc=c=pink:d=3:a=0.4:seed=1,tremolo=f=2:d=0.8[b];" +
    "[a][b]join=inputs=2:channel_layout=stereo:map=0.0-FL|1.0-FR," +
    "volume=0:enable='between(t,1,1.5)',aformat=s16:44100";
  run("ffmpeg", "-y", "-v", "error", "-filter_complex", graph, path("source.wav"));
});

test("there are at least 60 files and 12 gains", () => {
  expect(Object.keys(FILES).length).toBeGreaterThanOrEqual(60);
  expect(GAINS.length).toBeGreaterThanOrEqual(12);
});

test.each(Object.entries(FILES))("%s: moves by the gain, in two decoders, and back", (_, make) => {
  make("original.ogg");
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
    const source = floats("original.f32");
    for (const [name, gain] of gains) {
      const changed = floats(`${name}.f32`);
      expect(changed.length).toBe(source.length);
      expect(difference(source, changed, gain)).toBeLessThan(1e-6);
    }
  }
  for (const gain of METERED)
    expect(Math.abs(loudness(String(gain)) - loudness(`wanted ${gain}`))).toBeLessThan(0.02);
});

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
    expect(difference(floats("original.f32"), floats("-3.f32"), changed.gain)).toBeLessThan(1e-6);
  });

  test("chained files play on in both links", () => {
    oggenc(["-q", "2", "--serial", "1"])("a.ogg");
    oggenc(["-q", "6", "--serial", "2"])("b.ogg");
    const chained = new Uint8Array(Buffer.concat([read("a.ogg"), read("b.ogg")]));
    const changed = ok(applyVorbisGain(chained, decibels(4)));
    writeFileSync(path("original.ogg"), chained);
    writeFileSync(path("4.ogg"), changed.bytes);
    decodeByLibvorbis(["original", "4"]);
    expect(difference(floats("original.f32"), floats("4.f32"), changed.gain)).toBeLessThan(1e-6);
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
