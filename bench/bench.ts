// `npm run bench`: LevelUp in headless Chromium beside native tools, in one run, on the same songs
// and the same core. Prints tables; `--write` also puts them into docs/performance.md.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { BenchPage, launch } from "./browser";
import { Floor } from "./floor";
import { interfaceUse } from "./interface";
import { runJob, type JobName, type Sample, type Tools } from "./jobs";
import { memoryUse } from "./memory";
import { collection, simulate } from "./model";
import { machineOf, type CollectionRow, type Results } from "./results";
import { scaling, type Scaling } from "./scaling";
import {
  folderWith,
  hasMusic,
  KINDS,
  lengthsOfAll,
  mostSongs,
  songOf,
  songsOf,
  type Kind,
  type Song,
} from "./songs";
import { markdown, tablesOf, terminal } from "./tables";
import { visits } from "./visits";
import { serve } from "../scripts/serve";
import { ensureExport, exportFolder } from "../scripts/build/export";
import { root } from "../scripts/support/steps";

/** How often the batch of eight songs is held against the floor. */
const BATCH_ROUNDS = 3;

const help = `Measures LevelUp beside native tools; for Linux, with Debian's packages
ffmpeg, loudgain, mp3gain, util-linux and wesnoth-1.16-music.

npm run bench -- [options]

  --songs N     how many songs, 1 to ${mostSongs} (3)
  --rounds N    how often MP3 and FLAC are measured (2); the other kinds once, on two songs
  --quick       one song of 40 seconds, one round: to see that it works
  --core N      the core that every tool runs on (0)
  --port N      serve the page here (any free port)
  --json FILE   where the results go (.cache/bench/results.json)
  --write       put the tables into docs/performance.md
  --help        this text`;

const { values } = parseArgs({
  options: {
    songs: { type: "string", default: "3" },
    rounds: { type: "string", default: "2" },
    core: { type: "string", default: "0" },
    port: { type: "string", default: "0" },
    json: { type: "string", default: path.join(root, ".cache/bench/results.json") },
    quick: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help) console.log(help);
else if (missing().length > 0) {
  console.error(`Not installed: ${missing().join(", ")}.\n${help}`);
  process.exitCode = 1;
} else if (await ensureExport()) await bench();
else process.exitCode = 1;

function missing(): string[] {
  const tools = ["ffmpeg", "ffprobe", "loudgain", "mp3gain", "taskset", "bash"];
  const lacking = tools.filter((tool) => spawnSync("which", [tool]).status !== 0);
  return hasMusic() ? lacking : [...lacking, "wesnoth-1.16-music"];
}

async function bench(): Promise<void> {
  const begun = performance.now();
  const loadBefore = os.loadavg()[0] ?? NaN;
  const { quick } = values;
  const count = quick ? 1 : Number(values.songs);
  const rounds = quick ? 1 : Number(values.rounds);
  const cut = quick ? 40 : null;
  const folder = mkdtempSync(path.join(os.tmpdir(), "levelup-bench-"));
  const serving = await serve(exportFolder, Number(values.port));
  try {
    say("Songs…");
    const songs = new Map(KINDS.map((kind) => [kind, songsOf(kind, count, cut)] as const));
    const fourMinutes = folderWith(
      path.join(folder, "four-minutes"),
      (quick ? [40, 41, 42, 43] : [240, 239, 238, 237]).map((seconds) =>
        songOf("weight_of_revenge", "mp3", seconds),
      ),
    );
    const lengths = quick ? [20] : [120, 119, 118];
    const twoMinutes = lengths.flatMap((seconds) => songsOf("mp3", mostSongs, seconds));

    const { samples, browser } = await oneCore(serving.url, folder, songs, rounds);

    say("Start-up…");
    const [cold, warm] = await visits(serving.url, folder, fourMinutes);
    say("Memory, workers…");
    const free = await launch(null, folder);
    const settings = { "Target loudness (LUFS)": -18 };
    const memoryPage = await BenchPage.open(free, serving.url, settings);
    const memory = await memoryUse(free, memoryPage, fourMinutes);
    const batch = folderWith(path.join(folder, "two-minutes"), twoMinutes);
    const apart = [await launch("0", folder), await launch("1", folder)] as const;
    const pages = [
      await BenchPage.open(apart[0], serving.url, { ...settings, Workers: 1 }),
      await BenchPage.open(apart[1], serving.url, { ...settings, Workers: 1 }),
    ] as const;
    const scaled = await scaling(memoryPage, pages, batch, twoMinutes, quick ? 1 : undefined);
    for (const each of apart) await each.close();
    await free.close();

    say("Interface…");
    const bystander = await launch(null, folder);
    const listed = songsOf("mp3", quick ? 2 : 4, cut);
    const onDisk = folderWith(path.join(folder, "interface"), listed);
    const used = { folder: onDisk, count: listed.length };
    const page = await interfaceUse(bystander, serving.url, used, quick ? 2_000 : 10_000);
    await bystander.close();

    const results: Results = {
      schema: "levelup-bench/1",
      finishedAt: new Date().toISOString(),
      quick,
      seconds: (performance.now() - begun) / 1000,
      machine: machineOf(browser, nativeFfmpeg(), loadBefore),
      songs: (songs.get("mp3") ?? []).map(({ name, duration }) => ({ name, seconds: duration })),
      rounds,
      samples,
      visits: { cold, warm },
      memory,
      scaling: scaled,
      collection: [checkOf(scaled), ...collectionOf(scaled)],
      interfaceUse: page,
    };
    show(results);
  } finally {
    await serving.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The kinds that goals are about; the others are reported. */
function isMain(kind: Kind): boolean {
  return kind === "mp3" || kind === "flac";
}

/** Everything that is compared: one core, tools in turn, a first round of LevelUp not counted. */
async function oneCore(
  url: string,
  folder: string,
  songs: ReadonlyMap<Kind, readonly Song[]>,
  rounds: number,
): Promise<{ samples: Sample[]; browser: string }> {
  const core = Number(values.core);
  const pinned = await launch(values.core, folder);
  const levelUp = await BenchPage.open(pinned, url, { Workers: 1 });
  const floor = await Floor.open(
    pinned.browser,
    path.join(folder, "floor"),
    path.join(root, ".cache/bench"),
  );
  const tools: Tools = { core, levelUp, floor, folder };
  const samples: Sample[] = [];
  const perform = async (job: JobName, kind: Kind, round: number, given?: readonly Song[]) => {
    say(`${job} ${kind}, round ${round + 1}`);
    const all = songs.get(kind) ?? [];
    const some = isMain(kind) && job !== "limit" ? all : all.slice(0, 2);
    samples.push(...(await runJob(job, given ?? some, round, tools)));
  };
  const eight = values.quick ? songs.get("mp3") : songsOf("mp3", mostSongs, null);
  for (const kind of KINDS) {
    // The browser compiles hot code of the engine while it runs, once for all songs of a visit.
    await runJob("level", (songs.get(kind) ?? []).slice(0, 1), 0, tools);
    for (let round = 0; round < (isMain(kind) ? rounds : 1); round++) {
      await perform("scan", kind, round);
      await perform("level", kind, round);
      if (kind === "mp3") await perform("lossless", kind, round);
    }
    if (kind === "mp3") await perform("limit", kind, 0);
    for (let round = 0; kind === "mp3" && round < BATCH_ROUNDS; round++) {
      await perform("batch", kind, round, eight);
    }
  }
  const browser = pinned.browser.version();
  await floor.close();
  await pinned.close();
  return { samples, browser };
}

/** What the model says of the batch that was measured; in seconds. */
function checkOf({ inputs, lengths }: Scaling): CollectionRow {
  const wall = (workers: number) => simulate(inputs, lengths, workers).wall;
  return { cores: 0, workers: 2, apart: wall(1), shared: wall(2) };
}

function collectionOf({ inputs }: Scaling): CollectionRow[] {
  const lengths = collection(lengthsOfAll(), 500, 240);
  const minutes = (workers: number, contention: number) =>
    simulate({ ...inputs, contention }, lengths, workers).wall / 60;
  return [1, 2, 4, 8, 16].flatMap((cores) =>
    [...new Set([Math.max(1, cores - 1), cores])].map((workers) => ({
      cores,
      workers,
      apart: minutes(workers, 0),
      shared: minutes(workers, inputs.contention),
    })),
  );
}

function show(results: Results) {
  const tables = tablesOf(results);
  console.log(tables.map(terminal).join("\n"));
  mkdirSync(path.dirname(values.json), { recursive: true });
  writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
  console.log(`\n${results.seconds.toFixed(0)} s. Results: ${values.json}`);
  if (values.write) write(results, tables.map(markdown).join("\n\n"));
}

/** Replaces what lies between the markers of docs/performance.md. */
function write(results: Results, tables: string) {
  const file = path.join(root, "docs/performance.md");
  const [begin, end] = ["<!-- bench:begin -->", "<!-- bench:end -->"];
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file} has no markers for the tables.`);
  const { machine, songs, rounds, finishedAt, quick } = results;
  const names = songs.map(({ name, seconds }) => `${name} (${seconds.toFixed(0)} s)`).join(", ");
  const [before, after] = machine.load.map((load) => load.toFixed(1));
  const about = [
    `${finishedAt.slice(0, 10)}${quick ? ", a quick run" : ""}, ${results.seconds.toFixed(0)} s in all.`,
    `${machine.cpu}, ${machine.cores} cores, ${(machine.memory / 1e9).toFixed(0)} GB;`,
    `Chromium ${machine.browser}, ffmpeg ${machine.ffmpeg}. Load before and after: ${before}, ${after}.`,
    `Songs: ${names}; ${rounds} rounds of MP3 and FLAC, one of the other kinds on two songs.`,
  ].join(" ");
  const written = `${begin}\n\n${about}\n\n${tables}\n\n`;
  writeFileSync(file, text.slice(0, from) + written + text.slice(to));
}

function nativeFfmpeg(): string {
  const { stdout } = spawnSync("ffmpeg", ["-version"], { encoding: "utf8" });
  return /^ffmpeg version (\S+)/.exec(stdout)?.[1] ?? "unknown";
}

function say(text: string) {
  console.error(`${new Date().toTimeString().slice(0, 8)} ${text}`);
}
