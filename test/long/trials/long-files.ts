// `npm run test:long -- long-files`: a 2-hour MP3 and a 2-hour WAV (1.3 GB), made from real music,
// leveled by the exported page with one worker, and what the browser's memory was meanwhile. The
// table goes into docs/long-runs.md. Takes about ten minutes, 5 GB of disk, and Linux.
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { ensureExport } from "../../../scripts/build/export";
import { writeInto } from "../../../scripts/support/document";
import { judgeLong, makeLong } from "../long-song";
import { openTrialPage } from "../trial-page";
import { watchMemory } from "../watch-memory";

const SECONDS = 7200;
/** The promise: megabytes of the page's process. */
const MOST = 600;

const kinds: Readonly<Record<string, readonly string[]>> = {
  mp3: ["-c:a", "libmp3lame", "-b:a", "192k"],
  wav: ["-c:a", "pcm_s16le"],
};

if (!(await ensureExport())) process.exit(1);
const folder = mkdtempSync(path.join(os.tmpdir(), "levelup-long-"));
try {
  // Beside each other, each in a browser of its own with one worker.
  const levelings = await Promise.all(
    Object.entries(kinds).map(([extension, options]) => level(extension, options)),
  );
  const table = [
    "| file | size | took | page's process, peak | whole browser, peak | result by native ffmpeg |",
    "| --- | --- | --- | --- | --- | --- |",
    ...levelings.map(({ line }) => line),
  ];
  writeInto("docs/long-runs.md", "long files", table.join("\n"));
  process.exitCode = levelings.every(({ right }) => right) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function level(extension: string, options: readonly string[]) {
  const place = path.join(folder, extension);
  const name = `two hours.${extension}`;
  mkdirSync(place);
  makeLong(path.join(place, name), SECONDS, options);
  const trial = await openTrialPage();
  try {
    const { levelUp } = trial;
    await levelUp.set({ Workers: 1 });
    await levelUp.add([place]);
    await levelUp.button("Start").and(levelUp.page.locator(":enabled")).waitFor();
    const memory = watchMemory(trial.pid);
    const began = Date.now();
    await levelUp.press("Start");
    const finish = await levelUp.finished(60 * 60_000);
    const took = Math.round((Date.now() - began) / 1000);
    const peak = memory.stop();
    const [song] = (await levelUp.report()).files;
    console.log(JSON.stringify(song));
    if (finish.done !== 1 || !song?.output) throw new Error(`${name}: ${song?.message ?? "?"}`);
    const heard = await judgeLong(path.join(place, song.output));
    const right =
      peak.renderer < MOST &&
      (Math.abs(heard.integrated + 14) <= 0.2 || song.reason === "held-back-by-peaks") &&
      heard.truePeak <= -0.9 &&
      Math.abs(heard.seconds - (song.durationSeconds ?? NaN)) < 0.1 &&
      Math.abs(heard.seconds - SECONDS) < 1;
    const size = Math.round(statSync(path.join(place, name)).size / 1e6);
    const result = `${heard.integrated.toFixed(1)} LUFS, ${heard.truePeak.toFixed(1)} dBTP, ${heard.seconds.toFixed(1)} s`;
    const cells = [`2 h ${extension.toUpperCase()}`, `${size} MB`, `${took} s`];
    const memories = [peak.renderer, peak.browser].map((each) => `${Math.round(each)} MB`);
    const line = `| ${[...cells, ...memories, result].join(" | ")} |`;
    console.log(line);
    return { line, right };
  } finally {
    await trial.close();
    rmSync(place, { recursive: true, force: true });
  }
}
