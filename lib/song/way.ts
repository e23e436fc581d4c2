import type { Lu } from "@/lib/loudness/units";
import type { EncodingCost } from "./encoding-cost";

/** Why a song is encoded, or is not. */
export type WayReason =
  // Not encoded.
  /** Its coded audio takes any gain. */
  | "exact"
  /** The nearest step of its gain is as near to the target as was asked for. */
  | "near-step"
  /** Lossy songs are never to be encoded. */
  | "never"
  // Encoded.
  /** It loses nothing by it. */
  | "lossless-source"
  | "always"
  | "other-kind"
  /** Its coded audio has no gain that could be changed, or not by so much. */
  | "no-own-gain"
  | "peaks"
  | "evened-out"
  | "no-near-step";

/** Which way a song goes, and why. */
export interface SongWay {
  readonly route: "encode" | "lossless";
  readonly why: WayReason;
  /** What encoding costs it; null where that was not measured, or is nothing. */
  readonly cost: EncodingCost | null;
  /** LU that steps leave it above the target (below: negative); null where that is near enough. */
  readonly missedBy: Lu | null;
}
