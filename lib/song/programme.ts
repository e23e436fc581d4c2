import type { Programme, Target } from "@/lib/loudness/plan";
import type { OutputFormat } from "@/lib/settings/settings";
import type { Measured } from "./outcome";

/** What is planned with: a measured song, once it is known what it is delivered as. */
export function programmeOf(
  { measurement, detail, limiting, encoders }: Measured,
  outputFormat: OutputFormat,
  { whenPeaksTooHigh }: Pick<Target, "whenPeaksTooHigh">,
) {
  const { toLimited, toUntouched } = encoders[outputFormat];
  return {
    integrated: measurement.integrated,
    truePeak: measurement.truePeak,
    gatingBlocks: detail.gatingBlocks,
    limiting,
    margin: whenPeaksTooHigh === "quieter" ? toUntouched : toLimited,
  } as const satisfies Programme;
}
