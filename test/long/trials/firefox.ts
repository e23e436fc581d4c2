// `npm run test:long -- firefox`: Vorbis and AAC whose gain was changed without encoding, decoded by
// Firefox's `decodeAudioData`: every sample has moved by the factor. Needs Debian's firefox-esr.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { applyAacGain, planAacGain } from "@/lib/formats/aac/gain";
import { applyVorbisGain, planVorbisGain } from "@/lib/formats/ogg/vorbis-gain";
import { decibels } from "@/lib/loudness/units";
import { aptInstall } from "../../../scripts/support/steps";
import { aacFiles } from "../../support/lossless/aac-files";
import { type Changed, DecodingPage } from "../../support/lossless/decoding-page";
import { makeSource, vorbisFiles } from "../../support/lossless/vorbis-files";

const GAINS = [-20, -11.7, -6.0206, -3, -1.5, -0.4, 0.05, 0.7, 2.345, 5, 9.99, 17];
const STEPS = [-24, -9, -6, -4, -2, -1, 1, 2, 3, 5, 8, 12];
/** Relative to the peak. */
const MOST = 1e-6;
/** Of a first visit, without welcome and without reports. */
const PREFERENCES = {
  "browser.aboutwelcome.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "toolkit.telemetry.reportingpolicy.firstRun": false,
};

type Made = { readonly changed: readonly Changed[]; readonly sampleRate: number };
type Result = { readonly kind: "done"; readonly bytes: Uint8Array } | { readonly kind: "refused" };

const changedFile = (result: Result, factor: number): Changed => {
  if (result.kind === "refused") throw new Error(JSON.stringify(result));
  return { bytes: result.bytes, factor };
};
const vorbis = (source: Uint8Array): Made => {
  const plan = planVorbisGain(source);
  if (plan.kind === "refused") throw new Error(plan.reason);
  const changed = GAINS.map((gain) => {
    const result = applyVorbisGain(source, decibels(gain));
    return changedFile(result, result.kind === "done" ? 10 ** (result.gain / 20) : NaN);
  });
  return { changed, sampleRate: plan.streams[0]!.sampleRate };
};
const aac = (source: Uint8Array): Made => {
  const plan = planAacGain(source);
  if (plan.kind === "refused") throw new Error(plan.reason);
  const changed = STEPS.map((steps) => changedFile(applyAacGain(source, steps), 2 ** (steps / 4)));
  return { changed, sampleRate: plan.sampleRate };
};

const installed = () => spawnSync("firefox-esr", ["--version"], { stdio: "ignore" }).status === 0;
if (!installed()) await aptInstall(["firefox-esr"]);

const folder = mkdtempSync(path.join(os.tmpdir(), "levelup-firefox-"));
const profile = path.join(folder, "profile");
const page = await DecodingPage.open();
mkdirSync(profile);
writeFileSync(
  path.join(profile, "user.js"),
  Object.entries(PREFERENCES)
    .map(([name, value]) => `user_pref("${name}", ${value});\n`)
    .join(""),
);
const firefox = spawn(
  "firefox-esr",
  ["--headless", "--no-remote", "--profile", profile, page.url],
  {
    stdio: "ignore",
  },
);
try {
  makeSource(path.join(folder, "source.wav"));
  let wrong = 0;
  for (const [kind, files, change] of [
    [
      "Ogg Vorbis",
      Object.entries(vorbisFiles(folder)).map(([name, make]) => [name, "ogg", make] as const),
      vorbis,
    ],
    [
      "AAC",
      Object.entries(aacFiles(folder)).map(([name, [end, make]]) => [name, end, make] as const),
      aac,
    ],
  ] as const) {
    const differences: number[] = [];
    const unplayed: string[] = [];
    for (const [name, extension, make] of files) {
      const file = path.join(folder, `original.${extension}`);
      make(file);
      const source = new Uint8Array(readFileSync(file));
      const { changed, sampleRate } = change(source);
      const alone = await page.compare({ source, changed: [], sampleRate });
      if (alone.kind === "refused") {
        unplayed.push(`${name} (${alone.message})`);
        continue;
      }
      const heard = await page.compare({ source, changed, sampleRate });
      const most = heard.kind === "compared" ? Math.max(...heard.differences) : Infinity;
      if (most > MOST) {
        wrong++;
        console.log(`${kind}, ${name}: ${heard.kind === "refused" ? heard.message : most}`);
      }
      differences.push(most);
    }
    const most = Math.max(...differences);
    console.log(`${kind}: ${differences.length} files by 12 gains, at most ${most} of the peak.`);
    if (unplayed.length > 0) console.log(`Firefox does not play: ${unplayed.join(", ")}`);
  }
  process.exitCode = wrong === 0 ? 0 : 1;
} finally {
  firefox.kill();
  page.close();
  await new Promise((resolve) => firefox.once("exit", resolve));
  rmSync(folder, { recursive: true, force: true });
}
