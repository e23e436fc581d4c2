import type { BatchMode } from "@/lib/batch/jobs";
import { hasEnded } from "@/lib/batch/totals";
import { sameResult } from "@/lib/song/choice";
import { isDelivered, type Song } from "@/lib/song/song";

/**
 * Songs that a button would work on: those not done yet, or all when all are done, and never one that
 * is left out. Leveling takes up
 * what failed as well, but that alone keeps no song from being leveled anew.
 */
export function songsToDo(all: readonly Song[], mode: BatchMode): readonly Song[] {
  const songs = all.filter(({ choice }) => !choice.excluded);
  const leveling = mode === "level";
  const isOpen = (song: Song) =>
    song.status === "cancelled" || (leveling && (song.status === "measured" || isOutdated(song)));
  const open = songs.filter((song) => !hasEnded(song) || isOpen(song));
  if (open.length === 0) return songs;
  const wanted = new Set(open);
  return songs.filter((song) => wanted.has(song) || (leveling && song.status === "failed"));
}

/** Something else is wanted of it since it was leveled. */
const isOutdated = ({ status, choice, applied }: Song): boolean =>
  isDelivered(status) && !!applied && !sameResult(choice, applied);
