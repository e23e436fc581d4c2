import path from "node:path";
import { BenchPage, launch } from "../page/bench-page";
import { peakDuring, settled } from "../page/memory";
import { folderWith } from "../songs";
import type { Target } from "../speed/loudnorm";
import type { RaceSong } from "./folder";

/** What the page takes with two workers, in a run of its own: looking at it takes time. */
export interface FolderMemory {
  /** Null is the whole folder. */
  readonly kind: string | null;
  readonly songs: number;
  /** Megabytes (10^6 bytes) of all renderers, with the songs listed and the engine ready. */
  readonly idle: number;
  /** The most while the batch ran. */
  readonly peak: number;
}

export const FOLDER_WORKERS = 2;

/** The whole folder, then its kinds one by one, each in a browser of its own. */
export async function folderMemory(
  songs: readonly RaceSong[],
  target: Target,
  url: string,
  folder: string,
): Promise<FolderMemory[]> {
  const found: FolderMemory[] = [];
  for (const kind of [null, ...new Set(songs.map((song) => song.kind))]) {
    const some = songs.filter((song) => kind === null || song.kind === kind);
    const dropped = folderWith(path.join(folder, `memory-${kind ?? "all"}`), some);
    const browser = await launch(null, folder);
    const page = await BenchPage.open(browser, url, {
      ...{ Workers: FOLDER_WORKERS, "Re-encoding": "Best sound" },
      "Target loudness (LUFS)": target.loudness,
      "True-peak ceiling (dBTP)": target.ceiling,
    });
    await page.levelUp.add([dropped]);
    const idle = await settled(browser.pid);
    const batch = () => page.run("Start", dropped, ["leveled", "skipped"]);
    const peak = await peakDuring(browser.pid, batch);
    found.push({ kind, songs: some.length, idle, peak });
    await browser.close();
  }
  return found;
}
