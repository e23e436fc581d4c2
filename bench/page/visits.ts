import path from "node:path";
import { chromium } from "@playwright/test";
import { ensureBrowser, launchArguments } from "../../cli/in-browser/browser";
import { LevelUpPage } from "../../cli/in-browser/page";
import { bytesOf, countBytes, type Transfer } from "./wire";

export interface Visit {
  /** Seconds since the navigation began. */
  readonly usable: number;
  readonly engineReady: number;
  readonly firstSong: number;
  /** Bytes until the first song ran, and in the whole visit. */
  readonly bytesBefore: number;
  readonly bytes: number;
  /** Of the engine's files among them. */
  readonly engineBytes: number;
  readonly transfers: readonly Transfer[];
}

/** A first visit with a new profile and a second one with what the first has left. All cores. */
export async function visits(
  upstream: string,
  folder: string,
  songs: string,
  port = 0,
): Promise<readonly [cold: Visit, warm: Visit]> {
  const profile = path.join(folder, "profile");
  const first = await countBytes(upstream, port);
  const cold = await visit(first.url, profile, songs, first);
  await first.close();
  const second = await countBytes(upstream, Number(new URL(first.url).port));
  const warm = await visit(second.url, profile, songs, second);
  await second.close();
  return [cold, warm];
}

async function visit(
  url: string,
  profile: string,
  songs: string,
  wire: Awaited<ReturnType<typeof countBytes>>,
): Promise<Visit> {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: await ensureBrowser(),
    args: launchArguments,
  });
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    let bytesBefore = NaN;
    page.on("console", (message) => {
      if (/processing job 1\//.test(message.text())) bytesBefore = bytesOf(wire.transfers);
    });
    await page.addInitScript(() => {
      const marks: Record<string, number> = {};
      Object.assign(window, { marks });
      const { log } = console;
      console.log = (...words: unknown[]) => {
        if (/processing job 1\//.test(String(words[0]))) marks["firstSong"] ??= performance.now();
        log(...words);
      };
      const { compileStreaming } = WebAssembly;
      WebAssembly.compileStreaming = async (source) => {
        const compiled = await compileStreaming.call(WebAssembly, source);
        marks["engineReady"] = performance.now();
        return compiled;
      };
    });
    const levelUp = new LevelUpPage(page);
    await levelUp.open(url);
    const usable = await page.evaluate(() => performance.now());
    await levelUp.add([songs]);
    await levelUp.press("Start");
    await levelUp.finished(120_000);
    // The service worker stores the engine after the page has it.
    while (wire.quietFor() < 2000) await page.waitForTimeout(200);
    const marks = await page.evaluate(
      () => (window as unknown as { marks: Record<string, number> }).marks,
    );
    const { transfers } = wire;
    return {
      usable: usable / 1000,
      engineReady: (marks["engineReady"] ?? NaN) / 1000,
      firstSong: (marks["firstSong"] ?? NaN) / 1000,
      bytesBefore,
      bytes: bytesOf(transfers),
      engineBytes: bytesOf(transfers.filter(({ path }) => /^\/engine\/.*(core|kernel)/.test(path))),
      transfers,
    };
  } finally {
    await context.close();
  }
}
