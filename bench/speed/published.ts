import path from "node:path";
import { cpuOfTree } from "../../scripts/support/processes";
import { root } from "../../scripts/support/steps";
import type { PinnedBrowser } from "../page/bench-page";
import type { SongFile } from "../songs";
import { measureArguments, readLoudnorm, type Loudnorm, type Target } from "./loudnorm";
import { outputIn, type PeerRun } from "./peers";
import { openStaticPage, type StaticPage } from "./static-page";

/** The page's functions. */
interface PublishedWindow {
  load(): Promise<void>;
  write(name: string): Promise<void>;
  run(args: readonly string[]): Promise<string>;
  take(name: string): Promise<void>;
  remove(name: string): Promise<void>;
  save(name: string): void;
}

/** An instance of the core ends after 26 to 148 commands (decision 0002); a song takes two. */
const SONGS_OF_AN_INSTANCE = 10;

/**
 * ffmpeg.wasm as published: `FFmpeg` of @ffmpeg/ffmpeg and `fetchFile` of @ffmpeg/util around the
 * same core, with the arguments that native ffmpeg gets for two-pass `loudnorm`. It shares browser
 * and processor core with LevelUp. It is loaded before the clock starts, once for ten songs.
 */
export class Published {
  readonly #pinned: PinnedBrowser;
  readonly #static: StaticPage;
  #songs = 0;

  private constructor(pinned: PinnedBrowser, opened: StaticPage) {
    this.#pinned = pinned;
    this.#static = opened;
  }

  static async open(pinned: PinnedBrowser, folder: string): Promise<Published> {
    const packages = path.join(root, "node_modules/@ffmpeg");
    const esm = (name: string) => path.join(packages, name, "dist/esm");
    const others = { ffmpeg: esm("ffmpeg"), util: esm("util"), core: esm("core") };
    return new Published(
      pinned,
      await openStaticPage(pinned.browser, "published/", others, folder),
    );
  }

  /**
   * From the song's `File` to the result's bytes on the page; saving it is not in the time. `apply`
   * gives the arguments of the second run.
   */
  async level(
    song: SongFile,
    target: Target,
    folder: string,
    apply: (input: string, output: string, found: Loudnorm) => readonly string[],
  ): Promise<PeerRun> {
    const { page } = this.#static;
    const [input, made] = [`in.${song.kind}`, `out.${song.kind}`];
    const run = (args: readonly string[]) =>
      page.evaluate((args) => (window as unknown as PublishedWindow).run(args), args);
    await page.locator("input").setInputFiles(song.file);
    if (++this.#songs % SONGS_OF_AN_INSTANCE === 0) {
      await page.evaluate(() => (window as unknown as PublishedWindow).load());
    }
    const [begun, cpu] = [performance.now(), cpuOfTree(this.#pinned.pid)];
    await page.evaluate((name) => (window as unknown as PublishedWindow).write(name), input);
    const measured = await run(["-hide_banner", "-nostats", ...measureArguments(input, target)]);
    const found = readLoudnorm(measured);
    const applied = await run([...["-hide_banner", "-nostats"], ...apply(input, made, found)]);
    await page.evaluate((name) => (window as unknown as PublishedWindow).take(name), made);
    const wall = (performance.now() - begun) / 1000;
    const spent = cpuOfTree(this.#pinned.pid) - cpu;
    await page.evaluate((name) => (window as unknown as PublishedWindow).remove(name), input);
    const output = outputIn(folder, song, "published");
    const download = page.waitForEvent("download");
    await page.evaluate((name) => (window as unknown as PublishedWindow).save(name), made);
    await (await download).saveAs(output);
    return { wall, cpu: spent, note: readLoudnorm(applied).normalization_type, output };
  }

  close(): Promise<void> {
    return this.#static.close();
  }
}
