// A short look at speed for continuous integration: each kind's own path over its floor, the same
// core's plain decoding (and encoding, and decoding again) in the same process, beside the table in
// docs/performance.md. It prints and never judges: machines of a CI are shared, and a ratio that
// failed at random would teach nobody anything. `--seconds N` takes that much of a made-up song, `--kind NAME`
// one kind; `--write` writes the table.
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { rescore } from "@/lib/batch/planned";
import { reachOf } from "@/lib/batch/reachable";
import { SongTable } from "@/lib/batch/song-table";
import { dbtp, decibels, lu, lufs } from "@/lib/loudness/units";
import { planEncoding } from "@/lib/ffmpeg/plan-encoding";
import { bytesSource, mp3Hints, noHints } from "@/lib/formats";
import { levelSong, measureSong } from "@/lib/song-path";
import { defaultSettings } from "@/lib/settings/settings";
import type { LevelTask } from "@/lib/song/task";
import { measured, picked } from "../test/unit/batch/fixtures";
import { songTools } from "../test/support/song-tools";
import { writeInto } from "../scripts/support/document";
import { root } from "../scripts/support/steps";
import { RamFiles } from "./kinds/ram-files";
import { changeText, readRatios, type KindRatios } from "./kinds/ratios";
import { markdown, type Table } from "./tables/table";

/** How often each is run; the first time warms up and is not counted. */
const ROUNDS = 3;

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "20" },
    kind: { type: "string" },
    write: { type: "boolean", default: false },
  },
});

/** By extension, with what makes the song. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  mp3: ["-c:a", "libmp3lame", "-b:a", "320k"],
  flac: ["-c:a", "flac", "-sample_fmt", "s16"],
  wav: ["-c:a", "pcm_s16le"],
  aiff: ["-c:a", "pcm_s16be"],
  m4a: ["-c:a", "aac", "-b:a", "256k"],
  ogg: ["-c:a", "libvorbis", "-q:a", "5"],
  opus: ["-c:a", "libopus", "-b:a", "128k"],
};

/** Quieter than the song, and encoded, so that every kind is changed by gain alone. */
const taskOf = (name: string): LevelTask => ({
  file: new File([], name),
  target: {
    loudness: lufs(-20),
    ceiling: dbtp(-1),
    accuracy: lu(0.2),
    whenPeaksTooHigh: "limit",
    mostLimiting: decibels(6),
    onlyTurnDown: false,
  },
  outputFormat: "same",
  whenEncodedAgain: "size",
  verify: true,
  maxPasses: 2,
  reencoding: "always",
  loudnessTags: "leave",
  replacesOriginal: false,
  known: null,
  album: null,
  dualMono: false,
});

/**
 * Plucked tones over noise, louder and softer by turns: noise alone is encoded twice by some kinds,
 * which music hardly ever is.
 */
async function song(extension: string, encoder: readonly string[]): Promise<Uint8Array> {
  const tones = "0.3*sin(1382*t)*exp(-3*mod(t,0.5))+0.2*sin(3481*t)*exp(-5*mod(t,0.25))";
  const [left, right] = [7, 8].map(
    (seed) => `(0.6+0.4*sin(t))*(${tones}+0.1*(random(${seed})-0.5))`,
  );
  const filter = `aevalsrc='${left}|${right}':s=44100:d=${values.seconds}`;
  const files = await RamFiles.open({ [`o.${extension}`]: null });
  files.run(["-f", "lavfi", "-i", filter, ...encoder, `o.${extension}`]);
  return files.bytes(`o.${extension}`);
}

interface Found extends KindRatios {
  /** Processor seconds. */
  readonly encodes: number;
  readonly least: Readonly<Record<"decode" | "measure" | "verified" | "level", number>>;
}

/** Processor seconds, the least of all rounds but the first. */
async function ratiosOf(extension: string, making: readonly string[]): Promise<Found> {
  const bytes = await song(extension, making);
  const [i, o] = [`i.${extension}`, `o.${extension}`];
  const least = { decode: Infinity, measure: Infinity, verified: Infinity, level: Infinity };
  let encodes = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    const timed = async (what: keyof typeof least, work: () => Promise<unknown>) => {
      const before = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(before);
      if (round > 0) least[what] = Math.min(least[what], (user + system) / 1e6);
    };
    const files = await RamFiles.open({ [i]: bytes, [o]: null });
    const decode = (name: string) => files.run(["-i", name, "-map", "0:a:0", "-f", "null", "-"]);
    const probe = files.probe(i);
    const hints = extension === "mp3" ? mp3Hints(bytesSource(bytes)) : noHints;
    // What LevelUp encodes this song with.
    const encoder = planEncoding(probe, defaultSettings, hints, extension).args;
    await timed("decode", () => Promise.resolve(decode(i)));
    await timed("verified", () => {
      files.run(["-i", i, "-map", "0:a:0", ...encoder, o]);
      return Promise.resolve(decode(o));
    });
    const task = taskOf(`song.${extension}`);
    const ended = (is: string, wanted: string) => {
      if (is !== wanted) throw new Error(`${extension}: ${is} instead of ${wanted}`);
    };
    await timed("measure", async () =>
      ended((await measureSong(task, songTools(bytes))).kind, "measured"),
    );
    await timed("level", async () => {
      const outcome = await levelSong(task, songTools(bytes));
      ended(outcome.kind, "leveled");
      if (outcome.kind === "leveled") encodes = outcome.passes;
    });
  }
  return {
    kind: extension.toUpperCase(),
    scan: least.measure / least.decode,
    level: least.level / least.verified,
    ...{ least, encodes },
  };
}

const noted = readRatios(readFileSync(path.join(root, "docs/performance.md"), "utf8"));
const rows: string[][] = [];
console.log("Speed over the floor (printed, never asserted):");
for (const [extension, encoder] of Object.entries(kinds)) {
  if (values.kind !== undefined && values.kind !== extension) continue;
  const found = await ratiosOf(extension, encoder);
  const { kind, scan, level, least, encodes } = found;
  rows.push([kind, scan.toFixed(2), level.toFixed(2)]);
  const over = (ours: number, floor: number) =>
    `${(ours * 1e3).toFixed(0)} over ${(floor * 1e3).toFixed(0)} ms`;
  console.log(
    [
      `${kind}: scan ${scan.toFixed(2)} (${over(least.measure, least.decode)})`,
      `level and verify ${level.toFixed(2)} (${over(least.level, least.verified)}; encoded ${encodes}×)`,
    ].join(", ") + changeText(found, noted),
  );
}
if (values.write && values.kind === undefined)
  writeInto("docs/performance.md", "bench kinds", markdown(tableOf(rows)));

function tableOf(found: readonly string[][]): Table {
  return {
    title: "Each kind over its floor",
    about: `${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${values.seconds} s of a made-up song, one process, processor time. A scan over decoding alone; leveling with verification over decoding, encoding and decoding again. Goal: 1.3.`,
    head: ["kind", "scan", "level and verify"],
    rows: found,
  };
}

console.log(`500 songs of four minutes planned anew: ${rescoring().toFixed(0)} ms`);

/** Milliseconds, the least of three. */
function rescoring(): number {
  const blocks = Array.from({ length: 2400 }, (_, i) => -20 + 6 * Math.sin(i / 40));
  const table = new SongTable(() => undefined);
  for (let i = 0; i < 500; i++) {
    const [id] = table.add([picked(`${i}.mp3`)]);
    const is = measured(-17, -(i % 12), {}, blocks);
    table.record(id!).measured = { is, size: 1, lastModified: 1, dualMono: false };
    table.update(id!, { source: is.measurement, status: "measured" });
  }
  const least = Array.from({ length: 3 }, (_, i) => {
    const begun = performance.now();
    rescore(table, { ...defaultSettings, targetLoudness: lufs(-11 - i) });
    reachOf(table.ids.map((id) => table.get(id)));
    return performance.now() - begun;
  });
  return Math.min(...least);
}
