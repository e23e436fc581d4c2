import type { BatchMode } from "@/lib/batch/jobs";
import { hasEnded } from "@/lib/batch/totals";
import { doneWith } from "@/lib/settings/made-with";
import type { Settings } from "@/lib/settings/settings";
import { sameResult } from "@/lib/song/choice";
import { isDelivered, type Song } from "@/lib/song/song";

/**
 * Songs that are left to do: those not done yet, those that failed, and those that were leveled with
 * other settings than the present ones, or before something else was wanted of them. Never one that
 * is left out.
 */
export function songsToDo(
  all: readonly Song[],
  mode: BatchMode,
  settings: Settings,
): readonly Song[] {
  const done = doneWith(settings);
  return all.filter(
    (song) =>
      !song.choice.excluded &&
      (mode === "level" ? isToLevel(song, done, settings.onlyNew) : isToMeasure(song)),
  );
}

function isToLevel(song: Song, done: string, onlyNew: boolean): boolean {
  const { status, reason, doneBy } = song;
  switch (status) {
    case "cancelled":
    case "failed":
      return true;
    case "skipped":
    case "leveled":
    case "tagged":
      if (reason === "done-before" && !onlyNew) return true;
      if (isOutdated(song)) return true;
      // What became of a song in an earlier visit is not known to every detail.
      return doneBy !== null && doneBy !== undefined && doneBy !== done;
    default:
      return !onlyNew || doneBy !== done;
  }
}

/** Something else is wanted of it since it was leveled. */
const isOutdated = ({ status, choice, applied }: Song): boolean =>
  isDelivered(status) && !!applied && !sameResult(choice, applied);

const isToMeasure = (song: Song): boolean =>
  !hasEnded(song) || song.status === "cancelled" || song.reason === "done-before";
