import type { ShownRun } from "@/lib/session/session-state";
import { isDelivered, type Song, type SongId } from "@/lib/song/song";

/** What a batch came to. */
export interface Outcome {
  readonly kind: "measured" | "undone" | "tagged" | "by-album" | "equal";
  /** Songs that are what the batch was to make of them. */
  readonly done: number;
  readonly all: number;
  /** Songs that were to lie beside the others. */
  readonly nudged: number;
}

/** LU; figures are shown with one decimal. */
const ROUNDING = 0.005;

export function outcomeOf(run: ShownRun, songs: ReadonlyMap<SongId, Song>): Outcome {
  const kind = kindOf(run);
  const listed = run.ids.flatMap((id) => songs.get(id) ?? []);
  const done = listed.filter((song) => isAsAsked(song, kind, run)).length;
  const nudged = listed.filter(
    (song) => kind === "equal" && isDelivered(song.status) && song.applied?.nudge,
  ).length;
  return { kind, done, all: listed.length, nudged };
}

function kindOf({ mode, settings }: ShownRun): Outcome["kind"] {
  if (mode === "measure") return "measured";
  if (mode === "undo") return "undone";
  if (settings.loudnessTags === "only") return "tagged";
  return settings.levelBy === "album" ? "by-album" : "equal";
}

function isAsAsked(song: Song, kind: Outcome["kind"], { settings }: ShownRun): boolean {
  switch (kind) {
    case "measured":
      return song.status === "measured";
    case "undone":
      return song.status === "leveled";
    case "tagged":
    case "by-album":
      return isDelivered(song.status);
    case "equal": {
      const away = Math.abs(loudnessOf(song) - settings.targetLoudness);
      return isDelivered(song.status) && away <= settings.accuracyThreshold + ROUNDING;
    }
  }
}

/** Of what was delivered: measured, else left as it was, else planned. */
const loudnessOf = ({ result, status, source, planned }: Song): number =>
  (result ?? (status === "skipped" ? source : planned))?.integrated ?? -Infinity;
