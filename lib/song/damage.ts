import type { Seconds } from "@/lib/loudness/units";

/** What was found wrong in a song's file while it was decoded. */
export interface Damage {
  /** "altered": all of the sound came, but it is not what the file's checksums say. */
  readonly kind: "undecodable" | "cut-short" | "altered";
  /** Seconds from the song's beginning to the first place; null where only the whole tells. */
  readonly at: Seconds | null;
  /** Places more than a second apart; 0 where `at` is null. */
  readonly places: number;
  /** Length of the sound that is missing; null where nothing in the file tells. */
  readonly lost: Seconds | null;
}
