import type { Measurement } from "@/lib/loudness/measurement";
import type { HeldBy } from "@/lib/loudness/plan";
import type { Dbtp, Decibels, Lufs, Seconds } from "@/lib/loudness/units";
import type { SongAlbum } from "./album";
import type { BlindListening } from "./blind-listening";
import type { SongChoice } from "./choice";
import type { Damage } from "./damage";
import type { WrittenTags } from "./loudness-tags";
import type { RefusalReason, Shortfall, SkipReason } from "./refusals";
import type { SourceFormat } from "./source-format";
import type { SongWay } from "./way";

/** Identity of a song within the session; never reused. */
export type SongId = number & { readonly __brand: "SongId" };

/**
 * Where a song stands. `waiting` → `measuring` → (`measured` when only measured) → `rendering` →
 * `verifying` → `saving` → (`written` where a swap waits for its bytes) → an end. A retried song goes back to `waiting`.
 */
export type SongStatus =
  | "waiting"
  | "measuring"
  | "measured"
  | "rendering"
  | "verifying"
  | "saving"
  | "written"
  | "leveled"
  /** Its loudness tags were written, its sound was left as it is. */
  | "tagged"
  | "skipped"
  | "failed"
  | "cancelled";

/** Whether what came of a song was delivered; nothing is left to do for it then. */
export const isDelivered = (status: SongStatus): boolean =>
  status === "leveled" || status === "tagged" || status === "skipped";

/** One row: everything that the page, the log and the report say of a song. Immutable. */
export interface Song {
  readonly id: SongId;
  /** Path inside the picked folder with "/" (or the bare name); what the report calls `path`. */
  readonly path: string;
  /** Its path on disk, where a browser hides it and `path` is the nearest that can be written. */
  readonly hiddenPath?: string;
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
  /** What is wanted of it, apart from the rest. */
  readonly choice: SongChoice;
  /** By which of its choices it was delivered; null before, and of an earlier version. */
  readonly applied?: SongChoice | null;
  /** The gain that the present settings give; recomputed at once when a setting changes. */
  readonly plannedGain: Decibels | null;
  /** What the plan leads to, by the settings that it was, or would be, leveled with. */
  readonly planned: PlannedResult | null;
  /** What it is, or is to be, leveled with; null = by itself, or not measured yet. */
  readonly album: SongAlbum | null;
  /** Its file, or what was made of it last, holds a record by which a lossless change is undone. */
  readonly undoable: boolean;
  readonly gain: Decibels | null;
  readonly limited: Decibels | null;
  readonly route: "encode" | "lossless" | "tags" | "none";
  /** Why it went that way; null where it did not, or an earlier version leveled it. */
  readonly way?: SongWay | null;
  /** What was written where that is all. */
  readonly tags: WrittenTags | null;
  readonly passes: number;
  readonly result: Measurement | null;
  /** The last blind test of it, as it is leveled. */
  readonly listening?: BlindListening | null;
  /** `doneWith` of the settings that its result was made with; null or absent: there is none. */
  readonly doneBy?: string | null;
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
  readonly integrated: Lufs;
  /** Peaks that are limited stand here at most. */
  readonly truePeak: Dbtp;
  readonly limited: Decibels;
  /** `tags`: the sound stays as it is, and loudness tags are written. */
  readonly kind: "gain" | "limit" | "held-back" | "dynamic" | "skip" | "tags";
  /** Why it will be left as it is; null where it will not. */
  readonly reason: SkipReason | null;
  /** Which way it will go; null where it will be left as it is. */
  readonly way: SongWay | null;
  /** What keeps it under the target; null when nothing does. */
  readonly heldBy: HeldBy | null;
  /** The loudness that it, or its album, can be brought to at most; null where that says nothing. */
  readonly most: Lufs | null;
  /** What comes out is not measured and corrected, or cannot be foreseen at all. */
  readonly estimate: boolean;
}
