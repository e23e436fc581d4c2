import type { Programme } from "@/lib/loudness/plan";
import type { OutputFormat } from "@/lib/settings/settings";
import type { Measured } from "./outcome";

/** What is planned with: a measured song, once it is known what it is delivered as. */
export function programmeOf(
  { measurement, detail, limiting, encoders }: Measured,
  outputFormat: OutputFormat,
) {
  return {
    integrated: measurement.integrated,
    truePeak: measurement.truePeak,
    gatingBlocks: detail.gatingBlocks,
    limiting,
    margins: encoders[outputFormat],
  } as const satisfies Programme;
}
