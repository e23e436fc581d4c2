import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { nativeLoudness } from "../../test/support/native-tools";
import type { Target } from "../speed/loudnorm";
import type { RaceSong } from "./folder";
import { lostCovers, lostTags, readTags } from "./tags";

/** What stands on disk after a race, by native tools. */
export interface Judged {
  readonly songs: number;
  /** Within `WITHIN` of the target, or of what is possible. */
  readonly right: number;
  /** LU from that, of the song that is furthest off. */
  readonly worst: number;
  /** Louder than the ceiling by more than `OVER`. */
  readonly over: number;
  /** dBTP */
  readonly highest: number;
  readonly tagsLost: number;
  readonly coversLost: number;
  /** Of how many. */
  readonly covers: number;
  /** Bytes of all songs. */
  readonly size: number;
  /** Not written. */
  readonly missing: readonly string[];
}

/** LU */
export const WITHIN = 0.2;
/** dB */
export const OVER = 0.1;
/** The meter tells three decimals; a song at the very edge is within. */
const ROUNDING = 0.005;

/**
 * `outputs` by the song's name; `possible` are the LUFS that peaks leave to a song where that is
 * less than the target. A song counts as right at either.
 */
export async function judge(
  songs: readonly RaceSong[],
  outputs: ReadonlyMap<string, string>,
  possible: ReadonlyMap<string, number>,
  { loudness, ceiling }: Target,
): Promise<Judged> {
  const written = songs.flatMap((song) => {
    const output = outputs.get(song.name);
    return output !== undefined && existsSync(output) ? [{ song, output }] : [];
  });
  const before = readTags(written.map(({ song }) => song.file));
  const after = readTags(written.map(({ output }) => output));
  const found: { readonly off: number; readonly peak: number }[] = [];
  const left = [...written];
  const lane = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const { integrated, truePeak } = await nativeLoudness(next.output);
      const goals = [loudness, possible.get(next.song.name) ?? loudness];
      const off = goals
        .map((goal) => integrated - goal)
        .reduce((a, b) => (Math.abs(b) < Math.abs(a) ? b : a));
      found.push({ off, peak: truePeak });
    }
  };
  await Promise.all([lane(), lane()]);
  const count = (of: (index: number) => boolean) => written.filter((_, index) => of(index)).length;
  return {
    songs: songs.length,
    right: found.filter(({ off }) => Math.abs(off) <= WITHIN + ROUNDING).length,
    worst: found.map(({ off }) => off).reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0),
    over: found.filter(({ peak }) => peak > ceiling + OVER + ROUNDING).length,
    highest: Math.max(...found.map(({ peak }) => peak)),
    tagsLost: count((index) => lostTags(before[index]!, after[index]!)),
    coversLost: count((index) => lostCovers(before[index]!, after[index]!)),
    covers: before.filter(({ covers }) => covers.length > 0).length,
    size: written.reduce((sum, { output }) => sum + statSync(output).size, 0),
    missing: songs.filter(({ name }) => !outputs.has(name)).map(({ name }) => name),
  };
}

/** Where a tool that keeps the names writes to `folder`. */
export const outputsIn = (folder: string, songs: readonly RaceSong[]): Map<string, string> =>
  new Map(songs.map(({ name, file }) => [name, path.join(folder, path.basename(file))]));
