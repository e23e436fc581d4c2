import { spawn } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { readReport } from "../../cli/shards/report-lines";
import { shardOf } from "../../cli/shards/shard";
import { root } from "../../scripts/support/steps";
import { runNative } from "../support/native-tools";
import { comparable } from "../support/shard-reports";

const IN_ALBUM = 10;
/** Milliseconds between two looks for a shard that is at work. */
const LOOK_EVERY = 500;

/** An archive of short songs in nested albums, leveled by shards and by one run over everything. */
export class Archive {
  readonly #place = mkdtempSync(path.join(os.tmpdir(), "levelup-archive-"));
  readonly #shards: number;
  #songs: readonly string[] = [];
  #seconds = 0;

  private constructor(shards: number) {
    this.#shards = shards;
  }

  static async make(songs: number, shards: number): Promise<Archive> {
    const archive = new Archive(shards);
    for (const name of ["bin", "reports", "tmp", "made"]) mkdirSync(archive.at(name));
    const levelup = [process.execPath, path.join(root, "scripts/run.mjs"), "level"];
    writeFileSync(archive.at("bin/levelup"), `#!/bin/sh\nexec ${levelup.join(" ")} "$@"\n`);
    chmodSync(archive.at("bin/levelup"), 0o755);
    archive.#songs = await archive.#makeSongs(songs);
    console.log(`${songs} songs in ${archive.#folders.length} folders`);
    return archive;
  }

  /** In it `music`, `leveled` and `reports` of the shards (`N.jsonl`). */
  at(...names: readonly string[]): string {
    return path.join(this.#place, ...names);
  }

  /** With `levelup` among the programs. */
  get environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      PATH: `${this.at("bin")}:${process.env["PATH"] ?? ""}`,
      LEVELUP_STATE: this.at("state"),
      TMPDIR: this.at("tmp"),
    };
  }

  /** Ends a program well or with 1: songs failed then, which have to be the same ones in all reports. */
  async run([program, ...args]: readonly string[]): Promise<void> {
    const child = spawn(program!, args, {
      env: this.environment,
      stdio: ["ignore", "ignore", "inherit"],
    });
    const code = await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (code !== 0 && code !== 1) throw new Error(`${program} ended with ${String(code)}`);
  }

  /** One run over everything, against which `judge` holds the shards. */
  async levelAll(): Promise<void> {
    const began = Date.now();
    // `--only-new` is what shards are run with.
    const place = ["--out", this.at("one"), "--only-new", "--report", this.at("one.jsonl")];
    await this.run(["levelup", this.at("music"), ...place]);
    this.#seconds = secondsSince(began);
  }

  /**
   * Ends shards by SIGKILL, each once, in the midst of their work, as long as `work` is on. Gives the
   * names of their reports, without ".jsonl".
   */
  async killSome(most: number, work: Promise<unknown>): Promise<string[]> {
    const killed: string[] = [];
    let isOver = false;
    const end = () => (isOver = true);
    void work.then(end, end);
    while (!isOver && killed.length < most) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
      const at = this.#shardsAtWork().filter(({ name }) => !killed.includes(name));
      const chosen = at[Math.floor(Math.random() * at.length)];
      if (!chosen) continue;
      process.kill(chosen.pid, "SIGKILL");
      killed.push(chosen.name);
    }
    return killed;
  }

  /** Joins the reports of the shards and says whether they did what one run did. */
  async judge(began: number): Promise<boolean> {
    const seconds = { oneRun: this.#seconds, shards: secondsSince(began) };
    const merged = this.at("merged.json");
    await this.run(["levelup", "merge-reports", this.at("reports"), "--report", merged]);
    const [joined, one] = [comparable(merged), comparable(this.at("one.jsonl"))];
    const told = joined.files.map((file) => String((file as { path?: string }).path));
    const verdict = {
      everySongOnce: isDeepStrictEqual(told, this.#songs.toSorted()),
      albumsWhole: this.#albumsAreWhole(),
      reportsEqual: isDeepStrictEqual(joined, one),
      resultsEqual: sameFiles(this.at("one"), this.at("leveled")),
    };
    const failed = joined.files.filter((file) => (file as { status?: string }).status === "failed");
    console.log({ ...verdict, failed: failed.length, seconds });
    if (!verdict.reportsEqual) console.log(differences(joined, one).slice(0, 10));
    return Object.values(verdict).every((each) => each);
  }

  remove(): void {
    rmSync(this.#place, { recursive: true, force: true });
  }

  get #folders(): string[] {
    return [...new Set(this.#songs.map((file) => path.dirname(file)))];
  }

  #albumsAreWhole(): boolean {
    const perFolder = new Map(this.#folders.map((folder) => [folder, new Set<number>()]));
    for (const name of readdirSync(this.at("reports"))) {
      const read = readReport(readFileSync(this.at("reports", name), "utf8"));
      if (read.kind === "wrong") throw new Error(read.message);
      const { head, files } = read.run;
      for (const file of files) perFolder.get(path.dirname(file.path))?.add(head.shard!.number);
    }
    return [...perFolder].every(
      ([folder, of]) => of.size === 1 && of.has(shardOf(`${folder}/x`, this.#shards)),
    );
  }

  /** A few songs, made once and copied. Gives their paths, "/" between parts. */
  async #makeSongs(songs: number): Promise<string[]> {
    const kinds = ["mp3", "flac", "ogg", "m4a"];
    const made = Array.from({ length: 16 }, (_, index) => ({
      name: `${index}.${kinds[index % kinds.length]}`,
      seconds: 1 + 0.06 * index,
    }));
    for (const [index, { name, seconds }] of made.entries()) {
      const sound = `sine=frequency=${200 + 37 * index}:duration=${seconds},volume=-${index}dB`;
      const form = ["-ar", "44100", "-ac", "2", this.at("made", name)];
      await runNative("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", sound, ...form]);
    }
    return Array.from({ length: songs }, (_, index) => {
      const album = Math.floor(index / IN_ALBUM);
      const { name } = made[(index * 7 + album) % made.length]!;
      const disc = album % 5 === 0 ? `/CD${1 + (index % 2)}` : "";
      const folder = `Artist ${album % 23}/${album % 3 ? "" : "Live/"}Album ${album}${disc}`;
      const file = `${folder}/${String(index).padStart(5, "0")}${path.extname(name)}`;
      mkdirSync(this.at("music", folder), { recursive: true });
      copyFileSync(this.at("made", name), this.at("music", file));
      if (index % IN_ALBUM === 0)
        writeFileSync(this.at("music", folder, "cover.jpg"), `cover ${album}`);
      return file;
    });
  }

  /** Shards that have told of some songs, by the system's list of processes. */
  #shardsAtWork(): { pid: number; name: string }[] {
    return readdirSync("/proc").flatMap((name) => {
      if (!/^\d+$/.test(name)) return [];
      const line = textOf(`/proc/${name}/cmdline`).split("\0");
      const report = line[line.indexOf("--report") + 1] ?? "";
      if (line[0] !== process.execPath || path.dirname(report) !== this.at("reports")) return [];
      const ended = textOf(report).split("\n").length - 1;
      // The first line is the head.
      const least = 1 + this.#songs.length / this.#shards / 10;
      return ended > least ? [{ pid: Number(name), name: path.basename(report, ".jsonl") }] : [];
    });
  }
}

const secondsSince = (began: number): number => Math.round((Date.now() - began) / 1000);

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
