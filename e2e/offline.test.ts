import { cp, mkdtemp, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { Page } from "@playwright/test";
import { LevelUpPage } from "../cli/in-browser/page";
import { hardenExport } from "../scripts/build/harden-export";
import { serve, type Serving } from "../scripts/serve";
import { exportFolder } from "../scripts/build/export";
import { writeSongs } from "../test/support/songs";
import { expectAllDelivered } from "./support/judge";
import { appUrl, expect, filesIn, test as base } from "./support/test";

/** A host of its own, whose site can be changed and which can go away. */
interface Host {
  readonly site: string;
  readonly url: string;
  goAway(): Promise<void>;
}

const test = base.extend<{ host: Host }>({
  host: async ({}, use) => {
    const site = await mkdtemp(path.join(os.tmpdir(), "levelup-site-"));
    await cp(exportFolder, site, {
      recursive: true,
      // 32 MB that the page never fetches.
      filter: (file) => !file.endsWith("ffmpeg-core.wasm"),
    });
    const serving: Serving = await serve(site, 0);
    let open = true;
    const goAway = async () => {
      if (open) await serving.close();
      open = false;
    };
    await use({ site, url: serving.url, goAway });
    await goAway();
    await rm(site, { recursive: true, force: true });
  },
});

const tagline = "Makes a folder of songs equally loud";
const ready = (page: Page) => page.getByText("Ready to work offline", { exact: true });
const newer = (page: Page) => page.getByText(/^A new version is ready\./);
const buildOf = (page: Page) => page.locator("meta[name=levelup-build]").getAttribute("content");

async function visit(page: Page, url: string): Promise<LevelUpPage> {
  const levelUp = new LevelUpPage(page);
  await levelUp.prepare();
  await levelUp.open(url);
  return levelUp;
}

/** Whether what the browser has of the page is of one build: in its markup and in its code. */
const shows = (page: Page, text: string) =>
  expect(page.getByText(text, { exact: true }), text).toBeVisible();

/** Deploys a version with another tagline, in place: the same names of files, other bytes. */
async function change(site: string, from: string, to: string): Promise<void> {
  const changed: string[] = [];
  for (const name of await filesIn(site)) {
    if (!/^index\.html$|^_next\/.*\.js$/.test(name)) continue;
    const text = await readFile(path.join(site, name), "utf8");
    if (!text.includes(`"${from}"`) && !text.includes(`>${from}<`)) continue;
    await writeFile(path.join(site, name), text.replaceAll(from, to));
    changed.push(name);
  }
  expect(changed, "the text stands in the markup and in the code").toContain("index.html");
  expect(changed.length).toBeGreaterThan(1);
}

test("a second visit levels a folder with the network off and the server gone", async ({
  host,
  context,
  page,
  folder,
}) => {
  await writeSongs(folder, {
    "one.mp3": { extension: "mp3", seconds: 6, lufs: -20, seed: 1 },
    "more/two.flac": { extension: "flac", seconds: 6, lufs: -25, seed: 2 },
    "more/three.ogg": { extension: "ogg", seconds: 6, lufs: -10, seed: 3, drive: 4 },
    "more/four.m4a": { extension: "m4a", seconds: 6, lufs: -23, seed: 5 },
  });
  // Looking at the samples is enough to have the engine and them.
  const first = await visit(page, host.url);
  await first.press("Try sample songs");
  await first.lookedThrough();
  await expect(ready(page)).toBeVisible({ timeout: 60_000 });
  await page.close();

  await host.goAway();
  await context.setOffline(true);
  const errors: string[] = [];
  const secondPage = await context.newPage();
  secondPage.on("pageerror", (error) => errors.push(error.message));
  const second = await visit(secondPage, `${host.url}?from=bookmark`);
  await second.set({ Workers: 2 });
  await second.add([folder]);
  await second.press("Start");
  expect(await second.finished(120_000)).toMatchObject({ done: 4, songs: 4, failed: 0 });
  expect(await expectAllDelivered(await second.report(), folder)).toBe(4);
  expect((await filesIn(folder)).filter((name) => name.startsWith("Leveled/"))).toHaveLength(4);

  await second.press("Clear list");
  // They are leveled by themselves.
  await second.press("Try sample songs");
  expect(await second.finished(60_000)).toMatchObject({ done: 5, songs: 5, failed: 0 });
  await expect(ready(secondPage)).toBeVisible();
  expect(errors).toEqual([]);
});

test("says nothing of working offline before it can, nor when the engine was altered", async ({
  host,
  page,
}) => {
  const engine = JSON.parse(
    await readFile(path.join(host.site, "engine/manifest.json"), "utf8"),
  ) as {
    files: Record<string, { url: string }>;
  };
  const core = path.join(host.site, "engine", engine.files["coreScript"]!.url);
  await writeFile(core, `${await readFile(core, "utf8")}\n// one line more\n`);
  const levelUp = await visit(page, host.url);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await levelUp.press("Try sample songs");
  await levelUp.lookedThrough();
  await levelUp.press("Start");
  await expect(page.getByText("The audio engine could not be loaded.").first()).toBeVisible();
  await expect(ready(page)).toHaveCount(0);
});

/**
 * Other bytes of the same size and date, so that the host calls them the same (by their ETag), as
 * well as right for a year. Gives what puts the right ones back.
 */
async function alterOnHost(site: string, pattern: RegExp): Promise<() => Promise<void>> {
  const names = (await filesIn(site)).filter((name) => pattern.test(name));
  expect(names).not.toEqual([]);
  const write = async (file: string, bytes: Buffer) => {
    const { atime, mtime } = await stat(file);
    await writeFile(file, bytes);
    await utimes(file, atime, mtime);
  };
  const files = names.map((name) => path.join(site, name));
  const right = await Promise.all(files.map((file) => readFile(file)));
  for (const [index, bytes] of right.entries()) {
    await write(files[index]!, Buffer.from(bytes.map((byte) => byte ^ 1)));
  }
  return async () => {
    for (const [index, bytes] of right.entries()) await write(files[index]!, bytes);
  };
}

test("an engine that was altered on the server and mended is fetched anew by the same profile", async ({
  host,
  page,
  folder,
}) => {
  await writeSongs(folder, { "one.mp3": { extension: "mp3", seconds: 6, lufs: -20, seed: 1 } });
  const mend = await alterOnHost(host.site, /ffmpeg-core\.(js|wasm\.gzip)$|kernel.*\.wasm$/);
  const start = async () => {
    const levelUp = await visit(page, host.url);
    await levelUp.add([folder]);
    await levelUp.press("Start");
    return levelUp;
  };
  await start();
  await expect(page.getByText("The audio engine could not be loaded.").first()).toBeVisible();

  await mend();
  const levelUp = await start();
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 1, songs: 1, failed: 0 });
  await expect(ready(page)).toBeVisible();
});

test("scripts that were altered on the server and mended are fetched anew by the same profile", async ({
  host,
  page,
}) => {
  const mend = await alterOnHost(host.site, /^_next\/.*\.js$/);
  const usable = page.getByLabel("Workers", { exact: true }).and(page.locator(":enabled"));
  await page.goto(host.url);
  await expect(usable).toHaveCount(0);

  await mend();
  await page.goto(host.url);
  await expect(usable).toBeAttached();
  await shows(page, tagline);
});

test("altered copies in the browser's store are thrown away, and the page repairs itself", async ({
  host,
  page,
}) => {
  const levelUp = await visit(page, host.url);
  await levelUp.press("Try sample songs");
  await levelUp.lookedThrough();
  await expect(ready(page)).toBeVisible({ timeout: 60_000 });
  const altered = await page.evaluate(async () => {
    const store = await caches.open((await caches.keys())[0]!);
    const keys = await store.keys();
    for (const key of keys) {
      const { headers } = (await store.match(key))!;
      await store.put(key, new Response("altered", { headers }));
    }
    return keys.length;
  });
  expect(altered).toBeGreaterThan(10);

  await levelUp.open(host.url);
  await shows(page, tagline);
  await levelUp.press("Try sample songs");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 5, failed: 0 });
  await expect(ready(page)).toBeVisible();
});

test("a new version waits beside the old one until the person agrees, and no batch runs", async ({
  host,
  context,
  page,
}) => {
  const levelUp = await visit(page, host.url);
  await levelUp.press("Try sample songs");
  await levelUp.lookedThrough();
  await expect(ready(page)).toBeVisible({ timeout: 60_000 });
  const buildA = await buildOf(page);

  await change(host.site, tagline, "Version B");
  const buildB = hardenExport(host.site);
  expect(buildB).not.toBe(buildA);
  await levelUp.open(host.url);
  await expect(newer(page)).toBeVisible();
  expect(await buildOf(page)).toBe(buildA);
  await shows(page, tagline);

  // The old one goes on as a whole, through more visits and a batch.
  await levelUp.open(host.url);
  expect(await buildOf(page)).toBe(buildA);
  await shows(page, tagline);
  await levelUp.press("Try sample songs");
  await levelUp.lookedThrough();
  await expect(newer(page)).toContainText("empties the list");
  await levelUp.press("Start");
  await expect(newer(page)).toContainText("once the batch is over");
  await expect(levelUp.button("Reload")).toHaveCount(0);
  expect(await levelUp.finished(90_000)).toMatchObject({ done: 5, failed: 0 });

  // Another tab would have the files under it changed.
  const other = await context.newPage();
  await visit(other, host.url);
  expect(await buildOf(other)).toBe(buildA);
  await levelUp.press("Reload");
  await expect(newer(page)).toContainText("Close the other tabs");
  expect(await buildOf(page)).toBe(buildA);
  await other.close();

  await levelUp.press("Reload");
  await shows(page, "Version B");
  expect(await buildOf(page)).toBe(buildB);
  await expect(newer(page)).toHaveCount(0);
  const stored = await page.evaluate(async () => {
    const names = await caches.keys();
    const keys = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return keys.flat().map(({ url }) => new URL(url).pathname);
  });
  expect(new Set(stored).size, "one file for each address: nothing old is left").toBe(
    stored.length,
  );
  await expect(ready(page), "the engine is the same and was not fetched again").toBeVisible();
});

test("half a deployment changes nothing, and the whole one is offered later", async ({
  host,
  page,
}) => {
  const levelUp = await visit(page, host.url);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await expect
    .poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state))
    .toBe("activated");
  const buildA = await buildOf(page);
  const whole = await mkdtemp(path.join(os.tmpdir(), "levelup-whole-"));
  try {
    await cp(host.site, whole, { recursive: true });
    await change(whole, tagline, "Version B");
    hardenExport(whole);

    // The list of files is there, one of the files is not yet.
    await cp(path.join(whole, "sw.js"), path.join(host.site, "sw.js"));
    await cp(path.join(whole, "index.html"), path.join(host.site, "index.html"));
    const outcome = await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      const found = new Promise<string>((resolve) => {
        registration.addEventListener("updatefound", () => {
          const worker = registration.installing!;
          worker.addEventListener("statechange", () => resolve(worker.state));
        });
      });
      await registration.update().catch(() => undefined);
      return found;
    });
    expect(outcome).toBe("redundant");
    await levelUp.open(host.url);
    expect(await buildOf(page)).toBe(buildA);
    await shows(page, tagline);
    await expect(newer(page)).toHaveCount(0);

    await cp(whole, host.site, { recursive: true });
    await levelUp.open(host.url);
    await expect(newer(page)).toBeVisible();
    expect(await buildOf(page)).toBe(buildA);
    await levelUp.press("Reload");
    await shows(page, "Version B");
  } finally {
    await rm(whole, { recursive: true, force: true });
  }
});

test("can be installed, opens songs of the system and takes those that are shared with it", async ({
  levelUp,
  page,
}) => {
  const session = await page.context().newCDPSession(page);
  const { url, errors, data } = await session.send("Page.getAppManifest");
  expect(errors).toEqual([]);
  const manifest = JSON.parse(data ?? "") as {
    name: string;
    display: string;
    start_url: string;
    icons: { src: string; sizes: string; purpose?: string }[];
    file_handlers: { action: string; accept: Record<string, string[]> }[];
    share_target: { action: string };
  };
  expect(manifest).toMatchObject({ name: "LevelUp", display: "standalone" });
  expect(new URL(manifest.start_url, url).href).toBe(new URL(".", page.url()).href);
  const sizes = await page.evaluate(
    (icons) =>
      Promise.all(
        icons.map(async (src) => {
          const image = await createImageBitmap(await (await fetch(src)).blob());
          return `${image.width}x${image.height}`;
        }),
      ),
    manifest.icons.map(({ src }) => new URL(src, url).href),
  );
  expect(sizes).toEqual(manifest.icons.map((icon) => icon.sizes));
  expect(sizes).toEqual(["192x192", "512x512", "512x512"]);
  expect(manifest.icons.map(({ purpose }) => purpose)).toContain("maskable");

  const [opens] = manifest.file_handlers;
  expect(new URL(opens!.action, url).href).toBe(appUrl());
  expect(Object.values(opens!.accept).flat()).toEqual(expect.arrayContaining([".mp3", ".flac"]));
  // What the browser does for an installed page, which this one cannot be here.
  await page.addInitScript(() => {
    const setConsumer = (launch: unknown) => Object.assign(window, { launch });
    Object.defineProperty(window, "launchQueue", { value: { setConsumer } });
  });
  await levelUp.open(appUrl());
  await page.evaluate(async () => {
    const song = await (await fetch("samples/Kitchen%20Tape.wav")).blob();
    const root = await navigator.storage.getDirectory();
    const handle = await root.getFileHandle("opened.wav", { create: true });
    const writable = await handle.createWritable();
    await writable.write(song);
    await writable.close();
    const { launch } = window as unknown as { launch(given: { files: unknown[] }): void };
    launch({ files: [handle] });
  });
  await expect(levelUp.row("opened.wav")).toBeVisible();

  await expect
    .poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state))
    .toBe("activated");
  const opened = await page.evaluate(async (address) => {
    const song = await (await fetch("samples/Kitchen%20Tape.wav")).blob();
    const body = new FormData();
    body.append("songs", song, "shared.wav");
    return (await fetch(address, { method: "POST", body })).url;
  }, new URL(manifest.share_target.action, url).href);
  await levelUp.open(opened);
  await expect(levelUp.row("shared.wav")).toBeVisible();
  expect(page.url()).toBe(appUrl());
  await page.goto(opened);
  await expect(page.getByText("What was shared did not arrive.")).toBeVisible();
});
