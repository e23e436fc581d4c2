import { assemble, bytesSource, tagLoudness } from "@/lib/formats";
import type { Measurement } from "@/lib/loudness/measurement";

/**
 * A song whose gain was changed in its coded audio, with tags that tell the loudness that it has now;
 * as it is where its kind has no place for them.
 */
export function taggedAfterGain(
  bytes: Uint8Array,
  container: string,
  track: Measurement,
): Uint8Array {
  const source = bytesSource(bytes);
  const tagged = tagLoudness(source, container, { track });
  return tagged.kind === "done" ? assemble(tagged.parts, source) : bytes;
}
