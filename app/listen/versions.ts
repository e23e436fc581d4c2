import type { HeardSong, Sound } from "@/lib/session/listening";
import type { Version } from "@/lib/listening/levels";
import type { Samples } from "@/lib/listening/player";
import { decibels, type Decibels } from "@/lib/loudness/units";

/** What there is to hear of a song, and how it is best heard first. */
export interface Versions {
  readonly kind: "delivered" | "planned" | "single" | "only-after";
  readonly samples: Readonly<Record<Version, Samples>>;
  readonly gain: Decibels;
  /** Only a beginning of the song is there. */
  readonly cut: boolean;
}

export const samplesOf = (
  { sampleRate, channels, measurement }: Sound,
  gain = decibels(0),
): Samples => ({
  sampleRate,
  channels,
  integrated: measurement.integrated,
  truePeak: measurement.truePeak,
  gain,
});

export function versionsOf({ before, after, gain }: HeardSong): Versions {
  const cut = before?.cut === true || after?.cut === true;
  const common = { gain, cut };
  if (before && after) {
    return {
      ...common,
      kind: "delivered",
      samples: { before: samplesOf(before), after: samplesOf(after) },
    };
  }
  // One of them is always there.
  const only = samplesOf((before ?? after)!);
  if (before && gain !== 0) {
    return { ...common, kind: "planned", samples: { before: only, after: { ...only, gain } } };
  }
  const kind = before ? "single" : "only-after";
  return { ...common, kind, samples: { before: only, after: only } };
}
