import { lufs, type Lufs } from "@/lib/loudness/units";
import type { Song } from "@/lib/song/song";

/**
 * The loudness that all songs can be brought to by their plans, in tenths of a LU; null where none is
 * planned, or nothing can be said.
 */
export function reachableBy(songs: Iterable<Pick<Song, "planned" | "status">>): Lufs | null {
  let least = Infinity;
  for (const { planned, status } of songs) {
    if (status !== "failed" && planned?.most != null) least = Math.min(least, planned.most);
  }
  // Rounded down: a target a trifle higher would leave the song that reaches least behind.
  return Number.isFinite(least) ? lufs(Math.floor(least * 10 + ROUNDING) / 10) : null;
}

const ROUNDING = 1e-6;
