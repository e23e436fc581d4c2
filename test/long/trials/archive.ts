// `npm run test:long -- archive`: 2,000 short songs in nested albums over 8 shards by GNU parallel,
// as docs/archive.md has it; two shards are killed at random and started again by parallel itself.
// Judged against one run over everything. Needs `parallel` and native ffmpeg; LEVELUP_SONGS makes it
// another number of songs: 160 take two minutes on two busy cores.
import { spawn } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { isDeepStrictEqual } from "node:util";
import os from "node:os";
import path from "node:path";
import { readReport } from "../../../cli/shards/report-lines";
import { shardOf } from "../../../cli/shards/shard";
import { root } from "../../../scripts/support/steps";
import { runNative } from "../../support/native-tools";
import { comparable } from "../../support/shard-reports";

const SONGS = Number(process.env["LEVELUP_SONGS"] ?? 2000);
const IN_ALBUM = 10;
const SHARDS = 8;
const KILLS = 2;
/** Lines of the report of a shard that may be killed. */
const LEAST_ENDED = 1 + SONGS / SHARDS / 10;
/** Milliseconds between two looks for a shard that is at work. */
const LOOK_EVERY = 500;

const place = mkdtempSync(path.join(os.tmpdir(), "levelup-archive-"));
const at = (...names: readonly string[]) => path.join(place, ...names);
const environment = { ...process.env, LEVELUP_STATE: at("state"), TMPDIR: at("tmp") };
const level = [process.execPath, path.join(root, "scripts/run.mjs"), "level"];
try {
  for (const name of ["reports", "tmp"]) mkdirSync(at(name));
  const songs = await makeArchive();
  const folders = [...new Set(songs.map((file) => path.dirname(file)))];
  console.log(`${songs.length} songs in ${folders.length} folders`);

  const seconds: Record<string, number> = {};
  seconds["one run"] = await timed(
    // `--only-new` is what shards are run with.
    run([...level, at("music"), "--out", at("one"), "--only-new", "--report", at("one.jsonl")]),
  );
  const shard = [...level, at("music"), "--out", at("leveled"), "--shard", `{}/${SHARDS}`];
  const report = ["--workers", "1", "--report", at("reports", "{}.jsonl")];
  const numbers = Array.from({ length: SHARDS }, (_, index) => String(index + 1));
  const parallel = [
    "parallel",
    "--jobs",
    "8",
    "--retries",
    "3",
    `${[...shard, ...report].join(" ")} || [ $? -eq 1 ]`,
  ];
  const shards = run([...parallel, ":::", ...numbers]);
  const killed = killSome(shards);
  seconds["8 shards"] = await timed(shards);
  await run([...level, "merge-reports", at("reports"), "--report", at("merged.json")]);

  const [merged, one] = [comparable(at("merged.json")), comparable(at("one.jsonl"))];
  const told = merged.files.map((file) => String((file as { path?: string }).path));
  const perFolder = new Map(folders.map((folder) => [folder, new Set<number>()]));
  for (const number of numbers) {
    const read = readReport(readFileSync(at("reports", `${number}.jsonl`), "utf8"));
    if (read.kind === "wrong") throw new Error(read.message);
    for (const file of read.run.files) perFolder.get(path.dirname(file.path))?.add(Number(number));
  }
  const verdict = {
    killed: await killed,
    failed: merged.files.filter((file) => (file as { status?: string }).status === "failed").length,
    seconds,
    everySongOnce: isDeepStrictEqual(told, songs.toSorted()),
    albumsWhole: [...perFolder].every(
      ([folder, of]) => of.size === 1 && of.has(shardOf(`${folder}/x`, SHARDS)),
    ),
    reportsEqual: isDeepStrictEqual(merged, one),
    resultsEqual: sameFiles(at("one"), at("leveled")),
  };
  console.log(verdict);
  if (!verdict.reportsEqual) console.log(differences(merged, one).slice(0, 10));
  const { everySongOnce, albumsWhole, reportsEqual, resultsEqual } = verdict;
  const all = everySongOnce && albumsWhole && reportsEqual && resultsEqual;
  process.exitCode = all && verdict.killed.length === KILLS ? 0 : 1;
} finally {
  rmSync(place, { recursive: true, force: true });
}

/** A few songs, made once and copied. Gives their paths, "/" between parts. */
async function makeArchive(): Promise<string[]> {
  mkdirSync(at("made"));
  const kinds = ["mp3", "flac", "ogg", "m4a"];
  const made = Array.from({ length: 16 }, (_, index) => ({
    name: `${index}.${kinds[index % kinds.length]}`,
    seconds: 1 + 0.06 * index,
  }));
  for (const [index, { name, seconds }] of made.entries()) {
    const sound = `sine=frequency=${200 + 37 * index}:duration=${seconds},volume=-${index}dB`;
    const form = ["-ar", "44100", "-ac", "2", at("made", name)];
    await runNative("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", sound, ...form]);
  }
  return Array.from({ length: SONGS }, (_, index) => {
    const album = Math.floor(index / IN_ALBUM);
    const { name } = made[(index * 7 + album) % made.length]!;
    const disc = album % 5 === 0 ? `/CD${1 + (index % 2)}` : "";
    const folder = `Artist ${album % 23}/${album % 3 ? "" : "Live/"}Album ${album}${disc}`;
    const file = `${folder}/${String(index).padStart(5, "0")}${path.extname(name)}`;
    mkdirSync(at("music", folder), { recursive: true });
    copyFileSync(at("made", name), at("music", file));
    if (index % IN_ALBUM === 0) writeFileSync(at("music", folder, "cover.jpg"), `cover ${album}`);
    return file;
  });
}

async function run([program, ...args]: readonly string[]): Promise<void> {
  const child = spawn(program!, args, { env: environment, stdio: ["ignore", "ignore", "inherit"] });
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  // 1: songs failed. They are in the reports, and have to be the same ones.
  if (code !== 0 && code !== 1) throw new Error(`${program} ended with ${String(code)}`);
}

async function timed(work: Promise<void>): Promise<number> {
  const began = Date.now();
  await work;
  return Math.round((Date.now() - began) / 1000);
}

/** Ends shards by SIGKILL in the midst of their work. Gives their numbers. */
async function killSome(work: Promise<void>): Promise<number[]> {
  const killed: number[] = [];
  let isOver = false;
  const end = () => (isOver = true);
  void work.then(end, end);
  while (!isOver && killed.length < KILLS) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    const at = shardsAtWork().filter(({ number }) => !killed.includes(number));
    const chosen = at[Math.floor(Math.random() * at.length)];
    if (!chosen) continue;
    process.kill(chosen.pid, "SIGKILL");
    killed.push(chosen.number);
  }
  return killed;
}

/** Shards of this trial that have told of some songs, by the system's list of processes. */
function shardsAtWork(): { pid: number; number: number }[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const line = textOf(`/proc/${name}/cmdline`).split("\0");
    const at = line.indexOf("--shard");
    if (line[0] !== process.execPath || at < 0 || !line.includes(path.join(place, "music"))) {
      return [];
    }
    const number = Number(line[at + 1]!.split("/")[0]);
    const ended = textOf(path.join(place, "reports", `${number}.jsonl`)).split("\n").length;
    return ended > LEAST_ENDED ? [{ pid: Number(name), number }] : [];
  });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // It has ended, or not begun.
    return "";
  }
}

/** What differs in two reports, as text. */
function differences(a: object, b: object): string[] {
  const [left, right] = [a, b].map((each) => JSON.stringify(each, null, 1).split("\n"));
  return left!.flatMap((line, index) =>
    line === right![index] ? [] : `line ${index}: ${line} | ${right![index]}`,
  );
}

function sameFiles(a: string, b: string): boolean {
  const list = (folder: string) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
      .sort();
  const names = list(a);
  return (
    isDeepStrictEqual(names, list(b)) &&
    names.every((name) => readFileSync(path.join(a, name)).equals(readFileSync(path.join(b, name))))
  );
}
