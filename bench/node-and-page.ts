// `npx tsx bench/node-and-page.ts`: the command in Node beside the page and ffmpeg-normalize's commands,
// the same songs on the same cores in one run, with one worker on one core and two on two. Prints a
// table; `--write` puts it into docs/archive.md. `--songs N` songs (6), `--seconds N` of each, `--kinds`
// mp3,flac,m4a,ogg. Ten minutes; Linux, with Debian's ffmpeg, util-linux and wesnoth-1.16-music.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import type { Report } from "../cli/in-browser/report";
import { ensureExport, exportFolder } from "../scripts/build/export";
import { packCommand } from "../scripts/build/package";
import { serve } from "../scripts/serve";
import { writeInto } from "../scripts/support/document";
import { memoryOf, residentOf } from "../scripts/support/processes";
import { BenchPage, launch } from "./page/bench-page";
import { folderWith, mostSongs, songsOf, type Kind, type Song } from "./songs";
import { applyArguments, measureArguments, readLoudnorm } from "./speed/loudnorm";
import { markdown } from "./tables/table";

/** Quieter than every song of the benchmark, so that each is changed by gain alone. */
const target = { loudness: -18, ceiling: -1 };
/** Milliseconds between two looks at the memory. */
const LOOK_EVERY = 100;

const { values } = parseArgs({
  options: {
    songs: { type: "string", default: "6" },
    seconds: { type: "string" },
    kinds: { type: "string", default: "mp3,flac,m4a,ogg" },
    write: { type: "boolean", default: false },
  },
});
const count = Math.min(Number(values.songs), mostSongs);
const seconds = values.seconds === undefined ? null : Number(values.seconds);

/** Of one tool over all songs; seconds and megabytes. */
interface Run {
  readonly wall: number;
  readonly cpu: number | null;
  /** From its start until its first song was begun; null where there is nothing to start. */
  readonly startUp: number | null;
  /** Resident size of the command, proportional size of the page's process; null for short programs. */
  readonly memory: number | null;
}

/** The most that was seen, in megabytes. */
class Peak {
  #most = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Once. */
  watch(look: () => number): void {
    this.#timer ??= setInterval(() => (this.#most = Math.max(this.#most, look())), LOOK_EVERY);
  }

  stop(): number {
    clearInterval(this.#timer);
    return this.#most;
  }
}

if (!(await ensureExport())) process.exit(1);
const command = path.join(path.dirname(await packCommand()), "package/levelup.mjs");
const folder = mkdtempSync(path.join(os.tmpdir(), "levelup-bench-"));
const serving = await serve(exportFolder, 0);
const load = () => os.loadavg()[0]!.toFixed(1);
try {
  const before = load();
  const rows: string[][] = [];
  for (const kind of values.kinds.split(",") as Kind[]) {
    const songs = songsOf(kind, count, seconds);
    const minutes = songs.reduce((sum, { duration }) => sum + duration, 0) / 60;
    for (const [name, run] of [
      ["LevelUp in Node", byNode],
      ["LevelUp's page", byPage],
      ["ffmpeg-normalize's commands", byLoudnorm],
    ] as const) {
      const [one, two] = [await run(songs, 1, "0"), await run(songs, 2, "0,1")];
      rows.push([kind.toUpperCase(), name, ...cellsOf(one, two, minutes)]);
      console.log(rows.at(-1)!.join("  "));
    }
  }
  const length = seconds === null ? "whole" : `${seconds} s of each`;
  const head = ["kind", "tool", "1 worker, s/min", "2 workers, s/min", "gain", "cpu s/min"];
  const table = markdown({
    title: "Node, the page and ffmpeg-normalize's commands",
    about:
      `${new Date().toISOString().slice(0, 10)}. ${os.cpus()[0]?.model ?? ""}; ${count} songs, ${length}; ` +
      `load before and after: ${before}, ${load()}. One worker on one core, two on two. Seconds a minute ` +
      "of audio, from the start of the batch to its end, for Node with the start of the process; processor " +
      "seconds with one worker. Start-up: from the start of the process, or of the visit, until the first " +
      "song is begun. Memory: at most, of the command (resident), of the page's process (proportional); a " +
      "worker's is what the second one adds.",
    head: [...head, "start-up", "memory, 1 and 2 workers", "a worker"],
    rows,
  });
  console.log(table);
  if (values.write) writeInto("docs/archive.md", "bench", table);
} finally {
  await serving.close();
  rmSync(folder, { recursive: true, force: true });
}

function cellsOf(one: Run, two: Run, minutes: number): string[] {
  const perMinute = (value: number | null) => (value === null ? "" : (value / minutes).toFixed(2));
  const memories = [one.memory, two.memory].flatMap((each) => each ?? []).map(Math.round);
  return [
    perMinute(one.wall),
    perMinute(two.wall),
    `${(one.wall / two.wall).toFixed(2)}×`,
    perMinute(one.cpu),
    one.startUp === null ? "" : `${one.startUp.toFixed(1)} s`,
    memories.length < 2 ? "" : `${memories.join(" and ")} MB`,
    memories.length < 2 ? "" : `${memories[1]! - memories[0]!} MB`,
  ];
}

async function byNode(songs: readonly Song[], workers: number, cores: string): Promise<Run> {
  const place = folderWith(path.join(folder, `node-${songs[0]!.kind}-${workers}`), songs);
  const report = path.join(folder, "report.json");
  const asked = ["--target", String(target.loudness), "--reencoding", "always", "--json"];
  const args = [command, place, "--workers", String(workers), ...asked, "--report", report];
  const began = Date.now();
  let first: Ended | null = null;
  const memory = new Peak();
  const { wall, cpu } = await timed(cores, process.execPath, args, (pid, text) => {
    memory.watch(() => residentOf(pid));
    const told = /^.*"event":"song".*$/m.exec(text)?.[0];
    if (told !== undefined) first ??= { text: told, after: (Date.now() - began) / 1000 };
  });
  const { files } = JSON.parse(readFileSync(report, "utf8")) as Report;
  return { wall, cpu, startUp: begunAfter(first, files), memory: memory.stop() };
}

async function byPage(songs: readonly Song[], workers: number, cores: string): Promise<Run> {
  const place = folderWith(path.join(folder, `page-${songs[0]!.kind}-${workers}`), songs);
  const browser = await launch(cores, path.join(folder, "browser"));
  const memory = new Peak();
  try {
    const began = Date.now();
    const settings = { "Target loudness (LUFS)": target.loudness, Workers: workers };
    const page = await BenchPage.open(browser, serving.url, settings);
    memory.watch(() => memoryOf(browser.pid).renderer);
    const leveled = page.levelUp.page.getByRole("cell", { name: /^Leveled/ });
    const row = page.levelUp.page.getByRole("row").filter({ has: leveled }).first();
    const first = row.waitFor({ timeout: 0 }).then(async () => {
      const after = (Date.now() - began) / 1000;
      return { text: await row.innerText(), after };
    });
    const { wall, cpu, report } = await page.run("Start", place);
    return { wall, cpu, startUp: begunAfter(await first, report.files), memory: memory.stop() };
  } finally {
    memory.stop();
    await browser.close();
  }
}

/** The song that ended first, by a line that names it, and seconds until then. */
interface Ended {
  readonly text: string;
  readonly after: number;
}

/** Seconds until the song that ended first was begun. */
function begunAfter(first: Ended | null, files: Report["files"]): number {
  const file = files.find(({ path: name }) => first?.text.includes(path.parse(name).name));
  return (first?.after ?? NaN) - (file?.seconds?.total ?? NaN);
}

async function byLoudnorm(songs: readonly Song[], workers: number, cores: string): Promise<Run> {
  const waiting = [...songs];
  let cpu = 0;
  const began = Date.now();
  const work = async () => {
    for (let song = waiting.shift(); song; song = waiting.shift()) {
      const output = path.join(folder, `loudnorm-${workers}-${song.name}.${song.kind}`);
      const quiet = ["-hide_banner", "-nostdin", "-nostats", "-y"];
      const measure = [...quiet, ...measureArguments(song.file, target)];
      const measured = await timed(cores, "ffmpeg", measure);
      const found = readLoudnorm(measured.stderr);
      const apply = [...quiet, ...applyArguments(song.file, output, song, target, found)];
      cpu += measured.cpu + (await timed(cores, "ffmpeg", apply)).cpu;
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return { wall: (Date.now() - began) / 1000, cpu, startUp: null, memory: null };
}

/** Runs a program on these cores; `onText` gets what it says, with its process. */
function timed(
  cores: string,
  program: string,
  args: readonly string[],
  onText?: (pid: number, text: string) => void,
): Promise<{ wall: number; cpu: number; stderr: string }> {
  // bash's `time` also counts the processor time, which Node does not tell of its children.
  const script = 'TIMEFORMAT="%3R %3U %3S"; time taskset -c "$@"';
  return new Promise((resolve, reject) => {
    const child = spawn("bash", ["-c", script, "bash", cores, program, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, LC_ALL: "C", LEVELUP_STATE: path.join(folder, "state") },
    });
    let stderr = "";
    child.stdout.on("data", (bytes: Buffer) => onText?.(child.pid!, bytes.toString()));
    child.stderr.on("data", (bytes: Buffer) => (stderr += bytes.toString()));
    child.once("error", reject);
    child.once("close", (code) => {
      const times = /([\d.]+) ([\d.]+) ([\d.]+)\n$/.exec(stderr)?.slice(1).map(Number);
      const [wall, user, system] = times ?? [];
      if (code !== 0 || wall === undefined) reject(new Error(`${program}: ${stderr}`));
      else resolve({ wall, cpu: (user ?? NaN) + (system ?? NaN), stderr });
    });
  });
}
