// `npx tsx bench/lossless.ts`: every song of the package as Ogg Vorbis and as M4A, leveled once by
// changing its gain and once by encoding, in turn, in one process on one core. `--seconds N` takes
// that much of each, `--songs N` the first N; `--write` puts the table into docs/performance.md.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { dbtp, decibels, lu, lufs } from "@/lib/loudness/units";
import { levelSong } from "@/lib/song-path";
import type { LevelTask } from "@/lib/song/task";
import { writeInto } from "../scripts/support/document";
import { root } from "../scripts/support/steps";
import { songTools } from "../test/support/song-tools";
import { spreadOf } from "./spread";
import { markdown, spreadText, terminal, type Table } from "./tables/table";

const MUSIC = "/usr/share/games/wesnoth/1.16/data/core/music";
/** The Ogg files are the package's own. */
const KINDS = {
  ogg: { name: "Ogg Vorbis, as it is", codec: ["-c:a", "copy"] },
  m4a: { name: "M4A, AAC-LC 256 kb/s", codec: ["-c:a", "aac", "-b:a", "256k"] },
} as const;
const ROUTES = ["lossless", "encode"] as const;
const CORE = "0";

const { values } = parseArgs({
  options: {
    songs: { type: "string", default: "100" },
    seconds: { type: "string" },
    write: { type: "boolean", default: false },
  },
});

/** Quieter than nearly all songs, so that each is changed by gain alone, without the limiter. */
const taskOf = (name: string, route: (typeof ROUTES)[number]): LevelTask => ({
  file: new File([], name),
  target: {
    loudness: lufs(-30),
    ceiling: dbtp(-1),
    accuracy: lu(0.2),
    whenPeaksTooHigh: "limit",
    mostLimiting: decibels(6),
    onlyTurnDown: false,
  },
  outputFormat: "same",
  verify: true,
  maxPasses: 2,
  whenEncodedAgain: "size",
  reencoding: route === "lossless" ? "never" : "always",
  loudnessTags: "leave",
  replacesOriginal: false,
  known: null,
  album: null,
  dualMono: false,
});

function songFile(title: string, kind: keyof typeof KINDS): string {
  const cut = values.seconds === undefined ? [] : ["-t", values.seconds];
  const folder = path.join(root, ".cache/bench/lossless", `${kind}${cut.join("")}`);
  const file = path.join(folder, `${path.parse(title).name}.${kind}`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const part = path.join(folder, `part-${path.basename(file)}`);
  const quiet = ["-v", "error", "-nostdin", "-y", ...cut, "-i", path.join(MUSIC, title)];
  const args = [...quiet, "-map", "0:a", ...KINDS[kind].codec, part];
  const { status, stderr } = spawnSync("ffmpeg", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  renameSync(part, file);
  return file;
}

/** Seconds of processor time and by the clock, or why the song is not counted. */
async function level(file: string, route: (typeof ROUTES)[number]) {
  const bytes = new Uint8Array(readFileSync(file));
  const [cpu, clock] = [process.cpuUsage(), performance.now()];
  const outcome = await levelSong(taskOf(path.basename(file), route), songTools(bytes));
  const { user, system } = process.cpuUsage(cpu);
  const wall = (performance.now() - clock) / 1000;
  if (outcome.kind !== "leveled") return outcome.kind;
  if (outcome.route !== route) return `went the way "${outcome.route}"`;
  return { cpu: (user + system) / 1e6, wall, audio: outcome.measured.duration };
}

spawnSync("taskset", ["-acp", CORE, String(process.pid)]);
const begun = performance.now();
const loadBefore = os.loadavg()[0]!;
const titles = readdirSync(MUSIC).slice(0, Number(values.songs));
const rows: string[][] = [];
const left: string[] = [];
for (const [kind, { name }] of Object.entries(KINDS)) {
  const files = titles.map((title) => songFile(title, kind as keyof typeof KINDS));
  const ratios = { cpu: [] as number[], wall: [] as number[] };
  const sums = { lossless: 0, encode: 0, audio: 0 };
  // The first song warms up what is compiled on the way.
  for (const [i, file] of [files[0]!, ...files].entries()) {
    // Which one is first changes, so that none always meets a warm cache.
    const order = i % 2 === 0 ? ROUTES : ROUTES.toReversed();
    const runs = new Map<string, Awaited<ReturnType<typeof level>>>();
    for (const route of order) runs.set(route, await level(file, route));
    const [ours, other] = [runs.get("lossless")!, runs.get("encode")!];
    if (i === 0) continue;
    if (typeof ours === "string" || typeof other === "string") {
      const why = [ours, other].filter((each) => typeof each === "string");
      left.push(`${path.basename(file)} (${[...new Set(why)].join(", ")})`);
      continue;
    }
    ratios.cpu.push(ours.cpu / other.cpu);
    ratios.wall.push(ours.wall / other.wall);
    sums.lossless += ours.cpu;
    sums.encode += other.cpu;
    sums.audio += ours.audio;
  }
  rows.push([
    name,
    String(ratios.cpu.length),
    ((60 * sums.lossless) / sums.audio).toFixed(2),
    ((60 * sums.encode) / sums.audio).toFixed(2),
    (sums.lossless / sums.encode).toFixed(2),
    spreadText(spreadOf(ratios.cpu), 2),
    spreadText(spreadOf(ratios.wall), 2),
  ]);
}
const seconds = ((performance.now() - begun) / 1000).toFixed(0);
const load = [loadBefore, os.loadavg()[0]!].map((each) => each.toFixed(1)).join(", ");
const length = values.seconds === undefined ? "whole" : `the first ${values.seconds} s of each`;
const table: Table = {
  title: "Lossless beside encoding, the same songs in turn on one core",
  about: `${new Date().toISOString().slice(0, 10)}, ${seconds} s in all; songs: ${length}. Load before and after: ${load}. The worker's own code under Node, files in memory; both ways decode and measure the song, change it, and check what comes out: the encoded song whole, the changed one by the undone copy and ten decoded seconds. Processor seconds a minute of audio; ratios are lossless over encoding, of all together, and song by song of processor time and by the clock.${left.length === 0 ? "" : ` Not counted: ${left.join(", ")}.`}`,
  head: ["kind", "songs", "lossless", "encoding", "together", "cpu ratio", "clock ratio"],
  rows,
};
console.log(terminal(table), `\n${table.about}`);
if (values.write) writeInto("docs/performance.md", "bench lossless", markdown(table));
