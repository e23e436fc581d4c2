import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { chromium } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureBrowser, launchArguments } from "../../cli/in-browser/browser";
import { LevelUpPage } from "../../cli/in-browser/page";
import { serve } from "../../scripts/serve";
import { exportFolder } from "../../scripts/build/export";
import { handmade } from "../support/hostile/handmade";
import { linksTo } from "../support/hostile/links";
import { mutated, type HostileInput } from "../support/hostile/mutations";
import { levelAll } from "../support/hostile/pool";
import { realFiles, type RealFile } from "../support/hostile/real-files";
import type { Ending } from "../support/hostile/worker";
import { refusalText, skipText } from "@/lib/song/texts";

/**
 * Files that are damaged, absurd, or malicious. Each ends in a file that native ffmpeg decodes
 * without a complaint, or in a refusal with its reason; none stops the others, and none makes the
 * engine open or ask for anything.
 */
const SEED = 5;
/** Megabytes of an engine's memory. Unlimited, a deflated cover of 1 MB took 900. */
const MOST_MEMORY = 350;

let folder = "";
let files: readonly RealFile[] = [];
let inputs: readonly HostileInput[] = [];
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "levelup-hostile-"));
  files = await realFiles();
  inputs = [...mutated(files, SEED), ...handmade(files)];
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const ways = ["always", "best-sound"] as const;
/** The last one leaves some kinds as they are, with that reason, so it is not for the intact files. */
const tagging = ["write", "leave", "only"] as const;

describe("hostile inputs", () => {
  test("each ends in a file that native ffmpeg accepts or in a reason", async () => {
    expect(inputs.length).toBeGreaterThanOrEqual(400);
    const jobs = [...files, ...inputs].map((input, index) => ({
      ...input,
      change: {
        reencoding: ways[index % ways.length]!,
        loudnessTags: tagging[Math.floor(index / 2) % (index < files.length ? 2 : 3)]!,
      },
    }));
    const endings = await levelAll(jobs);

    const bad = endings.filter(({ end }) => end.kind === "uncaught" || end.kind === "crashed");
    expect(bad.map(({ name, end }) => ({ name, end }))).toEqual([]);
    expect(endings.filter(({ opened }) => opened.length > 0)).toEqual([]);
    const greedy = endings.filter(({ memory }) => memory > MOST_MEMORY * 1e6);
    expect(greedy.map(({ name, memory }) => ({ name, memory }))).toEqual([]);
    const reasons: ReadonlySet<string> = new Set([
      ...Object.keys(refusalText),
      ...Object.keys(skipText),
    ]);
    const untold = endings.filter(({ end }) => "reason" in end && !reasons.has(end.reason));
    expect(untold.map(({ name, end }) => ({ name, end }))).toEqual([]);

    // What was made of undamaged music is leveled: a harness that refuses everything proves nothing.
    const intact = endings.slice(0, files.length);
    expect(intact.filter(({ end }) => end.kind !== "leveled").map(({ name }) => name)).toEqual([]);
    const links = new Set(Object.keys(linksTo("")));
    const followed = endings.filter(({ name, end }) => links.has(name) && end.kind !== "refused");
    expect(followed.map(({ name, end }) => ({ name, end }))).toEqual([]);

    const wrong: string[] = [];
    await onAllCores(
      endings.map((ending, index) => async () => {
        const complaint = await judge(ending, jobs[index]!.bytes, index);
        if (complaint !== null) wrong.push(`${ending.name}: ${complaint}`);
      }),
    );
    expect(wrong).toEqual([]);
    const delivered = endings.filter((each) => each.delivered !== null).length;
    expect(delivered).toBeGreaterThan(inputs.length / 3);
    console.log(
      `${inputs.length} hostile inputs: ${delivered - files.length} leveled and decoded.`,
    );
  }, 600_000);

  test("a batch of them in the page goes on to its end and asks for nothing", async () => {
    const links = new Set(Object.keys(linksTo("")));
    // Everything made by hand, and one of seven of the damaged ones.
    const chosen = inputs.filter(
      ({ name }, index) => index % 7 === 0 || !name.includes(", ") || links.has(name),
    );
    const place = await mkdtemp(path.join(folder, "page-"));
    for (const { name, bytes } of chosen) await writeFile(path.join(place, name), bytes);
    await writeFile(path.join(place, "secret.wav"), files.find(isWav)!.bytes);

    const serving = await serve(exportFolder, 0);
    const browser = await chromium.launch({
      executablePath: await ensureBrowser(),
      args: launchArguments,
    });
    try {
      const page = await browser.newPage();
      const [asked, errors]: string[][] = [[], []];
      page.context().on("request", (request) => asked!.push(request.url()));
      page.on("pageerror", (error) => errors!.push(String(error)));
      const levelUp = new LevelUpPage(page);
      await levelUp.open(serving.url);
      await levelUp.set({ Workers: 2 });
      await levelUp.add([place]);
      await levelUp.press("Start");
      const finish = await levelUp.finished(400_000);
      const report = await levelUp.report();

      expect(errors).toEqual([]);
      const origin = new URL(serving.url).origin;
      const foreign = asked!.filter((url) => !/^(data|blob|about):/.test(url));
      expect(foreign.filter((url) => new URL(url).origin !== origin)).toEqual([]);
      expect(foreign.filter((url) => /secret|passwd|\.(mp3|ts)$/.test(url))).toEqual([]);
      expect(report.files.map(({ path: name }) => name).sort()).toEqual(
        [...chosen.map(({ name }) => name), "secret.wav"].sort(),
      );
      expect(finish.songs).toBe(chosen.length + 1);
      expect(finish.done + finish.skipped + finish.failed).toBe(finish.songs);
      const unfit = report.files.filter(
        ({ status, reason, message }) =>
          status === "cancelled" ||
          (status === "failed" && (message === null || CRASHES.includes(reason ?? ""))),
      );
      expect(unfit).toEqual([]);
      expect(report.files.find(({ path: name }) => name === "secret.wav")?.status).toBe("leveled");
      const followed = report.files.filter(
        ({ path: name, status }) => links.has(name) && status !== "failed",
      );
      expect(followed).toEqual([]);
      console.log(`${finish.songs} in one batch of the page: ${JSON.stringify(finish)}.`);
    } finally {
      await browser.close();
      await serving.close();
    }
  }, 500_000);
});

/** Nothing of what is in here may end like that. */
const CRASHES = ["worker-crashed", "worker-hung", "engine-unavailable", "unexpected"];

const isWav = ({ name }: RealFile): boolean => name === "song.wav";

/** What native ffmpeg has against a delivered file; null where it has nothing. */
async function judge(
  { end, delivered, extension }: Ending,
  source: Uint8Array,
  index: number,
): Promise<string | null> {
  if (end.kind !== "leveled" || delivered === null) return null;
  const heard = await complaintsOf(delivered, `${index}.${extension}`);
  // Without encoding, damage in the sound stays as it is; it must not become more.
  const before =
    end.route === "encode"
      ? { code: 0, lines: [], seconds: end.seconds }
      : await complaintsOf(source, `${index}-source.${extension}`);
  if (heard.code !== before.code) return `ends with ${heard.code}: ${heard.lines.join("; ")}`;
  if (Math.abs(heard.seconds - before.seconds) > 0.25) {
    return `${heard.seconds} s by native ffmpeg, ${before.seconds} s are right`;
  }
  return heard.lines.length > before.lines.length ? heard.lines.join("; ") : null;
}

async function complaintsOf(bytes: Uint8Array, name: string) {
  const file = path.join(folder, name);
  await writeFile(file, bytes);
  const args = ["-nostdin", "-hide_banner", "-v", "error", "-progress", "pipe:1", "-i", file];
  const child = spawn("ffmpeg", [...args, "-map", "0:a:0", "-f", "null", "-"]);
  let [progress, errors] = ["", ""];
  child.stdout.on("data", (text: Buffer) => (progress += text.toString()));
  child.stderr.on("data", (text: Buffer) => (errors += text.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  await rm(file);
  const micros = [...progress.matchAll(/^out_time_us=(\d+)$/gm)].at(-1)?.[1];
  const lines = errors.split("\n").filter((line) => line.trim() !== "" && !ofPicture.test(line));
  return { code, lines, seconds: Number(micros ?? 0) / 1e6 };
}

/** Covers are carried over byte for byte, damaged ones too; ffmpeg looks at them while it opens. */
const ofPicture = /^\[(png|mjpeg) @|Invalid picture type/;

async function onAllCores(tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const waiting = [...tasks];
  const work = async () => {
    for (let task = waiting.shift(); task; task = waiting.shift()) await task();
  };
  await Promise.all(Array.from({ length: os.availableParallelism() }, work));
}
