import type { Measured } from "./outcome";
import type { RefusalReason } from "./refusals";

/**
 * Why a song's original is left alone in *Replace originals*, as far as measuring it tells: with
 * its sound replaced, what is lost would be lost for good. Null where nothing speaks against it.
 */
export function replaceRefusal(
  { damage, format }: Pick<Measured, "damage" | "format">,
  tagsOnly = false,
): RefusalReason | null {
  if (damage) return "damaged-original";
  // Where only tags are written, all of them stay.
  return format.soundTracks > 1 && !tagsOnly ? "more-sound-tracks" : null;
}
