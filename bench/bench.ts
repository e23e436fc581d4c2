// `npm run bench`: LevelUp in headless Chromium beside native tools, in one run, on the same songs
// and the same core. Prints tables; `--write` also puts them into docs/performance.md.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { ensureExport, exportFolder } from "../scripts/build/export";
import { serve } from "../scripts/serve";
import { writeInto } from "../scripts/support/document";
import { root } from "../scripts/support/steps";
import { BenchPage, launch } from "./page/bench-page";
import { interfaceUse } from "./page/interface";
import { memoryUse } from "./page/memory";
import { visits } from "./page/visits";
import { machineOf, PARTS, type CollectionRow, type Part, type Results } from "./results";
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
import { folderRace } from "./race/race";
import { PYTHON } from "./race/tags";
import { Floor } from "./speed/floor";
import { runJob, type Tools } from "./speed/jobs";
import { Published } from "./speed/published";
import type { JobName, Sample } from "./speed/samples";
import { RACE_TITLE, raceTables } from "./tables/race-tables";
import { markdown, terminal, type Table } from "./tables/table";
import { tablesOf } from "./tables/tables";
import { collection, simulate } from "./workers/model";
import { scaling, type Scaling } from "./workers/scaling";

/** Quieter than every song, so that each is changed by gain alone. */
const settings = { "Target loudness (LUFS)": -18 };

/** How often the batch of eight songs is held against the floor. */
const BATCH_ROUNDS = 3;

const help = `Measures LevelUp beside native tools; for Linux, with Debian's packages
ffmpeg, loudgain, mp3gain, python3-mutagen, util-linux and wesnoth-1.16-music.

npm run bench -- [options]

  --songs N     how many songs: of the race 1 to 40 (40), else 1 to ${mostSongs} (3)
  --seconds N   that much of each song; all of it where nothing is said
  --rounds N    how often the race is run, and MP3 and FLAC are measured (2); other kinds once
  --part NAME   only this: ${PARTS.join(", ")}
  --quick       one song of 40 seconds, one round: to see that it works
  --core N      the core that every tool runs on (0)
  --port N      serve the page here (any free port)
  --json FILE   where the results go (.cache/bench/results.json)
  --write       put the tables into docs/performance.md (of all parts, or of "race")
  --help        this text`;

const { values } = parseArgs({
  options: {
    songs: { type: "string" },
    seconds: { type: "string" },
    rounds: { type: "string", default: "2" },
    core: { type: "string", default: "0" },
    port: { type: "string", default: "0" },
    json: { type: "string", default: path.join(root, ".cache/bench/results.json") },
    part: { type: "string" },
    quick: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const part = PARTS.find((each) => each === values.part) ?? null;

if (values.help) console.log(help);
else if (values.part !== undefined && part === null) {
  console.error(`There is no part "${values.part}".\n${help}`);
  process.exitCode = 1;
} else if (values.write && part !== null && part !== "race") {
  console.error(`docs/performance.md has no place for "${part}" alone.`);
  process.exitCode = 1;
} else if (missing().length > 0) {
  console.error(`Not installed: ${missing().join(", ")}.\n${help}`);
  process.exitCode = 1;
} else if (await ensureExport()) await bench();
else process.exitCode = 1;

function missing(): string[] {
  const tools = ["ffmpeg", "ffprobe", "loudgain", "mp3gain", "taskset", "bash", "xargs"];
  const lacking = tools.filter((tool) => spawnSync("which", [tool]).status !== 0);
  if (spawnSync(PYTHON, ["-c", "import mutagen"]).status !== 0) lacking.push("python3-mutagen");
  return hasMusic() ? lacking : [...lacking, "wesnoth-1.16-music"];
}

async function bench(): Promise<void> {
  const begun = performance.now();
  const loadBefore = os.loadavg()[0] ?? NaN;
  const { quick } = values;
  const asked = values.songs === undefined ? null : Number(values.songs);
  const count = Math.min(asked ?? (quick ? 1 : 3), mostSongs);
  const rounds = quick ? 1 : Number(values.rounds);
  const cut = values.seconds === undefined ? (quick ? 40 : null) : Number(values.seconds);
  const folder = mkdtempSync(path.join(os.tmpdir(), "levelup-bench-"));
  const serving = await serve(exportFolder, Number(values.port));
  const wanted = (...parts: readonly Part[]) => part === null || parts.includes(part);
  try {
    say("Songs…");
    const raced = wanted("race")
      ? await folderRace({
          ...{ count: asked ?? (quick ? 10 : 40), seconds: cut, rounds },
          ...{ url: serving.url, folder, say },
        })
      : null;
    const compared = wanted("speed") ? KINDS : [];
    const songs = new Map(compared.map((kind) => [kind, songsOf(kind, count, cut)] as const));
    const { samples, browser } = await speed(serving.url, folder, songs, rounds);
    const fourMinutes = wanted("visits", "memory") ? folderOfFourMinutes(folder) : "";
    const seen = wanted("visits") ? await visits(serving.url, folder, fourMinutes) : null;
    const memory = wanted("memory")
      ? await memoryOfWorkers(serving.url, folder, fourMinutes)
      : null;
    const scaled = wanted("workers") ? await scalingOf(serving.url, folder) : null;
    const page = wanted("interface") ? await interfaceOf(serving.url, folder, cut) : null;
    show({
      schema: "levelup-bench/1",
      part,
      finishedAt: new Date().toISOString(),
      quick,
      seconds: (performance.now() - begun) / 1000,
      machine: machineOf(browser, nativeFfmpeg(), loadBefore),
      songs: (songs.get("mp3") ?? []).map(({ name, duration }) => ({ name, seconds: duration })),
      rounds,
      race: raced,
      samples,
      visits: seen && { cold: seen[0], warm: seen[1] },
      memory,
      scaling: scaled,
      collection: scaled ? [checkOf(scaled), ...collectionOf(scaled)] : [],
      interfaceUse: page,
    });
  } finally {
    await serving.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function folderOfFourMinutes(folder: string): string {
  const lengths = values.quick ? [40, 41, 42, 43] : [240, 239, 238, 237];
  const songs = lengths.map((seconds) => songOf("weight_of_revenge", "mp3", seconds));
  return folderWith(path.join(folder, "four-minutes"), songs);
}

async function memoryOfWorkers(url: string, folder: string, songs: string) {
  say("Memory…");
  const free = await launch(null, folder);
  const memory = await memoryUse(free, await BenchPage.open(free, url, settings), songs);
  await free.close();
  return memory;
}

async function scalingOf(url: string, folder: string): Promise<Scaling> {
  say("Workers…");
  const lengths = values.quick ? [20] : [120, 119, 118];
  const twoMinutes = lengths.flatMap((seconds) => songsOf("mp3", mostSongs, seconds));
  const batch = folderWith(path.join(folder, "two-minutes"), twoMinutes);
  const browsers = [
    await launch(null, folder),
    await launch("0", folder),
    await launch("1", folder),
  ] as const;
  const [both, first, second] = browsers;
  const page = await BenchPage.open(both, url, settings);
  const pages = [
    await BenchPage.open(first, url, { ...settings, Workers: 1 }),
    await BenchPage.open(second, url, { ...settings, Workers: 1 }),
  ] as const;
  const found = await scaling(page, pages, batch, twoMinutes, values.quick ? 1 : undefined);
  for (const each of browsers) await each.close();
  return found;
}

async function interfaceOf(url: string, folder: string, cut: number | null) {
  say("Interface…");
  const bystander = await launch(null, folder);
  const listed = songsOf("mp3", values.quick ? 2 : 4, cut);
  const onDisk = folderWith(path.join(folder, "interface"), listed);
  const used = { folder: onDisk, count: listed.length };
  const page = await interfaceUse(bystander, url, used, values.quick ? 2_000 : 10_000);
  await bystander.close();
  return page;
}

/** The kinds that goals are about; the others are reported. */
function isMain(kind: Kind): boolean {
  return kind === "mp3" || kind === "flac";
}

/** Everything that is compared: one core, tools in turn, a first round of LevelUp not counted. */
async function speed(
  url: string,
  folder: string,
  songs: ReadonlyMap<Kind, readonly Song[]>,
  rounds: number,
): Promise<{ samples: Sample[]; browser: string }> {
  const core = Number(values.core);
  const pinned = await launch(values.core, folder);
  const browser = pinned.browser.version();
  const samples: Sample[] = [];
  if (part === null || part === "speed") {
    const levelUp = await BenchPage.open(pinned, url, { Workers: 1 });
    const floor = await Floor.open(pinned.browser, path.join(folder, "floor"));
    const published = await Published.open(pinned, path.join(folder, "published"));
    const tools: Tools = { core, levelUp, floor, published, folder };
    const eight = values.quick ? songs.get("mp3") : songsOf("mp3", mostSongs, null);
    for (const kind of KINDS) {
      const all = songs.get(kind) ?? [];
      const perform = async (job: JobName, round: number, given?: readonly Song[]) => {
        say(`${job} ${kind}, round ${round + 1}`);
        const some = isMain(kind) && job !== "limit" ? all : all.slice(0, 2);
        samples.push(...(await runJob(job, given ?? some, round, tools)));
      };
      // The browser compiles hot code of the engine while it runs, once for all songs of a visit.
      await runJob("level", all.slice(0, 1), 0, tools);
      for (let round = 0; round < (isMain(kind) ? rounds : 1); round++) {
        await perform("scan", round);
        await perform("level", round);
        if (kind === "mp3") await perform("lossless", round);
      }
      if (kind !== "mp3") continue;
      await perform("limit", 0);
      for (let round = 0; round < BATCH_ROUNDS; round++) await perform("batch", round, eight);
    }
    await published.close();
    await floor.close();
  }
  await pinned.close();
  return { samples, browser };
}

/** What the model says of the batch that was measured; in seconds. */
function checkOf({ inputs, lengths }: Scaling): CollectionRow {
  const wall = (workers: number) => simulate(inputs, lengths, workers).wall;
  return { cores: 0, workers: 2, apart: wall(1), shared: wall(2) };
}

function collectionOf({ inputs }: Scaling): CollectionRow[] {
  const lengths = collection([...lengthsOfAll().values()], 500, 240);
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
  if (!values.write) return;
  const write = (mark: string, some: readonly Table[]) => {
    const text = [aboutRun(results), ...some.map(markdown)].join("\n\n");
    writeInto("docs/performance.md", mark, text);
  };
  write("bench race", raceTables(results));
  if (part === null) {
    const others = tablesOf(results).filter(({ title }) => title !== RACE_TITLE);
    write(
      "bench",
      others.filter(({ onlyPrinted }) => !onlyPrinted),
    );
  }
}

function aboutRun({ machine, songs, rounds, finishedAt, quick, seconds }: Results): string {
  const names = songs.map(({ name, seconds }) => `${name} (${seconds.toFixed(0)} s)`).join(", ");
  const [before, after] = machine.load.map((load) => load.toFixed(1));
  return [
    `${finishedAt.slice(0, 10)}${quick ? ", a quick run" : ""}, ${seconds.toFixed(0)} s in all.`,
    `${machine.cpu}, ${machine.cores} cores, ${(machine.memory / 1e9).toFixed(0)} GB;`,
    `Chromium ${machine.browser}, ffmpeg ${machine.ffmpeg}. Load before and after: ${before}, ${after}.`,
    ...(songs.length === 0
      ? []
      : [
          `Songs: ${names}; ${rounds} rounds of MP3 and FLAC, one of the other kinds on two songs.`,
        ]),
  ].join(" ");
}

function nativeFfmpeg(): string {
  const { stdout } = spawnSync("ffmpeg", ["-version"], { encoding: "utf8" });
  return /^ffmpeg version (\S+)/.exec(stdout)?.[1] ?? "unknown";
}

function say(text: string) {
  console.error(`${new Date().toTimeString().slice(0, 8)} ${text}`);
}
