import type { BatchMode } from "@/lib/batch/jobs";
import { hasEnded } from "@/lib/batch/totals";
import { doneWith } from "@/lib/settings/made-with";
import type { Settings } from "@/lib/settings/settings";
import type { Song } from "@/lib/song/song";

/**
 * Songs that are left to do: those not done yet, those that failed, and those that were leveled with
 * other settings than the present ones.
 */
export function songsToDo(
  songs: readonly Song[],
  mode: BatchMode,
  settings: Settings,
): readonly Song[] {
  const done = doneWith(settings);
  return songs.filter((song) =>
    mode === "level" ? isToLevel(song, done, settings.onlyNew) : isToMeasure(song),
  );
}

function isToLevel({ status, reason, doneBy }: Song, done: string, onlyNew: boolean): boolean {
  switch (status) {
    case "cancelled":
    case "failed":
      return true;
    case "skipped":
    case "leveled":
    case "tagged":
      if (reason === "done-before" && !onlyNew) return true;
      // What became of a song in an earlier visit is not known to every detail.
      return doneBy !== null && doneBy !== undefined && doneBy !== done;
    default:
      return !onlyNew || doneBy !== done;
  }
}

const isToMeasure = (song: Song): boolean =>
  !hasEnded(song) || song.status === "cancelled" || song.reason === "done-before";
