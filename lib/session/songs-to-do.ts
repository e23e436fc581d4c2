import type { BatchMode } from "@/lib/batch/jobs";
import { hasEnded } from "@/lib/batch/totals";
import type { Song } from "@/lib/song/song";

/**
 * Songs that a button would work on: those not done yet, or all when all are done. Leveling takes up
 * what failed as well, but that alone keeps no song from being leveled anew.
 */
export function songsToDo(songs: readonly Song[], mode: BatchMode): readonly Song[] {
  const leveling = mode === "level";
  const isOpen = ({ status }: Song) =>
    status === "cancelled" || (leveling && status === "measured");
  const open = songs.filter((song) => !hasEnded(song) || isOpen(song));
  if (open.length === 0) return songs;
  const wanted = new Set(open);
  return songs.filter((song) => wanted.has(song) || (leveling && song.status === "failed"));
}
