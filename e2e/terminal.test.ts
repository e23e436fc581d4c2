import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, rename, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Report } from "../cli/in-browser/report";
import { writeSongs } from "../test/support/songs";
import { contents, expect, filesIn, test } from "./support/test";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Starts `npm run level -- --in-browser` as npm does; `told` waits for what it writes to the terminal. */
function level(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, ["scripts/run.mjs", "level", "--in-browser", ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (bytes: Buffer) => (text += bytes.toString()));
  }
  const code = new Promise<number | null>((resolve) => child.once("close", resolve));
  return {
    code,
    text: () => text,
    told: (pattern: RegExp) => expect.poll(() => text, { timeout: 60_000 }).toMatch(pattern),
    kill: (signal: NodeJS.Signals) => child.kill(signal),
  };
}

async function temporary(folder: string): Promise<string> {
  const place = path.join(folder, "tmp");
  await mkdir(place);
  return place;
}

/** Browsers' profiles, with all that they hold of songs. */
const profilesIn = async (place: string) =>
  (await readdir(place)).filter((name) => name.startsWith("levelup-"));

for (const [signal, code, times] of [
  ["SIGTERM", 143, 1],
  ["SIGHUP", 129, 1],
  // npm hands on the signal that the terminal has sent to it and to the command.
  ["SIGINT", 130, 2],
] as const) {
  test(`${signal} stops the batch, leaves no half of a song and ends with ${code}`, async ({
    folder,
  }) => {
    const songs = Array.from({ length: 6 }, (_, index) => `song ${index + 1}.mp3`);
    const song = { extension: "mp3", seconds: 20, lufs: -20, seed: 1 } as const;
    const library = path.join(folder, "music");
    await writeSongs(library, Object.fromEntries(songs.map((name) => [name, song])));
    const reportFile = path.join(library, "report.json");
    const TMPDIR = await temporary(folder);
    const command = level([library, "--workers", "1", "--report", reportFile], { TMPDIR });
    await command.told(/Leveling/);
    for (let time = 0; time < times; time += 1) command.kill(signal);
    expect(await command.code).toBe(code);
    expect(command.text()).toContain("Stopping. Finished songs stay");
    expect(command.text()).not.toMatch(/^ +at /m);
    const { files } = JSON.parse(await readFile(reportFile, "utf8")) as Report;
    expect(files.map(({ status }) => status)).toContain("cancelled");
    const written = files.flatMap(({ output }) => output ?? []);
    expect(await profilesIn(TMPDIR)).toEqual([]);
    expect((await filesIn(library)).sort()).toEqual(["report.json", ...songs, ...written].sort());
  });
}

test("a browser that is not there is told in one sentence", async ({ folder }) => {
  const command = level([folder], { LEVELUP_CHROMIUM: path.join(folder, "no-browser") });
  expect(await command.code).toBe(1);
  expect(command.text()).toBe(`The browser ${path.join(folder, "no-browser")} does not start.\n`);
});

test("a second signal ends the command at once, and the browser's profile goes with it", async ({
  folder,
}) => {
  const song = { extension: "flac", seconds: 60, lufs: -20, seed: 1 } as const;
  const library = path.join(folder, "music");
  await writeSongs(library, { "a.flac": song, "b.flac": song });
  const TMPDIR = await temporary(folder);
  const command = level([library, "--workers", "1"], { TMPDIR });
  await command.told(/Leveling/);
  expect(
    (await readdir(TMPDIR)).filter((name) => name.startsWith("levelup-profile-")),
  ).toHaveLength(1);
  command.kill("SIGTERM");
  await command.told(/Stopping/);
  await new Promise((resolve) => setTimeout(resolve, 600));
  command.kill("SIGTERM");
  expect(await command.code).toBe(143);
  await expect.poll(() => profilesIn(TMPDIR)).toEqual([]);
});

test("names every song that the page cannot see, levels the others and ends with 1", async ({
  folder,
}) => {
  const names = ["1.flac", "Who?.flac", "a:b.flac", '"q".flac', "a|b<c>*.flac", "back\\slash.flac"];
  const hidden = [" lead.flac", "trail.flac.", "con.flac"];
  const song = (seed: number) => ({ extension: "flac", seconds: 3, lufs: -22, seed }) as const;
  const all = [...names, ...hidden];
  await writeSongs(
    folder,
    Object.fromEntries(all.map((_, index) => [`made/${index}.flac`, song(index)])),
  );
  for (const [index, name] of all.entries()) {
    await rename(path.join(folder, `made/${index}.flac`), path.join(folder, name));
  }
  const bytes = await readFile(path.join(folder, "1.flac"));
  const bad = (name: string) =>
    Buffer.concat([Buffer.from(`${folder}/${name}`), Buffer.from([255])]);
  await mkdir(bad("folder"));
  await writeFile(Buffer.concat([bad("folder"), Buffer.from("/2.flac")]), bytes);
  await writeFile(Buffer.concat([bad("song"), Buffer.from(".flac")]), bytes);
  await symlink(path.join(folder, "1.flac"), path.join(folder, "link.flac"));

  const reportFile = path.join(folder, "report.json");
  const command = level([folder, "--report", reportFile]);
  expect(await command.code, command.text()).toBe(1);
  const leftOut = [
    { name: "folder\\xff/2.flac", reason: "name-unreadable" },
    { name: "link.flac", reason: "link" },
    { name: "song\\xff.flac", reason: "name-unreadable" },
  ];
  for (const { name } of leftOut) expect(command.text()).toContain(`left out  ${name}: `);
  const report = JSON.parse(await readFile(reportFile, "utf8")) as Report;
  expect([...report.leftOut].sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual(leftOut);
  expect(report.files.map(({ status }) => status)).toEqual(all.map(() => "leveled"));
  expect(await filesIn(path.join(folder, "Leveled"))).toHaveLength(all.length);
});

test("--undo takes lossless changes back in place, byte for byte, and says what became of each song", async ({
  folder,
}) => {
  const song = { seconds: 6, lufs: -22, seed: 1 } as const;
  await writeSongs(folder, {
    "a.mp3": { ...song, extension: "mp3" },
    "b.ogg": { ...song, extension: "ogg" },
    "c.m4a": { ...song, extension: "m4a" },
    "d.flac": { ...song, extension: "flac" },
  });
  const before = await contents(folder);
  const replace = level([folder, "--save-to", "replace", "--lossless"]);
  expect(await replace.code, replace.text()).toBe(0);
  const leveled = await contents(folder);
  for (const name of before.keys()) {
    expect(leveled.get(name)!.equals(before.get(name)!), name).toBe(false);
  }
  const undo = level([folder, "--undo"]);
  expect(await undo.code, undo.text()).toBe(0);
  const after = await contents(folder);
  for (const name of ["a.mp3", "b.ogg", "c.m4a"]) {
    expect(after.get(name)!.equals(before.get(name)!), name).toBe(true);
    expect(undo.text()).toContain(`leveled   ${name}: Undone: the audio is as it was.`);
  }
  expect(after.get("d.flac")!.equals(leveled.get("d.flac")!)).toBe(true);
  expect(undo.text()).toContain("skipped   d.flac: No lossless change is recorded in this file.");
});
