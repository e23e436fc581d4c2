import { lu, lufs, type Lu, type Lufs } from "./units";

/** BS.1770-5 §5: loudness of a weighted mean square is this plus ten times its logarithm. */
const OFFSET = -0.691;
/** Blocks at or below this are silence (BS.1770-5 §5.1, EBU Tech 3342). */
const ABSOLUTE_GATE = -70;
/** Below the loudness of what passed the absolute gate, in LU. */
const INTEGRATED_GATE = -10;
const RANGE_GATE = -20;
/** EBU Tech 3342: the range lies between these percentiles. */
const LOW_PERCENTILE = 10;
const HIGH_PERCENTILE = 95;

/** Loudness of a weighted mean square (linear, channels summed); 0 gives `-Infinity`. */
export function loudnessOfPower(meanSquare: number): Lufs {
  return lufs(OFFSET + 10 * Math.log10(meanSquare));
}

export function powerOfLoudness(loudness: number): number {
  return 10 ** ((loudness - OFFSET) / 10);
}

/**
 * Integrated loudness of one programme (BS.1770-5 §5.1) from the weighted mean squares of its
 * 400 ms gating blocks. `-Infinity` when no block passes the gates.
 */
export function integratedLoudness(blocks: Float64Array): Lufs {
  return albumLoudness([blocks]);
}

/**
 * The same once every sample is multiplied by the gain. Not the sum of two numbers: the absolute
 * gate stands still while the blocks move.
 */
export function loudnessAfterGain(blocks: Float64Array, gain: number): Lufs {
  return albumLoudness([blocks], [gain]);
}

/** Whether a gain brings blocks over the absolute gate or below it. Without, it adds up with loudness. */
export function crossesGate(blocks: Float64Array, gain: number): boolean {
  const gate = powerOfLoudness(ABSOLUTE_GATE);
  const moved = powerOfLoudness(ABSOLUTE_GATE - gain);
  const [low, high] = gain > 0 ? [moved, gate] : [gate, moved];
  for (const power of blocks) if (power > low && power <= high) return true;
  return false;
}

/**
 * Loudness of several programmes heard as one: the gates apply to the union of all blocks, so a
 * quiet song of a loud album is judged against the album and long songs count for more. `gains`: dB
 * that each is changed by first.
 */
export function albumLoudness(
  programmes: readonly Float64Array[],
  gains: readonly number[] = [],
): Lufs {
  const factors = programmes.map((_, i) => 10 ** ((gains[i] ?? 0) / 10));
  return loudnessOfPower(meanAbove(programmes, gatePower(programmes, factors), factors));
}

/** Blocks at or below this do not count for the integrated loudness of their programme. */
export function integratedGate(blocks: Float64Array): Lufs {
  return loudnessOfPower(gatePower([blocks]));
}

function gatePower(programmes: readonly Float64Array[], factors?: readonly number[]): number {
  const absolute = powerOfLoudness(ABSOLUTE_GATE);
  const relative = meanAbove(programmes, absolute, factors) * 10 ** (INTEGRATED_GATE / 10);
  return Math.max(absolute, relative);
}

/** Mean of the blocks above a threshold, each multiplied by its programme's factor; 0 of none. */
function meanAbove(
  programmes: readonly Float64Array[],
  threshold: number,
  factors: readonly number[] = [],
): number {
  let sum = 0;
  let count = 0;
  programmes.forEach((blocks, i) => {
    const factor = factors[i] ?? 1;
    for (const power of blocks) {
      if (power * factor > threshold) {
        sum += power * factor;
        count++;
      }
    }
  });
  return count === 0 ? 0 : sum / count;
}

/**
 * Loudness range (EBU Tech 3342 §3) from short-term loudness values in LUFS, taken from full 3 s
 * windows every 100 ms. 0 when no value passes the gates, as in sounds shorter than 3 s.
 */
export function loudnessRange(shortTerm: ArrayLike<number>): Lu {
  const audible = Float64Array.from(shortTerm).filter((loudness) => loudness >= ABSOLUTE_GATE);
  let power = 0;
  for (const loudness of audible) power += powerOfLoudness(loudness);
  const gate = loudnessOfPower(power / audible.length) + RANGE_GATE;
  const gated = audible.filter((loudness) => loudness >= gate).sort();
  if (gated.length === 0) return lu(0);
  return lu(percentile(gated, HIGH_PERCENTILE) - percentile(gated, LOW_PERCENTILE));
}

/** Tech 3342 §3 takes the nearest of the sorted values: number round((n - 1) · p / 100 + 1). */
function percentile(sorted: Float64Array, percent: number): number {
  return sorted[Math.round(((sorted.length - 1) * percent) / 100)] ?? Number.NaN;
}
