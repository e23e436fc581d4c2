import type { Programme } from "@/lib/loudness/plan";
import type { OutputFormat } from "@/lib/settings/settings";
import type { Measured } from "./outcome";

/**
 * What is planned with: a measured song, once it is known what it is delivered as; null = as it is,
 * with another gain in its coded audio.
 */
export function programmeOf(
  { measurement, detail, limiting, encoders }: Measured,
  outputFormat: OutputFormat | null,
) {
  return {
    integrated: measurement.integrated,
    truePeak: measurement.truePeak,
    gatingBlocks: detail.gatingBlocks,
    limiting,
    ...(outputFormat && { margins: encoders[outputFormat] }),
  } as const satisfies Programme;
}
