import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { chmod, mkdir, rename, symlink, utimes, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Report } from "../../../cli/in-browser/report";
import { levelInNode } from "../../support/node-command";
import { writeSongs } from "../../support/songs";

/** The command in Node, on real files. */
let place: string;
let music: string;
let env: { readonly LEVELUP_STATE: string; readonly TMPDIR: string };

beforeEach(async () => {
  place = mkdtempSync(path.join(os.tmpdir(), "levelup-command-"));
  music = path.join(place, "music");
  env = { LEVELUP_STATE: path.join(place, "state"), TMPDIR: path.join(place, "tmp") };
  await mkdir(env.TMPDIR);
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const level = (...args: readonly string[]) => levelInNode([music, ...args], env);
const at = (...names: readonly string[]) => path.join(music, ...names);
const scratches = () => readdirSync(env.TMPDIR).filter((name) => name.startsWith("levelup-"));
/** Every file's bytes, by its path; but for our own record. */
const contents = () =>
  new Map(
    readdirSync(music, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.endsWith(".levelup"))
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => [path.relative(music, file), readFileSync(file)] as const),
  );
const reportIn = (file: string) => JSON.parse(readFileSync(file, "utf8")) as Report;
const song = (extension: "flac" | "mp3" | "ogg" | "m4a", seed: number) =>
  ({ extension, seconds: 4, lufs: -22, seed }) as const;
const longSong = (seed: number) => ({ ...song("mp3", seed), seconds: 20 });

test("levels every song that the system knows, whatever its name, and links that lead elsewhere", async () => {
  const names = [
    "Who?.flac",
    "a:b.flac",
    " lead.flac",
    "trail.flac.",
    "con.flac",
    "back\\slash.flac",
  ];
  await writeSongs(place, Object.fromEntries(names.map((_, i) => [`${i}.flac`, song("flac", i)])));
  await mkdir(at("sub"), { recursive: true });
  for (const [i, name] of names.entries()) await rename(path.join(place, `${i}.flac`), at(name));
  await writeSongs(place, { "far.flac": song("flac", 9) });
  await symlink(path.join(place, "far.flac"), at("sub/far away.flac"));
  await symlink(at("Who?.flac"), at("sub/near.flac"));
  await symlink(music, at("sub/round"));
  const noText = Buffer.concat([Buffer.from(at("bad")), Buffer.of(0xff), Buffer.from(".flac")]);
  await writeFile(noText, readFileSync(at("Who?.flac")));

  const command = level("--report", path.join(place, "report.json"));
  expect(await command.code, command.text()).toBe(0);
  const { files, leftOut } = reportIn(path.join(place, "report.json"));
  expect(leftOut).toEqual([]);
  expect(files.map(({ path: name, status }) => [name, status]).sort()).toEqual(
    [...names, "bad\udcff.flac", "sub/far away.flac"].sort().map((name) => [name, "leveled"]),
  );
  const written = readdirSync(at("Leveled"), { encoding: "buffer" });
  expect(written.map((name) => name.toString("latin1"))).toContain("bad\xff.flac");
});

test("replaces songs with their mode and times, undoes that, and puts originals back", async () => {
  await writeSongs(music, {
    "a.mp3": song("mp3", 1),
    "b.ogg": song("ogg", 2),
    "c.flac": song("flac", 3),
  });
  const before = contents();
  await chmod(at("a.mp3"), 0o640);
  await utimes(at("a.mp3"), 1e9, 1e9);
  const replaced = level("--save-to", "replace", "--lossless", "--keep-times");
  expect(await replaced.code, replaced.text()).toBe(0);
  const { mode, mtimeMs } = statSync(at("a.mp3"));
  expect([mode & 0o777, mtimeMs]).toEqual([0o640, 1e12]);
  for (const [name, bytes] of before) expect(contents().get(name)!.equals(bytes), name).toBe(false);

  const undone = level("--undo");
  expect(await undone.code, undone.text()).toBe(0);
  expect(contents().get("a.mp3")!.equals(before.get("a.mp3")!)).toBe(true);
  expect(contents().get("b.ogg")!.equals(before.get("b.ogg")!)).toBe(true);

  const restored = level("--restore");
  expect(await restored.code, restored.text()).toBe(0);
  expect(contents()).toEqual(before);
});

test("what was killed goes on with --resume, and every song is done once", async () => {
  const names = Array.from({ length: 4 }, (_, i) => `${i}.mp3`);
  await writeSongs(music, Object.fromEntries(names.map((name, i) => [name, longSong(i)])));
  const before = contents();
  const killed = level("--save-to", "replace", "--json", "--workers", "1");
  await killed.told(/"event":"song"/);
  killed.kill("SIGKILL");
  await killed.code;
  const resumed = levelInNode(["--resume", "--report", path.join(place, "report.json")], env);
  expect(await resumed.code, resumed.text()).toBe(0);
  const { files } = reportIn(path.join(place, "report.json"));
  expect(files.map(({ path: name, status }) => [name, status])).toEqual(
    names.map((name) => [name, "leveled"]),
  );
  const after = contents();
  for (const name of names) {
    expect(after.get(`Originals/${name}`)!.equals(before.get(name)!), name).toBe(true);
  }
  expect([...after.keys()].filter((name) => path.basename(name).startsWith(".levelup-"))).toEqual(
    [],
  );
  expect(scratches()).toEqual([]);
  expect(await levelInNode(["--resume"], env).code).toBe(1);
});

test("does all again as often as it is asked, and with --only-new nothing that is done", async () => {
  await writeSongs(music, { "a.flac": song("flac", 1), "b.flac": song("flac", 2) });
  const report = path.join(place, "report.json");
  const statuses = async (...args: readonly string[]) => {
    const run = level("--report", report, ...args);
    expect(await run.code, run.text()).toBe(0);
    return reportIn(report).files.map(({ status, reason }) => reason ?? status);
  };
  expect(await statuses()).toEqual(["leveled", "leveled"]);
  rmSync(at("Leveled/a.flac"));
  expect(await statuses()).toEqual(["leveled", "leveled"]);
  expect(await statuses("--only-new")).toEqual(["done-before", "done-before"]);
});

test.each([
  ["SIGTERM", 143, 1],
  // npm hands on the signal that the terminal has sent to it and to the command.
  ["SIGINT", 130, 2],
] as const)(
  "%s stops the batch and ends with %i; nothing is left half",
  async (signal, code, times) => {
    const names = Array.from({ length: 4 }, (_, i) => `${i}.mp3`);
    await writeSongs(music, Object.fromEntries(names.map((name, i) => [name, longSong(i)])));
    const command = level("--workers", "1", "--json", "--report", path.join(place, "report.json"));
    await command.told(/"event":"progress"/);
    for (let time = 0; time < times; time++) command.kill(signal);
    expect(await command.code).toBe(code);
    expect(command.text()).toContain("Stopping. Finished songs stay");
    const { files } = reportIn(path.join(place, "report.json"));
    expect(files.map(({ status }) => status)).toContain("cancelled");
    const written = files.flatMap(({ output }) => output ?? []);
    expect([...contents().keys()].sort()).toEqual([...names, ...written].sort());
    expect(scratches()).toEqual([]);
  },
);

test("--dry-run tells the plan and writes nothing; --json gives an object a line", async () => {
  await writeSongs(music, { "a.flac": song("flac", 1) });
  const dry = level("--dry-run");
  expect(await dry.code, dry.text()).toBe(0);
  expect(dry.out()).toMatch(/^a\.flac: -22\.\d LUFS to -14\.0 LUFS, \+8\.\d dB.*\.$/m);
  const json = level("--dry-run", "--json");
  expect(await json.code, json.text()).toBe(0);
  const events = json
    .out()
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { event: string }).event);
  expect(new Set(events)).toEqual(new Set(["progress", "song", "note", "end"]));
  expect([...contents().keys()]).toEqual(["a.flac"]);
});
