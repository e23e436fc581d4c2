import { copyFileSync, mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "@playwright/test";
import { serve, type Serving } from "../scripts/serve";
import { exportFolder } from "../scripts/build/export";
import type { Kind, Song } from "./songs";

/**
 * The floor of a song: one ffmpeg command in the same core, in a worker of the same browser on the
 * same core. Bytes lie in ffmpeg's memory before the clock starts and stay there after it.
 */
export class Floor {
  readonly #page: Page;
  readonly #serving: Serving;
  readonly #songs: string;

  private constructor(page: Page, serving: Serving, songs: string) {
    this.#page = page;
    this.#serving = serving;
    this.#songs = songs;
  }

  /** `folder` is made; songs must lie below `songs`. */
  static async open(browser: Browser, folder: string, songs: string): Promise<Floor> {
    const own = fileURLToPath(new URL("floor/", import.meta.url));
    mkdirSync(folder, { recursive: true });
    copyFileSync(path.join(own, "page.html"), path.join(folder, "index.html"));
    for (const name of ["page.js", "worker.js"]) {
      copyFileSync(path.join(own, name), path.join(folder, name));
    }
    symlinkSync(path.join(exportFolder, "engine"), path.join(folder, "engine"));
    symlinkSync(songs, path.join(folder, "songs"));
    const serving = await serve(folder, 0);
    const page = await browser.newPage();
    await page.goto(serving.url);
    await page.waitForFunction(() => "floor" in globalThis);
    return new Floor(page, serving, songs);
  }

  /** Decode to nothing. */
  decode(song: Song): Promise<number> {
    return this.#run(song, ["-f", "null", "-"]);
  }

  /** Decode and encode to the same kind: what no tool in this core can do without. */
  transcode(song: Song): Promise<number> {
    return this.#run(song, [...SAME_KIND[song.kind], `out.${song.kind}`]);
  }

  #run(song: Song, output: readonly string[]): Promise<number> {
    const url = `songs/${path.relative(this.#songs, song.file).split(path.sep).join("/")}`;
    const input = `in.${song.kind}`;
    const args = ["-i", input, "-map", "0:a:0", ...output];
    return this.#page.evaluate(
      ([url, input, args]) =>
        (
          globalThis as unknown as {
            floor(song: string, input: string, args: readonly string[]): Promise<number>;
          }
        ).floor(url, input, args),
      [url, input, args] as const,
    );
  }

  close(): Promise<void> {
    return this.#serving.close();
  }
}

/** The encoder settings that LevelUp itself uses for these songs. */
const SAME_KIND: Readonly<Record<Kind, readonly string[]>> = {
  mp3: ["-c:a", "libmp3lame", "-b:a", "320k"],
  flac: ["-c:a", "flac", "-sample_fmt", "s16"],
  wav: ["-c:a", "pcm_s16le"],
  m4a: ["-c:a", "aac", "-aac_coder", "fast", "-b:a", "256k"],
  ogg: ["-c:a", "libvorbis", "-q:a", "5"],
};
