// `npm run test:long -- installed`: the 41 songs of `wesnoth-1.16-music` in six kinds, whole, through
// the command as it is installed from its package alone, offline, by an ordinary user without a
// browser. Each result is judged by native ffmpeg and held against the page's, byte for byte. The
// table goes into docs/long-runs.md. LEVELUP_SECONDS takes so much of each song alone.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Report, ReportedFile } from "../../../cli/in-browser/report";
import { ensureExport } from "../../../scripts/build/export";
import { writeInto } from "../../../scripts/support/document";
import { InstalledPackage } from "../../support/installed-package";
import { nativeLoudness, runNative } from "../../support/native-tools";
import { openTrialPage } from "../trial-page";

const music = "/usr/share/games/wesnoth/1.16/data/core/music";
/** Of the plan, in LU, and of the ceiling of -1 dBTP, in dB, by another decoder and another meter. */
const NEAR = 0.1;
const CEILING = -1;
const MOST = 2 * 3_600_000;

const kinds: readonly (readonly [string, readonly string[]])[] = [
  ["mp3", ["-c:a", "libmp3lame", "-b:a", "320k"]],
  ["flac", ["-c:a", "flac", "-sample_fmt", "s16"]],
  ["m4a", ["-c:a", "aac", "-b:a", "256k"]],
  ["ogg", ["-c:a", "libvorbis", "-q:a", "6"]],
  ["opus", ["-c:a", "libopus", "-b:a", "160k"]],
  ["wav", ["-c:a", "pcm_s16le"]],
];
const excerpt = process.env["LEVELUP_SECONDS"];

if (!(await ensureExport())) process.exit(1);
const byPage = mkdtempSync(path.join(os.tmpdir(), "levelup-by-page-"));
const installed = await InstalledPackage.install();
try {
  const songs = await makeSongs(installed.music);
  cpSync(installed.music, byPage, { recursive: true });
  const reportFile = path.join(installed.home, "report.json");
  const began = Date.now();
  const { code, text } = await installed.levelup([installed.music, "--report", reportFile]);
  const took = Math.round((Date.now() - began) / 1000);
  console.log(text);
  const { files } = JSON.parse(readFileSync(reportFile, "utf8")) as Report;
  const wrong = code === 0 && files.length === songs ? [] : [`${files.length} songs, code ${code}`];
  await levelByPage();
  const rows: string[] = [];
  for (const [extension] of kinds) rows.push(await judge(extension, files, wrong));
  const head =
    "| kind | songs | encoded | without encoding | held back | skipped | furthest from the plan | highest peak | the page's bytes |";
  const table = [head, head.replace(/[^|]+/g, " --- "), ...rows].join("\n");
  console.log([table, ...wrong, `${files.length} songs in ${took} s`].join("\n"));
  if (excerpt === undefined) writeInto("docs/long-runs.md", "installed", table);
  process.exitCode = wrong.length === 0 ? 0 : 1;
} finally {
  installed.remove();
  rmSync(byPage, { recursive: true, force: true });
}

/** One kind after another, a folder a kind; gives how many. */
async function makeSongs(folder: string): Promise<number> {
  const names = readdirSync(music).filter((name) => name.endsWith(".ogg"));
  for (const [index, name] of names.entries()) {
    const [extension, form] = kinds[index % kinds.length]!;
    const made = path.join(folder, extension, `${path.parse(name).name}.${extension}`);
    mkdirSync(path.dirname(made), { recursive: true });
    const length = excerpt === undefined ? [] : ["-ss", "5", "-t", excerpt];
    const input = ["-v", "error", "-nostdin", ...length, "-i", path.join(music, name)];
    await runNative("ffmpeg", [...input, "-map", "0:a", ...form, made]);
  }
  return names.length;
}

async function levelByPage(): Promise<void> {
  const { levelUp, close } = await openTrialPage();
  try {
    await levelUp.add([byPage]);
    await levelUp.press("Start");
    console.log(await levelUp.finished(MOST));
  } finally {
    await close();
  }
}

/** A row of the table; what is wrong is added to `wrong`. */
async function judge(
  extension: string,
  files: readonly ReportedFile[],
  wrong: string[],
): Promise<string> {
  const ours = files.filter(({ path: name }) => name.startsWith(`${extension}/`));
  let [furthest, highest, same] = [0, -Infinity, 0];
  for (const { path: name, status, message, planned, output } of ours) {
    const file = path.join(installed.music, output ?? "");
    if (output === null) wrong.push(`${name}: ${status}, ${message}`);
    else if (readFileSync(file).equals(readFileSync(path.join(byPage, output)))) same++;
    else wrong.push(`${name}: other bytes than the page's`);
    // Left as it is, for the reason that its row says.
    if (output === null || (status === "skipped" && message !== null)) continue;
    const { integrated, truePeak } = await nativeLoudness(file);
    const off = Math.abs(integrated - (planned?.integratedLufs ?? NaN));
    furthest = Math.max(furthest, off);
    highest = Math.max(highest, truePeak);
    if (!(off <= NEAR)) wrong.push(`${name}: ${integrated} LUFS, ${off.toFixed(2)} from the plan`);
    if (!(truePeak <= CEILING + NEAR)) wrong.push(`${name}: ${truePeak} dBTP`);
  }
  const count = (is: (file: ReportedFile) => boolean) => ours.filter(is).length;
  const delivered = count(({ output }) => output !== null);
  const cells = [
    extension.toUpperCase(),
    ours.length,
    count(({ route }) => route === "encode"),
    count(({ route }) => route === "lossless"),
    count(({ reason }) => reason === "held-back-by-peaks"),
    count(({ status }) => status === "skipped"),
    `${furthest.toFixed(2)} LU`,
    `${highest.toFixed(2)} dBTP`,
    `${same} of ${delivered}`,
  ];
  return `| ${cells.join(" | ")} |`;
}
