import { cp, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { preview } from "vite";
import { LevelUpPage } from "../cli/in-browser/page";
import { exportFolder } from "../scripts/build/export";
import { hardenExport } from "../scripts/build/harden-export";
import { relocate } from "../scripts/build/hosting/relocate";
import { writeSongs } from "../test/support/songs";
import { expectAllDelivered } from "./support/judge";
import { expect, test } from "./support/test";

test("below a path of a plain host: the whole job, and a second visit without a network", async ({
  context,
  page,
  folder,
  requests,
}) => {
  const site = await mkdtemp(path.join(os.tmpdir(), "levelup-site-"));
  await cp(exportFolder, path.join(site, "levelup"), { recursive: true });
  relocate(path.join(site, "levelup"), "/levelup");
  hardenExport(path.join(site, "levelup"));
  // A server that knows nothing of the page, with files at their paths and no header of ours.
  const host = await preview({
    ...{ root: site, configFile: false, logLevel: "silent", appType: "mpa" },
    build: { outDir: "." },
    preview: { port: 0, host: "127.0.0.1" },
  });
  const errors: string[] = [];
  context.on("weberror", (error) => errors.push(error.error().message));
  context.on("console", (message) => {
    if (/Content Security Policy|Trusted/.test(message.text())) errors.push(message.text());
  });
  try {
    const [origin = ""] = host.resolvedUrls?.local ?? [];
    const url = `${origin}levelup/`;
    const visit = async (at: string) => {
      const levelUp = new LevelUpPage(page.isClosed() ? await context.newPage() : page);
      await levelUp.prepare();
      await levelUp.open(at);
      return levelUp;
    };
    await writeSongs(folder, {
      "one.mp3": { extension: "mp3", seconds: 6, lufs: -20, seed: 1 },
      "more/two.flac": { extension: "flac", seconds: 6, lufs: -25, seed: 2 },
      "more/three.ogg": { extension: "ogg", seconds: 6, lufs: -10, seed: 3, drive: 4 },
      "more/four.m4a": { extension: "m4a", seconds: 6, lufs: -23, seed: 5 },
    });
    const first = await visit(url);
    await first.set({ Workers: 2 });
    await first.add([folder]);
    await first.press("Start");
    expect(await first.finished(90_000)).toMatchObject({ done: 4, songs: 4, failed: 0 });
    expect(await expectAllDelivered(await first.report(), folder)).toBe(4);
    const ready = page.getByText("Ready to work offline", { exact: true });
    await expect(ready).toBeVisible({ timeout: 60_000 });
    await page.goto(`${url}404.html`);
    await page.getByRole("link", { name: "Go to LevelUp" }).click();
    await expect(first.button("Choose folder")).toBeEnabled();
    expect(page.url()).toBe(url);
    await page.close();

    await host.close();
    await context.setOffline(true);
    const second = await visit(`${url}?from=bookmark`);
    await second.set({ "Target loudness (LUFS)": -17, Workers: 2 });
    await second.add([folder]);
    await second.press("Start");
    expect(await second.finished(90_000)).toMatchObject({ done: 4, songs: 4, failed: 0 });
    const asked = { target: -17, ceiling: -1, accuracy: 0.2 };
    expect(await expectAllDelivered(await second.report(), folder, asked)).toBe(4);

    expect(errors).toEqual([]);
    const elsewhere = requests.filter((each) => /^http/.test(each) && !each.startsWith(url));
    expect(elsewhere, "everything lies below the path").toEqual([]);
  } finally {
    await context.setOffline(false);
    await host.close();
    await rm(site, { recursive: true, force: true });
  }
});
