import path from "node:path";
import type { Browser } from "@playwright/test";
import { exportFolder } from "../../scripts/build/export";
import type { Kind, Song, SongFile } from "../songs";
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
    return this.#run(song, [["-i", `in.${song.kind}`, "-map", "0:a:0", ...TO_NOTHING]]);
  }

  /** Decode and encode to the same kind: what no tool in this core can do without. */
  transcode(song: Song): Promise<number> {
    return this.#run(song, [encoding(song, SAME_KIND[song.kind])]);
  }

  /** The same with these settings, and what came out decoded: what verifying cannot do without. */
  verified(song: SongFile, encoder: readonly string[]): Promise<number> {
    const decoding = ["-i", `out.${song.kind}`, "-map", "0:a:0", ...TO_NOTHING];
    return this.#run(song, [encoding(song, encoder), decoding]);
  }

  async #run(song: SongFile, commands: readonly (readonly string[])[]): Promise<number> {
    const { page } = this.#static;
    await page.locator("input").setInputFiles(song.file);
    return page.evaluate(
      ([input, commands]) =>
        (
          globalThis as unknown as {
            floor(input: string, commands: readonly (readonly string[])[]): Promise<number>;
          }
        ).floor(input, commands),
      [`in.${song.kind}`, commands] as const,
    );
  }

  close(): Promise<void> {
    return this.#static.close();
  }
}

const TO_NOTHING = ["-f", "null", "-"];

const encoding = ({ kind }: SongFile, encoder: readonly string[]) => [
  ...["-i", `in.${kind}`, "-map", "0:a:0"],
  ...[...encoder, `out.${kind}`],
];

/** The encoder settings that LevelUp itself uses for these songs. */
const SAME_KIND: Readonly<Record<Kind, readonly string[]>> = {
  mp3: ["-c:a", "libmp3lame", "-b:a", "320k", "-compression_level", "5"],
  flac: ["-c:a", "flac", "-sample_fmt", "s16"],
  wav: ["-c:a", "pcm_s16le"],
  m4a: ["-c:a", "aac", "-aac_coder", "fast", "-aac_is", "0", "-b:a", "256k"],
  ogg: ["-c:a", "libvorbis", "-q:a", "5"],
};
