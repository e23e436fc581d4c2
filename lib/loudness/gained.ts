import { integratedLoudness, loudnessRange } from "./gating";
import type { Measurement, MeasurementDetail } from "./measurement";
import { dbtp, lufs, type Decibels } from "./units";

/** Values of the short-term curve before its window has filled; the range leaves them out. */
const FILLING = 29;

/**
 * What the same programme measures once every sample is multiplied by the gain. Not the sum of two
 * numbers: the absolute gate stands still while the blocks move, so the gates are applied anew.
 * For gains after which no sample exceeds full scale.
 */
export function withGain(
  before: Measurement,
  { gatingBlocks, shortTermCurve }: MeasurementDetail,
  gain: Decibels,
): Measurement {
  const power = 10 ** (gain / 10);
  return {
    ...before,
    integrated: integratedLoudness(gatingBlocks.map((block) => block * power)),
    range: loudnessRange(shortTermCurve.slice(FILLING).map((loudness) => loudness + gain)),
    truePeak: dbtp(before.truePeak + gain),
    samplePeak: dbtp(before.samplePeak + gain),
    samplesOverFullScale: 0,
    momentaryMax: lufs(before.momentaryMax + gain),
    shortTermMax: lufs(before.shortTermMax + gain),
  };
}
