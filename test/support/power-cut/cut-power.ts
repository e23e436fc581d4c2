import path from "node:path";
import type { LoopImage, LoopImages } from "../loop-images";
import type { Library } from "./library";
import type { Way } from "./ways";

export interface PowerCuts {
  /** Seconds from one cut to the next. */
  readonly every: number;
  /** So many cuts at least, and the last of them so many seconds after the end of the batch. */
  readonly least: number;
  readonly afterEnd: number;
  /** On every how many of the copies it goes on. */
  readonly goOnEvery: number;
}

export interface PowerCutsFound {
  readonly cuts: number;
  /** Copies in which every song was whole, and in which all were in their place. */
  readonly whole: number;
  readonly inPlace: number;
  /** Copies on which it went on, and everything was right at the end. */
  readonly wentOn: number;
  /** Of the batch itself. */
  readonly done: number;
  readonly failed: number;
  readonly seconds: number;
  readonly wrong: readonly string[];
}

/**
 * The songs of a library are replaced on a file system that loses power again and again: it is copied
 * while mounted, right after another program's fsync. What the way remembers is on it too.
 */
export async function cutPower(
  way: Way,
  images: LoopImages,
  image: LoopImage,
  library: Library,
  options: PowerCuts,
): Promise<PowerCutsFound> {
  const { every, least, afterEnd } = options;
  await library.layOut(image);
  const cuts: { readonly copy: string; readonly at: number }[] = [];
  const began = Date.now();
  let endedAt: number | null = null;
  let counts = { done: 0, failed: 0 };
  const run = await way.begin(image.folder);
  try {
    const ended = run.ended.finally(() => (endedAt = Date.now()));
    ended.catch(() => undefined);
    while (endedAt === null || Date.now() - endedAt < afterEnd * 1000 || cuts.length < least) {
      await new Promise((resolve) => setTimeout(resolve, every * 1000));
      const at = Math.round((Date.now() - began) / 100) / 10;
      cuts.push({ copy: await images.cut(image), at });
    }
    counts = await ended;
  } finally {
    await run.kill();
  }
  await images.remove(image);

  let [whole, inPlace, wentOn] = [0, 0, 0];
  const wrong: string[] = [];
  for (const [index, { copy, at }] of cuts.entries()) {
    // At the path of the original, because that is what the journal holds.
    await images.afterCut(image, copy, async (folder) => {
      const { lost, notInPlace } = await library.judge(path.join(folder, "Music"));
      whole += Number(lost.length === 0);
      inPlace += Number(notInPlace.length === 0);
      if (lost.length > 0) wrong.push(`cut at ${at} s: lost ${lost.join(", ")}`);
      else if (index % options.goOnEvery === 0) {
        const problem = await goOn(way, folder, library);
        if (problem) wrong.push(`cut at ${at} s, gone on: ${problem}`);
        else wentOn++;
      }
    });
  }
  const seconds = Math.round((endedAt - began) / 1000);
  const { done, failed } = counts;
  return { cuts: cuts.length, whole, inPlace, wentOn, done, failed, seconds, wrong };
}

/** Null when all songs are right then. */
async function goOn(way: Way, folder: string, library: Library): Promise<string | null> {
  const { resumed, problem } = await way.goOn(folder);
  if (problem !== null) return problem;
  const { lost, notInPlace, stray } = await library.judge(path.join(folder, "Music"));
  if (lost.length > 0) return `lost ${lost.join(", ")}`;
  if (notInPlace.length > 0) return `not in place: ${notInPlace.join(", ")}`;
  return resumed && stray.length > 0 ? `left behind: ${stray.join(", ")}` : null;
}
