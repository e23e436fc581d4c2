import type { Measurement } from "@/lib/loudness/measurement";
import type { Decibels, Seconds } from "@/lib/loudness/units";
import type { Damage } from "./damage";
import type { RefusalReason, Shortfall, SkipReason } from "./refusals";
import type { SourceFormat } from "./source-format";

/** Identity of a song within the session; never reused. */
export type SongId = number & { readonly __brand: "SongId" };

/**
 * Where a song stands. `waiting` → `measuring` → (`measured` when only measured) → `rendering` →
 * `verifying` → `saving` → an end. A retried song goes back to `waiting`.
 */
export type SongStatus =
  | "waiting"
  | "measuring"
  | "measured"
  | "rendering"
  | "verifying"
  | "saving"
  | "leveled"
  | "skipped"
  | "failed"
  | "cancelled";

/** One row: everything that the page, the log and the report say of a song. Immutable. */
export interface Song {
  readonly id: SongId;
  /** Path inside the picked folder with "/" (or the bare name); what the report calls `path`. */
  readonly path: string;
  /** Name of the folder it was picked with; null for a file that came alone. */
  readonly folder: string | null;
  readonly name: string;
  readonly size: number;
  readonly status: SongStatus;
  /** Progress of the current phase, 0…1. Monotone within a phase; 1 does not mean done. */
  readonly progress: number;
  readonly format: SourceFormat | null;
  readonly duration: Seconds | null;
  readonly source: Measurement | null;
  /** What was found wrong in the source; null before measuring too. */
  readonly damage: Damage | null;
  /** Short-term loudness of the source every 100 ms, LUFS, for pictures; null before measuring. */
  readonly curve: Float32Array | null;
  /** The gain that the present settings give; recomputed at once when a setting changes. */
  readonly plannedGain: Decibels | null;
  /** Loudness that the plan leads to, and whether peaks hold it back or are limited. */
  readonly planned: PlannedResult | null;
  readonly gain: Decibels | null;
  readonly limited: Decibels | null;
  readonly route: "encode" | "lossless" | "none";
  readonly passes: number;
  readonly result: Measurement | null;
  /** Where it was written, relative to the picked folder or the archive; null = nowhere. */
  readonly output: string | null;
  readonly reason: RefusalReason | Shortfall | SkipReason | null;
  /** One human sentence for `reason` (or for a note such as a format fallback); null = all well. */
  readonly message: string | null;
  /** What to do about it. */
  readonly hint: string | null;
  /** The engine's own words on a failure, for the report. */
  readonly detail: string | null;
  readonly seconds: { measure: number; render: number; verify: number; total: number } | null;
  /** Number of the worker that holds or held it, from 1. */
  readonly worker: number | null;
}

interface PlannedResult {
  readonly integrated: number;
  readonly kind: "gain" | "limit" | "held-back" | "skip";
}
