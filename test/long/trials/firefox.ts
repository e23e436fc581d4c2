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
import { type Answer, type Changed, DecodingPage } from "../../support/lossless/decoding-page";
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
const options = ["--headless", "--no-remote", "--profile", profile, page.url];
const firefox = spawn("firefox-esr", options, { stdio: "ignore" });
const ended = new Promise<Answer>((resolve) => {
  firefox.once("exit", () => resolve({ kind: "refused", message: "Firefox ended" }));
});
const kinds = {
  "Ogg Vorbis": { change: vorbis, files: Object.entries(vorbisFiles(folder)) },
  AAC: { change: aac, files: Object.entries(aacFiles(folder)) },
};
try {
  makeSource(path.join(folder, "source.wav"));
  let wrong = 0;
  for (const [kind, { change, files }] of Object.entries(kinds)) {
    const differences: number[] = [];
    for (const [name, made] of files) {
      const [extension, make] = typeof made === "function" ? (["ogg", made] as const) : made;
      const file = path.join(folder, `original.${extension}`);
      make(file);
      const source = new Uint8Array(readFileSync(file));
      const heard = await Promise.race([page.compare({ source, ...change(source) }), ended]);
      const most = heard.kind === "compared" ? Math.max(...heard.differences) : Infinity;
      differences.push(most);
      if (most <= MOST) continue;
      wrong++;
      console.log(`${kind}, ${name}: ${heard.kind === "refused" ? heard.message : most}`);
    }
    const most = Math.max(...differences);
    console.log(`${kind}: ${differences.length} files by 12 gains, at most ${most} of the peak.`);
  }
  process.exitCode = wrong === 0 ? 0 : 1;
} finally {
  firefox.kill();
  page.close();
  await ended;
  rmSync(folder, { recursive: true, force: true });
}
