import path from "node:path";
import type { Browser } from "@playwright/test";
import { exportFolder } from "../../scripts/build/export";
import type { Kind, Song } from "../songs";
import { openStaticPage, type StaticPage } from "./static-page";

/**
 * The floor of a song: one ffmpeg command in the same core, in a worker of the same browser on the
 * same core. Bytes lie in ffmpeg's memory before the clock starts and stay there after it.
 */
export class Floor {
  readonly #static: StaticPage;

  private constructor(opened: StaticPage) {
    this.#static = opened;
  }

  static async open(browser: Browser, folder: string): Promise<Floor> {
    const engine = path.join(exportFolder, "engine");
    return new Floor(await openStaticPage(browser, "floor/", { engine }, folder));
  }

  /** Decode to nothing. */
  decode(song: Song): Promise<number> {
    return this.#run(song, ["-f", "null", "-"]);
  }

  /** Decode and encode to the same kind: what no tool in this core can do without. */
  transcode(song: Song): Promise<number> {
    return this.#run(song, [...SAME_KIND[song.kind], `out.${song.kind}`]);
  }

  async #run(song: Song, output: readonly string[]): Promise<number> {
    const { page } = this.#static;
    await page.locator("input").setInputFiles(song.file);
    const input = `in.${song.kind}`;
    const args = ["-i", input, "-map", "0:a:0", ...output];
    return page.evaluate(
      ([input, args]) =>
        (
          globalThis as unknown as {
            floor(input: string, args: readonly string[]): Promise<number>;
          }
        ).floor(input, args),
      [input, args] as const,
    );
  }

  close(): Promise<void> {
    return this.#static.close();
  }
}

/** The encoder settings that LevelUp itself uses for these songs. */
const SAME_KIND: Readonly<Record<Kind, readonly string[]>> = {
  mp3: ["-c:a", "libmp3lame", "-b:a", "320k", "-compression_level", "5"],
  flac: ["-c:a", "flac", "-sample_fmt", "s16"],
  wav: ["-c:a", "pcm_s16le"],
  m4a: ["-c:a", "aac", "-aac_coder", "fast", "-aac_is", "0", "-b:a", "256k"],
  ogg: ["-c:a", "libvorbis", "-q:a", "5"],
};
