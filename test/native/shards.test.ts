import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { songsOfShard } from "../../cli/shards/shard";
import { runNative } from "../support/native-tools";
import { podCommand, placed } from "../support/archive-scripts";
import { levelInNode, scriptInNode } from "../support/node-command";
import { comparable } from "../support/shard-reports";

/** The command, a shard a process, on songs of native ffmpeg. */

let place: string;
const at = (...names: readonly string[]) => path.join(place, ...names);
beforeEach(() => {
  place = mkdtempSync(path.join(os.tmpdir(), "levelup-shards-"));
  mkdirSync(at("reports"));
  mkdirSync(at("tmp"));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const level = (...args: readonly string[]) =>
  levelInNode([at("music"), "--workers", "1", ...args], {
    ...{ LEVELUP_STATE: at("state"), TMPDIR: at("tmp") },
  });
const COUNT = 3;
const shardRun = (number: number, ...more: readonly string[]) =>
  level(
    ...["--out", at("leveled"), "--by", "album", "--shard", `${number}/${COUNT}`],
    ...["--report", at("reports", `${number}.jsonl`), ...more],
  );

/** A second of noise around a tone; each of another loudness. */
async function makeSong(file: string, album: string, loud: number): Promise<void> {
  mkdirSync(path.dirname(at("music", file)), { recursive: true });
  const sound = `sine=frequency=${300 + 20 * loud}:duration=1,volume=-${6 + loud}dB`;
  const tags = ["-metadata", `album=${album}`, "-metadata", `album_artist=Band`];
  const form = ["-ar", "44100", "-ac", "2", ...tags, at("music", file)];
  await runNative("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", sound, ...form]);
}

/** Albums in nested folders, one of them of two discs. */
const folders = ["A/One", "A/Two", "B/One", "B/C/Three", "D", "E/CD1", "E/CD2", "F/Four"];
const songs = folders.flatMap((folder) =>
  [1, 2, 3].map((number) => ({
    folder,
    path: `${folder}/${number}.${number > 2 ? "mp3" : "flac"}`,
  })),
);

it("pods of a job, two of them killed and started again, do together what one run does", async () => {
  const albumOf = (folder: string) => folder.replace(/\/CD\d$/, "");
  for (const [index, { folder, path: file }] of songs.entries()) {
    await makeSong(file, albumOf(folder), index % 11);
  }
  // As pods of a job, by the line of docs/archive.md; by album, which is planned before it is leveled.
  const pod = (number: number, ...more: readonly string[]) =>
    scriptInNode(
      placed(podCommand().replace("--workers 4", ["--by album", ...more].join(" ")), at()),
      {
        ...{ LEVELUP_STATE: at("state"), TMPDIR: at("tmp"), LEVELUP_SHARDS: String(COUNT) },
        ...{ JOB_COMPLETION_INDEX: String(number - 1) },
      },
    );
  const reportOf = (number: number) => at("reports", `${number - 1}.jsonl`);
  const sizes = [1, 2, 3].map((number) => songsOfShard(songs, { number, count: COUNT }).length);
  const [smallest, ...fullest] = [1, 2, 3].sort((a, b) => sizes[a - 1]! - sizes[b - 1]!);
  const { folder } = songsOfShard(songs, { number: fullest[0]!, count: COUNT })[0]!;
  writeFileSync(at("music", folder, "cover.jpg"), "a picture");

  // `--only-new` is what a shard is run with.
  const one = ["--out", at("one"), "--by", "album", "--only-new", "--report", at("one.jsonl")];
  const whole = level(...one);
  expect(await whole.code, whole.text()).toBe(0);

  const unharmed = pod(smallest!);
  expect(await unharmed.code, unharmed.text()).toBe(0);
  for (const number of fullest) {
    const killed = pod(number, "--json");
    await killed.told(/"event":"song".*"status":"leveled"/);
    killed.kill("SIGKILL");
    await killed.code;
    const ended = readFileSync(reportOf(number), "utf8").split("\n").slice(1, -1);
    const leveled = ended.filter((line) => line.includes('"status":"leveled"')).length;
    expect([leveled > 0, leveled < sizes[number - 1]!]).toEqual([true, true]);
  }
  for (const number of fullest) {
    const again = pod(number);
    expect(await again.code, again.text()).toBe(0);
  }
  const merge = () =>
    levelInNode(["merge-reports", at("reports"), "--report", at("merged.json")], {});
  const merged = merge();
  expect(await merged.code, merged.text()).toBe(0);
  const told = comparable(at("merged.json"));
  expect(told.files.map((file) => file["path" as never])).toEqual(
    songs.map((song) => song.path).sort(),
  );
  expect(told).toEqual(comparable(at("one.jsonl")));
  for (const name of readdirSync(at("one"), { recursive: true, encoding: "utf8" })) {
    if (!/\.\w+$/.test(name)) continue;
    expect(readFileSync(at("leveled", name)).equals(readFileSync(at("one", name))), name).toBe(
      true,
    );
  }
  expect(readdirSync(at("leveled"), { recursive: true }).sort()).toEqual(
    readdirSync(at("one"), { recursive: true }).sort(),
  );

  // Nothing is left to do: no song is touched, and the report stays as it is.
  const third = pod(fullest[0]!);
  expect(await third.code, third.text()).toBe(0);
  expect(third.text()).toContain(`${sizes[fullest[0]! - 1]} done before.`);
  expect(await merge().code).toBe(0);
  const { beside: _, ...after } = comparable(at("merged.json"));
  const { beside: __, ...before } = told;
  expect(after).toEqual(before);
});

it("a shard without songs is done; albums that lie in two shards are refused by name, until all was measured", async () => {
  await makeSong("A/One/1.flac", "Same", 1);
  const empty = [1, 2, 3].find((number) => number !== shardNumberOf("A/One/1.flac"))!;
  const nothing = shardRun(empty);
  expect(await nothing.code, nothing.text()).toBe(0);
  expect(nothing.out()).toContain(`No song in there belongs to shard ${empty}/${COUNT}.`);
  expect(
    readFileSync(at("reports", `${empty}.jsonl`), "utf8")
      .trim()
      .split("\n"),
  ).toHaveLength(1);

  const other = ["B/x.mp3", "C/x.mp3", "D/x.mp3", "E/x.mp3", "F/x.mp3", "G/x.mp3"].find(
    (file) => shardNumberOf(file) !== shardNumberOf("A/One/1.flac"),
  )!;
  await makeSong(other, "Same", 9);
  await makeSong("A/One/2.mp3", "Other", 4);
  await makeSong(path.join(path.dirname(other), "y.mp3"), "Third", 6);
  const torn = shardRun(1);
  expect(await torn.code).toBe(2);
  expect(torn.text()).toContain(
    "would tear albums apart whose songs lie in several folders: Band: Same.",
  );
  expect(existsSync(at("reports", "1.jsonl")) && empty !== 1).toBe(false);

  // A first pass over everything tells which songs are an album; then a shard has whole ones.
  mkdirSync(at("measured"));
  const numbers = [1, 2, 3];
  const measuring = numbers.map((number) =>
    level(
      ...["--measure", "--by", "album", "--shard", `${number}/${COUNT}`],
      ...["--report", at("measured", `${number}.jsonl`)],
    ),
  );
  for (const run of measuring) expect(await run.code, run.text()).toBe(0);
  const joined = levelInNode(["merge-reports", at("measured"), "--report", at("all.json")], {});
  expect(await joined.code, joined.text()).toBe(0);
  const { albums } = JSON.parse(readFileSync(at("all.json"), "utf8")) as {
    readonly albums: readonly { readonly name: string; readonly songs: number }[];
  };
  expect(albums.map(({ name, songs: of }) => [name, of]).sort()).toEqual([
    ["Band: Other", 1],
    ["Band: Same", 2],
    ["Band: Third", 1],
  ]);
  const shards = numbers.map((number) => shardRun(number, "--measured", at("all.json")));
  for (const run of shards) expect(await run.code, run.text()).toBe(0);
  const merged = levelInNode(["merge-reports", at("reports"), "--report", at("merged.json")], {});
  expect(await merged.code, merged.text()).toBe(0);
  const one = level(
    ...["--out", at("one"), "--by", "album", "--only-new", "--report", at("one.jsonl")],
  );
  expect(await one.code, one.text()).toBe(0);
  expect(comparable(at("merged.json"))).toEqual(comparable(at("one.jsonl")));

  await makeSong("New/1.mp3", "Same", 3);
  const later = shardRun(1, "--measured", at("all.json"));
  expect(await later.code).toBe(2);
  expect(later.text()).toContain("New/1.mp3: not in");
});

const shardNumberOf = (file: string) =>
  [1, 2, 3].find((number) => songsOfShard([{ path: file }], { number, count: COUNT }).length > 0)!;
