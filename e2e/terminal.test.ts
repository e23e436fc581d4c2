import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Report } from "../cli/in-browser/report";
import { writeSongs } from "../test/support/songs";
import { expect, filesIn, test } from "./support/test";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Starts `npm run level` as npm does; `told` waits for what it writes to the terminal. */
function level(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, ["scripts/run.mjs", "level", ...args], {
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
    await writeSongs(folder, Object.fromEntries(songs.map((name) => [name, song])));
    const reportFile = path.join(folder, "report.json");
    const command = level([folder, "--workers", "1", "--report", reportFile]);
    await command.told(/Leveling/);
    for (let time = 0; time < times; time += 1) command.kill(signal);
    expect(await command.code).toBe(code);
    expect(command.text()).toContain("Stopping. Finished songs stay");
    expect(command.text()).not.toMatch(/^ +at /m);
    const { files } = JSON.parse(await readFile(reportFile, "utf8")) as Report;
    expect(files.map(({ status }) => status)).toContain("cancelled");
    const written = files.flatMap(({ output }) => output ?? []);
    expect((await filesIn(folder)).sort()).toEqual(["report.json", ...songs, ...written].sort());
  });
}

test("a browser that is not there is told in one sentence", async ({ folder }) => {
  const command = level([folder], { LEVELUP_CHROMIUM: path.join(folder, "no-browser") });
  expect(await command.code).toBe(1);
  expect(command.text()).toBe(`The browser ${path.join(folder, "no-browser")} does not start.\n`);
});
