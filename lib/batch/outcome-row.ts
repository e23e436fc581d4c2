import type { SongSource } from "@/lib/files/source-of";
import { decibels } from "@/lib/loudness/units";
import { staysInPlace } from "@/lib/settings/made-with";
import type { LevelOutcome, Refused } from "@/lib/song/outcome";
import type { Song } from "@/lib/song/song";
import {
  leveledText,
  madeFromText,
  missedText,
  refusedText,
  skipHint,
  skipText,
  sourceText,
} from "@/lib/song/texts";
import { notBegun } from "./song-table";

/** What a delivered song's row says of its outcome. */
export function deliveredRow(
  outcome: Exclude<LevelOutcome, { kind: "refused" }>,
  from: SongSource["from"],
) {
  if (outcome.kind === "skipped") {
    const { reason, seconds, measured, missedBy = null } = outcome;
    const missed = missedBy === null ? null : missedText(missedBy);
    const message = told(sourceText(measured), skipText[reason], missed);
    const hint = skipHint[reason] ?? null;
    const row = { gain: decibels(0), reason, message, hint, seconds };
    const nothing = reason === "nothing-to-undo" && { undoable: false };
    return { ...row, ...nothing, status: "skipped" } as const;
  }
  const { gain, limited, route, way, passes, result, shortfall, seconds } = outcome;
  const madeFrom = from === "song" || from === "original" ? null : madeFromText[from];
  const message = told(sourceText(outcome.measured), leveledText(outcome), madeFrom);
  if (route === "tags") {
    const tagged = { gain, limited, route, passes, result, tags: outcome.tags ?? null };
    return { ...tagged, reason: null, message, seconds, status: "tagged" } as const;
  }
  const undoable = route === "lossless" && !outcome.notes.includes("gain-undone");
  const made = { gain, limited, route, way, passes, result, undoable };
  const row = { ...made, reason: shortfall, message, seconds };
  return { ...row, status: "leveled" } as const;
}

const told = (...sentences: (string | null)[]): string | null =>
  sentences.filter((each) => each !== null).join(" ") || null;

/** What the row of a song says that the batch ended before. */
export const cancelledRow = ({ status, doneBy, folder }: Song): Partial<Song> => ({
  ...notBegun,
  status: "cancelled",
  message:
    status === "written"
      ? "The song on disk is as it was."
      : folder !== null && doneBy && staysInPlace(doneBy)
        ? "What was made of it before is still there."
        : null,
});

/** What a failed song's row says. Nothing is left in it of an earlier end. */
export const failedRow = (worker: number, refused: Omit<Refused, "kind">) =>
  ({
    ...notBegun,
    ...refusedText(refused),
    ...{ status: "failed", worker, reason: refused.reason, detail: refused.detail || null },
  }) satisfies Partial<Song>;
