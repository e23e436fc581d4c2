// Pictures of every state of the page for docs/pictures, from the exported page at work on real
// songs (Debian's wesnoth-1.16-music, cut to a minute). `npx tsx scripts/pictures.ts`
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { chromium, type BrowserContext, type Page } from "@playwright/test";
import { ensureBrowser, launchArguments } from "../cli/in-browser/browser";
import { LevelUpPage } from "../cli/in-browser/page";
import { serve } from "./serve";
import { ensureExport, exportFolder } from "./build/export";
import { root } from "./support/steps";

const MUSIC = "/usr/share/games/wesnoth/1.16/data/core/music";
const pictures = path.join(root, "docs/pictures");

const songs: readonly (readonly [name: string, kind: string, ...args: string[]])[] = [
  ["battle", "mp3", "-b:a", "320k"],
  ["breaking_the_chains", "flac", "-sample_fmt", "s16"],
  ["casualties_of_war", "m4a", "-b:a", "256k"],
  ["elf-land", "ogg", "-c:a", "libvorbis"],
  ["elvish-theme", "mp3", "-b:a", "192k"],
  ["frantic", "opus", "-c:a", "libopus", "-b:a", "128k"],
  ["journeys_end", "mp3", "-b:a", "128k"],
  ["knalgan_theme", "wav"],
  ["loyalists", "flac", "-sample_fmt", "s16"],
  ["sad", "mp3", "-b:a", "256k"],
  ["siege_of_laurelmor", "ogg", "-c:a", "libvorbis"],
  ["the_dangerous_symphony", "mp3", "-b:a", "320k"],
];

if (!(await ensureExport())) throw new Error("The page could not be built.");
const folder = path.join(mkdtempSync(path.join(os.tmpdir(), "levelup-pictures-")), "Party");
mkdirSync(path.join(folder, "Slow"), { recursive: true });
for (const [name, kind, ...args] of songs) {
  const place = ["sad", "elvish-theme", "elf-land"].includes(name) ? "Slow" : "";
  const to = path.join(folder, place, `${name}.${kind}`);
  const from = path.join(MUSIC, `${name}.ogg`);
  const made = ["-map", "0:a", "-t", "60", ...args, to];
  const { status } = spawnSync("ffmpeg", ["-v", "error", "-nostdin", "-i", from, ...made], {
    stdio: "inherit",
  });
  if (status !== 0) throw new Error(`ffmpeg could not make ${to}.`);
}
writeFileSync(path.join(folder, "broken.mp3"), "This was a song once.\n".repeat(500));

const serving = await serve(exportFolder, 0);
const browser = await chromium.launch({
  executablePath: await ensureBrowser(),
  args: launchArguments,
});
try {
  const context = await browser.newContext({ reducedMotion: "reduce" });
  const page = await context.newPage();
  const levelUp = new LevelUpPage(page);
  await levelUp.prepare();
  await levelUp.open(serving.url);
  await levelUp.set({ Workers: 1 });
  await take(page, "empty");
  await levelUp.press("Help");
  await take(page, "help");
  await page.keyboard.press("Escape");
  await levelUp.add([folder]);
  // The engine is fetched once, as soon as there are songs.
  const engine = page.getByRole("progressbar", { name: "Audio engine" });
  await engine.waitFor({ timeout: 2_000 }).catch(() => undefined);
  await engine.waitFor({ state: "detached" });
  await take(page, "added");
  const measuredSome = completed(page, 3);
  await levelUp.press("Measure");
  await measuredSome;
  await take(page, "measuring");
  await levelUp.finished(120_000);
  await take(page, "measured");
  await levelUp.set({ "Save to": "Replace originals" });
  await levelUp.press("Start");
  await page.getByRole("dialog").waitFor();
  await take(page, "question");
  await page.keyboard.press("Escape");
  await levelUp.set({ "Save to": "Leveled folder", Workers: 2 });
  const leveledSome = completed(page, 2);
  await levelUp.press("Start");
  await leveledSome;
  await take(page, "leveling");
  await levelUp.press("Pause");
  // Songs in work are finished first.
  await page
    .getByRole("status")
    .filter({ hasText: /^Paused/ })
    .waitFor();
  await take(page, "paused");
  await levelUp.press("Resume");
  await levelUp.finished(180_000);
  await take(page, "finished");
  await page.getByRole("radio", { name: /^Failed/ }).check();
  await take(page, "failed");
  await page.getByRole("radio", { name: /^All/ }).check();
  await levelUp.row("battle.mp3").getByRole("button", { name: "Details" }).click();
  await take(page, "detail");
  await page.keyboard.press("Escape");
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize({ width: 794, height: 1123 });
  await page.screenshot({ path: path.join(pictures, "report-on-paper.png") });
  await page.close();
  await takeUnfinished(context);
} finally {
  await browser.close();
  await serving.close();
  rmSync(path.dirname(folder), { recursive: true, force: true });
}

/** The tab is closed in the middle of a batch; the next one finds that batch. */
async function takeUnfinished(context: BrowserContext): Promise<void> {
  const first = new LevelUpPage(await context.newPage());
  await first.open(serving.url);
  // These songs were leveled for the pictures before.
  await first.set({ "Only what is new": false });
  await first.add([folder]);
  const some = completed(first.page, 5);
  await first.press("Start");
  await some;
  await first.page.close();
  const next = new LevelUpPage(await context.newPage());
  await next.open(serving.url);
  await next.page.getByRole("region", { name: "Unfinished batch" }).waitFor();
  await take(next.page, "unfinished");
}

/** To be asked for before the batch begins. */
function completed(page: Page, songs: number): Promise<unknown> {
  return page.waitForEvent("console", {
    // A song that fails has no such line of its own.
    predicate: (line) => Number(/\((\d+)\/\d+ total completed/.exec(line.text())?.[1]) >= songs,
    timeout: 120_000,
  });
}

/** Drawn as it will stay: fonts there, no frame outstanding. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready;
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    await new Promise<void>((idle) => requestIdleCallback(() => idle(), { timeout: 1000 }));
  });
}

/** A state in both themes, wide and narrow. */
async function take(page: Page, state: string): Promise<void> {
  // Neither pointer nor focus where a button was pressed; a dialog keeps its own.
  await page.mouse.move(0, 0);
  if ((await page.getByRole("dialog").count()) === 0) {
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  }
  for (const [width, height] of [
    [1440, 900],
    [390, 844],
  ] as const) {
    const dialog = (await page.getByRole("dialog").count()) > 0;
    // A phone's parts lie below each other: a picture as long as it takes to see them.
    await page.setViewportSize({ width, height: width < 500 && !dialog ? 2 * height : height });
    for (const theme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await settled(page);
      await page.screenshot({ path: path.join(pictures, `${state}-${theme}-${width}.png`) });
    }
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  if (wide > 390) throw new Error(`${state}: ${wide} pixels wide on a screen of 390.`);
  await page.setViewportSize({ width: 1440, height: 900 });
}
