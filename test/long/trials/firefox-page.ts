// `npm run test:long -- firefox-page`: the built page in Firefox, driven over WebDriver BiDi: a folder
// goes in, a zip comes out, native ffmpeg judges its songs, and what the loudspeakers get is recorded
// from a sink of PulseAudio. Needs Debian's firefox-esr, pulseaudio and what test:native needs.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { exportFolder } from "../../../scripts/build/export";
import { serve } from "../../../scripts/serve";
import { aptInstall } from "../../../scripts/support/steps";
import { nativeLoudness, runNative } from "../../support/native-tools";
import { type SongSpec, writeSongs } from "../../support/songs";
import { BidiSession } from "../bidi";

const songs: Readonly<Record<string, SongSpec>> = {
  "one.mp3": { extension: "mp3", seconds: 20, lufs: -20, seed: 1 },
  "more/two.flac": { extension: "flac", seconds: 20, lufs: -25, seed: 2 },
  "more/CD 1/three.ogg": { extension: "ogg", seconds: 20, lufs: -10, seed: 3, drive: 4 },
  "more/four.m4a": { extension: "m4a", seconds: 20, lufs: -23, seed: 5 },
  "more/five.opus": { extension: "opus", seconds: 20, lufs: -18, seed: 6 },
  "six.wav": { extension: "wav", seconds: 20, lufs: -28, seed: 7 },
};
const TARGET = -14;
const SECONDS_HEARD = 8;

const folder = mkdtempSync(path.join(os.tmpdir(), "levelup-firefox-"));
const [music, profile, downloads, leveled] = ["music", "profile", "downloads", "leveled"].map(
  (name) => {
    mkdirSync(path.join(folder, name));
    return path.join(folder, name);
  },
) as [string, string, string, string];
/** Of a first visit without questions; downloads go to their folder without one. */
const PREFERENCES = {
  "browser.aboutwelcome.enabled": false,
  "browser.download.dir": downloads,
  "browser.download.folderList": 2,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "toolkit.telemetry.reportingpolicy.firstRun": false,
};

const needed = {
  "firefox-esr": "firefox-esr",
  pulseaudio: "pulseaudio",
  "pulseaudio-utils": "parec",
};
const missing = Object.entries(needed).filter(
  ([, tool]) => spawnSync("which", [tool], { stdio: "ignore" }).status !== 0,
);
if (missing.length > 0) await aptInstall(missing.map(([name]) => name));

const socket = path.join(folder, "pulse");
const env = { ...process.env, HOME: folder, PULSE_SERVER: `unix:${socket}` };
const started: ChildProcess[] = [];
const run = (tool: string, args: readonly string[]) => {
  const child = spawn(tool, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  started.push(child);
  return child;
};

const serving = await serve(exportFolder, 0);
let wrong = 0;
const hold = (isSo: boolean, what: string) => {
  console.log(`${isSo ? "right" : "WRONG"}  ${what}`);
  if (!isSo) wrong++;
};
try {
  await writeSongs(music, songs);
  run("pulseaudio", [
    ...["-n", "--daemonize=no", "--exit-idle-time=-1"],
    ...["-L", `module-native-protocol-unix socket=${socket} auth-anonymous=1`],
    ...["-L", "module-null-sink sink_name=heard rate=48000"],
  ]);
  const page = await openPage();

  await page.giveFolder(Object.keys(songs));
  await page.untilText(/6 added/);
  const begun = performance.now();
  await page.press("Start");
  await page.untilText(/Finished: \d+ of/);
  const [status = ""] = /Finished: [^\n]*/.exec(await page.text()) ?? [];
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  hold(status.startsWith("Finished: 6 of 6 leveled"), `${status}, in ${seconds} s`);

  const zip = await downloaded();
  await runNative("unzip", ["-q", zip, "-d", leveled]);
  const names = readdirSync(leveled, { recursive: true, encoding: "utf8" });
  for (const name of Object.keys(songs)) {
    if (!names.includes(name)) {
      hold(false, `${name} is not in the zip: ${names.join(", ")}`);
      continue;
    }
    const { integrated, truePeak } = await nativeLoudness(path.join(leveled, name));
    const figures = `${integrated.toFixed(2)} LUFS, ${truePeak.toFixed(2)} dBTP`;
    const isRight = Math.abs(integrated - TARGET) <= 0.2 && truePeak <= -0.9;
    hold(isRight, `${name}: ${figures}`);
  }

  await page.press("Hear songs in a row");
  await pause(2000);
  const heard = path.join(folder, "heard.wav");
  const record = ["--device=heard.monitor", "--file-format=wav", "--rate=48000", heard];
  const recorder = run("parec", record);
  await pause(SECONDS_HEARD * 1000);
  recorder.kill("SIGINT");
  await pause(500);
  const { integrated } = await nativeLoudness(heard);
  const far = Math.abs(integrated - TARGET);
  hold(far <= 1.5, `${SECONDS_HEARD} s of songs in a row play at ${integrated.toFixed(1)} LUFS`);
  page.close();
  process.exitCode = wrong === 0 ? 0 : 1;
} finally {
  for (const child of started) child.kill();
  await serving.close();
  await pause(1000);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

async function openPage() {
  writeFileSync(
    path.join(profile, "user.js"),
    Object.entries(PREFERENCES)
      .map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`)
      .join(""),
  );
  const options = ["--headless", "--no-remote", "--remote-debugging-port=0", "--profile", profile];
  const firefox = run("firefox-esr", options);
  const url = await new Promise<string>((resolve) => {
    let said = "";
    firefox.stderr?.on("data", (bytes: Buffer) => {
      said += bytes.toString();
      const [, found] = /BiDi listening on (ws:\S+)/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  const session = await BidiSession.open(url);
  const tree = await session.send<{ contexts: readonly { context: string }[] }>(
    "browsingContext.getTree",
    {},
  );
  const context = tree.contexts[0]!.context;
  await session.send("browsingContext.navigate", { context, url: serving.url, wait: "complete" });

  const evaluate = async (expression: string): Promise<string> => {
    const asked = { expression, target: { context }, awaitPromise: true };
    const { result } = await session.send<{ result?: { value?: unknown } }>(
      "script.evaluate",
      asked,
    );
    return String(result?.value);
  };
  const text = () => evaluate("document.body.innerText");
  const untilText = async (pattern: RegExp) => {
    for (const until = Date.now() + 180_000; !pattern.test(await text()); await pause(200)) {
      if (Date.now() > until) throw new Error(`${pattern} was not said: ${await text()}`);
    }
  };
  /** As a hand does it, so that the browser takes it for one. */
  const press = async (name: string) => {
    const found = `[...document.querySelectorAll("button:enabled")].find((each) =>
      [each.textContent.trim(), each.ariaLabel].includes(${JSON.stringify(name)}))`;
    for (let tries = 0; (await evaluate(`String(!!${found})`)) !== "true"; tries++) {
      if (tries > 100) throw new Error(`There is no button ${name}.`);
      await pause(200);
    }
    const place = await evaluate(`(() => {
      const button = ${found};
      button.scrollIntoView({ block: "center" });
      const { x, y, width, height } = button.getBoundingClientRect();
      return JSON.stringify([x + width / 2, y + height / 2]);
    })()`);
    const [x, y] = (JSON.parse(place) as [number, number]).map(Math.round);
    const actions = [
      { type: "pointerMove", x, y },
      { type: "pointerDown", button: 0 },
      { type: "pointerUp", button: 0 },
    ];
    const pointer = { type: "pointer", id: "hand", actions };
    await session.send("input.performActions", { context, actions: [pointer] });
  };
  return {
    ...{ text, untilText, press, close: () => session.close() },
    /**
     * Plays the folder picker, which Firefox dismisses under automation: `input.setFiles` takes files
     * but no folder, so each file gets the path that a picked folder gives it.
     */
    async giveFolder(names: readonly string[]) {
      await evaluate(`(() => {
        HTMLInputElement.prototype.click = () => undefined;
        const paths = ${JSON.stringify(names.map((name) => `music/${name}`))};
        addEventListener("change", ({ target }) => {
          [...target.files].forEach((file, index) =>
            Object.defineProperty(file, "webkitRelativePath", { value: paths[index] }));
        }, true);
      })()`);
      await press("Choose folder");
      const locator = { type: "css", value: "input[type=file][webkitdirectory]" };
      const { nodes } = await session.send<{ nodes: readonly { sharedId: string }[] }>(
        "browsingContext.locateNodes",
        { context, locator },
      );
      const element = { sharedId: nodes[0]!.sharedId };
      const files = names.map((name) => path.join(music, name));
      await session.send("input.setFiles", { context, element, files });
    },
  };
}

/** The zip, once it is whole. */
async function downloaded(): Promise<string> {
  for (const until = Date.now() + 60_000; Date.now() < until; await pause(200)) {
    const names = readdirSync(downloads);
    const zip = names.find((name) => name.endsWith(".zip"));
    if (zip && !names.some((name) => name.endsWith(".part"))) return path.join(downloads, zip);
  }
  throw new Error(`No zip came: ${readdirSync(downloads).join(", ")}`);
}
