import type { Measurement } from "@/lib/loudness/measurement";
import { r128Reference, replayGainReference } from "@/lib/loudness/references";
import { decibels, type Dbtp, type Decibels, type Lufs } from "@/lib/loudness/units";

/** What loudness tags are written of. */
export type TaggedLoudness = Pick<Measurement, "integrated" | "truePeak" | "samplePeak">;

interface TaggedGain {
  readonly gain: Decibels;
  readonly truePeak: Dbtp;
}

/** What loudness tags tell a player of a song whose sound stays as it is. */
export interface WrittenTags {
  /** The loudness that the gains bring a song to. */
  readonly reference: Lufs;
  readonly track: TaggedGain;
  /** Null where none were written. */
  readonly album: TaggedGain | null;
}

/** `container`: by the probe's name. */
export function writtenTags(
  container: string,
  track: TaggedLoudness,
  album: TaggedLoudness | null,
): WrittenTags {
  const reference = container === "opus" ? r128Reference : replayGainReference;
  const gainOf = ({ integrated, truePeak }: TaggedLoudness): TaggedGain => ({
    gain: decibels(reference - integrated),
    truePeak,
  });
  return { reference, track: gainOf(track), album: album && gainOf(album) };
}
