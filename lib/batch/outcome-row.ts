import { decibels } from "@/lib/loudness/units";
import type { LevelOutcome, Measured, Refused } from "@/lib/song/outcome";
import type { Song } from "@/lib/song/song";
import { leveledText, refusedText, skipText, sourceText } from "@/lib/song/texts";
import { notBegun } from "./song-table";

/** What a delivered song's row says of its outcome. */
export function deliveredRow(outcome: Exclude<LevelOutcome, { kind: "refused" }>) {
  if (outcome.kind === "skipped") {
    const { reason, seconds, measured } = outcome;
    const row = { gain: decibels(0), reason, message: told(measured, skipText[reason]), seconds };
    return { ...row, status: "skipped" } as const;
  }
  const { gain, limited, route, passes, result, shortfall, seconds } = outcome;
  const message = told(outcome.measured, leveledText(outcome));
  const row = { gain, limited, route, passes, result, reason: shortfall, message, seconds };
  return { ...row, status: "leveled" } as const;
}

const told = (measured: Measured, result: string | null): string | null =>
  [sourceText(measured), result].filter((each) => each !== null).join(" ") || null;

/** What a failed song's row says. Nothing is left in it of an earlier end. */
export const failedRow = (worker: number, refused: Omit<Refused, "kind">) =>
  ({
    ...notBegun,
    ...refusedText(refused),
    ...{ status: "failed", worker, reason: refused.reason, detail: refused.detail || null },
  }) satisfies Partial<Song>;
