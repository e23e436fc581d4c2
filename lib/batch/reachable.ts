import { lu, lufs, type Lu, type Lufs } from "@/lib/loudness/units";
import type { Song } from "@/lib/song/song";

/** How far the plans of all songs bring them. */
export interface Reach {
  /**
   * The loudness that all of them can be brought to, in tenths of a LU; null where none is planned,
   * or nothing can be said.
   */
  readonly reachable: Lufs | null;
  /** Songs that their peaks keep under the target. */
  readonly heldBack: number;
  /** LU between the quietest and the loudest, as they are and as planned; null for fewer than two. */
  readonly spread: { readonly source: Lu; readonly planned: Lu } | null;
}

export function reachOf(
  songs: Iterable<Pick<Song, "planned" | "source" | "status" | "choice">>,
): Reach {
  let heldBack = 0;
  let least = Infinity;
  const [sources, plans] = [new Range(), new Range()];
  for (const { planned, source, status, choice } of songs) {
    if (choice.excluded || status === "failed" || planned === null || source === null) continue;
    if (planned.heldBy !== null) heldBack++;
    if (planned.most !== null) least = Math.min(least, planned.most);
    sources.add(source.integrated);
    plans.add(planned.integrated);
  }
  const [before, after] = [sources.width, plans.width];
  return {
    // Rounded down: a target a trifle higher would leave the song that reaches least behind.
    reachable: Number.isFinite(least) ? lufs(Math.floor(least * 10 + ROUNDING) / 10) : null,
    heldBack,
    spread: before === null || after === null ? null : { source: before, planned: after },
  };
}

/** LU; nobody sees less of a difference in figures of one decimal. */
const VISIBLE = 0.05;

/** Leveling as planned would leave the songs further apart than they are. */
export const widens = ({ spread }: Reach): boolean =>
  spread !== null && spread.planned > spread.source + VISIBLE;

const ROUNDING = 1e-6;

class Range {
  #count = 0;
  #low = Infinity;
  #high = -Infinity;

  /** Silence has no loudness. */
  add(value: number): void {
    if (!Number.isFinite(value)) return;
    this.#count++;
    this.#low = Math.min(this.#low, value);
    this.#high = Math.max(this.#high, value);
  }

  get width(): Lu | null {
    return this.#count < 2 ? null : lu(this.#high - this.#low);
  }
}
