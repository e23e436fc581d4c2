import { audioParts } from "./audio-parts";
import type { ByteSource } from "./bytes";
import { gapless } from "./gapless";
import { partsSource } from "./parts";
import { transplantTags } from "./transplant";
import type { Part } from "./types";

/**
 * `sound`, a file, with the tags of `tags` instead of its own, as parts of `sound`. Null where the
 * two are not of one kind, or tags and sound of either are not told apart safely.
 */
export function retagged(sound: ByteSource, tags: ByteSource): readonly Part[] | null {
  const kind = audioParts(sound)?.kind;
  if (kind === undefined || kind !== audioParts(tags)?.kind) return null;
  const result = transplantTags(tags, sound, kind);
  if (result.kind === "refused") return null;
  return kind !== "m4a" || keepsItsEnds(sound, result.parts) ? result.parts : null;
}

/** In MP4 the figures of where the music begins and ends may stand in a tag. */
function keepsItsEnds(sound: ByteSource, parts: readonly Part[]): boolean {
  const [before, after] = [gapless(sound, "m4a"), gapless(partsSource(parts, sound), "m4a")];
  return before?.delay === after?.delay && before?.samples === after?.samples;
}
