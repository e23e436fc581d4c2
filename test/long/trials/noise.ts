// `npm run test:long -- noise`: six hours of noise with loud moments in it (LEVELUP_SECONDS: so much),
// planned and leveled by the exported page with one worker: the plan is kept, or the row says what
// kept the song from it; no peak passes the ceiling; memory does not grow with the song.
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { ensureExport } from "../../../scripts/build/export";
import { nativeLoudness, runNative } from "../../support/native-tools";
import { openTrialPage } from "../trial-page";
import { watchMemory } from "../watch-memory";

const SECONDS = Number(process.env.LEVELUP_SECONDS ?? 6 * 3600);
/** Megabytes of the page's process. */
const MOST = 600;

if (!(await ensureExport())) process.exit(1);
const folder = mkdtempSync(path.join(os.tmpdir(), "levelup-noise-"));
const trial = await openTrialPage();
try {
  const noise = `anoisesrc=d=${SECONDS}:c=pink:a=0.2:r=44100,volume='1+4*lt(mod(t,30),0.1)':eval=frame`;
  const graph = ["-f", "lavfi", "-i", noise];
  const file = path.join(folder, "noise.mp3");
  await runNative("ffmpeg", ["-v", "error", ...graph, "-b:a", "128k", file]);
  const { levelUp } = trial;
  await levelUp.set({ Workers: 1 });
  await levelUp.add([folder]);
  const memory = watchMemory(trial.pid);
  await levelUp.press("Start");
  await levelUp.finished(3 * 3600_000);
  const peak = memory.stop();
  const [song] = (await levelUp.report()).files;
  console.log(JSON.stringify(song), JSON.stringify(peak));
  if (!song?.output || !song.planned) throw new Error(song?.message ?? "no song");
  const heard = await nativeLoudness(path.join(folder, song.output));
  console.log(JSON.stringify(heard));
  const isAsPlanned = Math.abs(heard.integrated - song.planned.integratedLufs!) <= 0.1;
  const right =
    (isAsPlanned || song.reason === "held-back-by-peaks") &&
    heard.truePeak <= -0.9 &&
    peak.renderer < MOST;
  process.exitCode = right ? 0 : 1;
} finally {
  await trial.close();
  rmSync(folder, { recursive: true, force: true });
}
