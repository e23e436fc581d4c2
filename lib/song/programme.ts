import type { Programme } from "@/lib/loudness/plan";
import type { EncodingWay } from "@/lib/settings/settings";
import type { Measured } from "./outcome";

/**
 * What is planned with: a measured song, once it is known what it is delivered as; `way` null = as it
 * is, with another gain in its coded audio.
 */
export function programmeOf(
  { measurement, detail, limiting, encoders }: Measured,
  way: EncodingWay | null,
) {
  return {
    integrated: measurement.integrated,
    truePeak: measurement.truePeak,
    gatingBlocks: detail.gatingBlocks,
    limiting,
    ...(way && { margins: encoders[way.whenEncodedAgain][way.outputFormat] }),
  } as const satisfies Programme;
}
