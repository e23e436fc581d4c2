// `npm run test:long -- long-files-command`: 3 hours of FLAC, an audio book of 6 hours (M4B) and a WAV
// of 2.5 GB, made from real music, leveled by the installed command with one worker, one after another,
// and what its processes held in memory meanwhile. The table goes into docs/long-runs.md. Takes half
// an hour, 12 GB of disk, and Linux. LEVELUP_FILES names some of them: flac,m4b,wav.
import { chownSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import type { Report } from "../../../cli/in-browser/report";
import { writeInto } from "../../../scripts/support/document";
import { residentOf } from "../../../scripts/support/processes";
import { InstalledPackage } from "../../support/installed-package";
import { judgeLong, makeLong } from "../long-song";

/** The promise: megabytes of resident set size of the command and all below it. */
const MOST = 400;
/** Milliseconds between two looks at it. */
const LOOK_EVERY = 500;

const kinds = {
  flac: { hours: 3, options: ["-c:a", "flac"] },
  m4b: { hours: 6, options: ["-c:a", "aac", "-b:a", "96k"] },
  // 44.1 kHz in 16 bit: 2.5 GB.
  wav: { hours: 3.94, options: ["-c:a", "pcm_s16le"] },
} as const;
const asked = process.env["LEVELUP_FILES"]?.split(",") ?? Object.keys(kinds);

const installed = await InstalledPackage.install();
try {
  const rows: string[] = [];
  for (const extension of asked) rows.push(await level(extension as keyof typeof kinds));
  const table = [
    "| file | size | took | the command's processes, peak | way | result by native ffmpeg |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
  console.log(table);
  if (!process.env["LEVELUP_FILES"]) writeInto("docs/long-runs.md", "long files command", table);
} finally {
  installed.remove();
}

async function level(extension: keyof typeof kinds): Promise<string> {
  const { hours, options } = kinds[extension];
  const folder = path.join(installed.music, extension);
  mkdirSync(folder);
  const { uid, gid } = statSync(installed.music);
  chownSync(folder, uid, gid);
  const name = `hours.${extension}`;
  makeLong(path.join(folder, name), hours * 3600, options);
  const report = path.join(installed.home, "report.json");
  let [most, timer]: [number, NodeJS.Timeout | undefined] = [0, undefined];
  const began = Date.now();
  const { code, text } = await installed.levelup(
    [folder, "--workers", "1", "--report", report],
    (pid) => (timer = setInterval(() => (most = Math.max(most, residentOf(pid))), LOOK_EVERY)),
  );
  clearInterval(timer);
  const took = Math.round((Date.now() - began) / 1000);
  console.log(text);
  const [song] = (JSON.parse(readFileSync(report, "utf8")) as Report).files;
  if (code !== 0 || !song?.output) throw new Error(`${name}: ${song?.message ?? code}`);
  const heard = await judgeLong(path.join(folder, song.output));
  const planned = song.planned?.integratedLufs ?? NaN;
  // Or the row says how far it got.
  const told = `it ends at −${Math.abs(heard.integrated).toFixed(1)} LUFS`;
  const right =
    most < MOST &&
    (Math.abs(heard.integrated - planned) <= 0.1 || song.message?.includes(told) === true) &&
    heard.truePeak <= -0.9 &&
    Math.abs(heard.seconds - hours * 3600) < 1;
  if (!right) process.exitCode = 1;
  const size = Math.round(statSync(path.join(folder, name)).size / 1e6);
  rmSync(folder, { recursive: true });
  const result = `${heard.integrated.toFixed(2)} LUFS (plan ${planned.toFixed(2)}), ${heard.truePeak.toFixed(1)} dBTP, ${heard.seconds.toFixed(1)} s`;
  const way = song.route === "lossless" ? "without encoding" : "encoded";
  const row = `| ${[`${hours} h ${extension.toUpperCase()}`, `${size} MB`, `${took} s`, `${Math.round(most)} MB`, way, result].join(" | ")} |`;
  console.log(row);
  return row;
}
