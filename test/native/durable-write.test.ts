import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runNative } from "../support/native-tools";
import { writeSongs } from "../support/songs";

const root = fileURLToPath(new URL("../..", import.meta.url));
let place: string;
beforeAll(() => (place = mkdtempSync(path.join(os.tmpdir(), "levelup-durable-"))));
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** `fsync` and `rename` of a run on a folder, in the order that the system saw them. */
async function tracedCalls(folder: string, args: readonly string[]): Promise<string[]> {
  const trace = path.join(place, "trace");
  const follow = ["-f", "-y", "-e", "trace=fsync,rename", "-e", "signal=none", "-o", trace];
  const command = [process.execPath, "scripts/run.mjs", "level", folder, ...args];
  const env = [`LEVELUP_STATE=${path.join(place, "state")}`, `INIT_CWD=${root}`];
  const inRoot = ["sh", "-c", 'cd "$0" && exec "$@"', root, "env", ...env, ...command];
  await runNative("strace", [...follow, ...inRoot]);
  return readFileSync(trace, "utf8")
    .split("\n")
    .flatMap((line) => {
      const synced = /fsync\(\d+<(.*)>\)/.exec(line);
      if (synced) return [`fsync ${named(folder, synced[1]!)}`];
      const renamed = /rename\("(.*)", "(.*)"/.exec(line);
      return renamed ? [`rename ${named(folder, renamed[1]!)} ${named(folder, renamed[2]!)}`] : [];
    });
}

/** From the folder; temporary names without what is random in them. */
const named = (folder: string, file: string): string =>
  path.relative(folder, file).replace(/\.levelup-[0-9a-f]{8}$/, "TEMPORARY") || ".";

test("a song takes its original's place only after the copy, the record and its bytes are on the disk", async () => {
  const folder = path.join(place, "music");
  await writeSongs(folder, { "a.flac": { extension: "flac", seconds: 4, lufs: -25 } });
  const calls = await tracedCalls(folder, ["--save-to", "replace"]);
  const wanted = [
    // The copy of the original,
    "fsync Originals/TEMPORARY",
    "rename Originals/TEMPORARY Originals/a.flac",
    "fsync Originals",
    // the record of what will stand in its place,
    "fsync Originals/.levelup/TEMPORARY",
    expect.stringMatching(/^rename Originals\/\.levelup\/TEMPORARY .*\.jsonl$/),
    "fsync Originals/.levelup",
    // the song.
    "fsync TEMPORARY",
    "rename TEMPORARY a.flac",
    "fsync .",
  ];
  const start = calls.indexOf("rename Originals/TEMPORARY Originals/a.flac") - 1;
  expect(calls.slice(start, start + wanted.length)).toEqual(wanted);
});
