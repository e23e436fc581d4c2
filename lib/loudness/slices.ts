/**
 * What a meter keeps of a programme so that limiting can be foreseen and carried out without
 * another look at the samples: for every slice of about 0.7 ms its highest true peak over all
 * channels and its K-weighted energy, both before any gain.
 *
 * Compact form: one number of 32 bits a slice, the peak in the lower half, the energy in the upper.
 * Both are floats with 16 of their bits (6 of exponent and 10 of fraction for the peak, 7 and 9 for
 * the energy), so that codes order like the values: a peak is rounded up, by at most 0.009 dB, and
 * reaches from -258 to 126 dBFS; an energy is rounded to the nearest, by at most 0.005 dB.
 */
export type SliceCode = number;

/** Slices of one programme, in memory or elsewhere. */
export interface Slices {
  readonly count: number;
  readonly frames: number;
  readonly sampleRate: number;
  /** Copies the slices from `from` on, as many as `target` holds; all of them exist. */
  read(from: number, target: Uint32Array): void;
}

/** The bits of a float that a code leaves out below, and what is taken off its exponent. */
const PEAK_SHIFT = 13;
const PEAK_BIAS = (127 - 43) << 10;
const ENERGY_SHIFT = 14;
const ENERGY_BIAS = (127 - 72) << 9;
const HALF = 0xffff;

/** Seconds that a slice lasts, nearly. */
const SLICE = 0.0007;

const floats = new Float32Array(1);
const bits = new Uint32Array(floats.buffer);

/** Frames of a slice: the power of two nearest to 0.7 ms (32 at 44.1 and 48 kHz). */
export const sliceFrames = (sampleRate: number): number =>
  2 ** Math.round(Math.log2(SLICE * sampleRate));

/**
 * Slices of a programme. All have `sliceFrames` frames but the last, which takes what is left over:
 * from half of that to one and a half.
 */
export const sliceCount = (frames: number, size: number): number =>
  Math.max(1, Math.round(frames / size));

/** The lowest code whose peak is at least this amplitude. */
export function peakCode(amplitude: number): number {
  floats[0] = amplitude;
  const code = Math.ceil(bits[0]! / 2 ** PEAK_SHIFT) - PEAK_BIAS;
  return Math.min(HALF, Math.max(0, code));
}

/** Amplitude (linear). */
export function peakOf(code: SliceCode): number {
  const half = code & HALF;
  if (half === 0) return 0;
  bits[0] = (half + PEAK_BIAS) << PEAK_SHIFT;
  return floats[0]!;
}

export function energyCode(energy: number): number {
  floats[0] = energy;
  const code = Math.round(bits[0]! / 2 ** ENERGY_SHIFT) - ENERGY_BIAS;
  return Math.min(HALF, Math.max(0, code));
}

/** Weighted sum of squares over all frames and channels of the slice (linear). */
export function energyOf(code: SliceCode): number {
  const half = code >>> 16;
  if (half === 0) return 0;
  bits[0] = (half + ENERGY_BIAS) << ENERGY_SHIFT;
  return floats[0]!;
}

export const sliceOf = (amplitude: number, energy: number): SliceCode =>
  (peakCode(amplitude) | (energyCode(energy) << 16)) >>> 0;

export const withPeak = (code: SliceCode, amplitude: number): SliceCode =>
  ((code & ~HALF) | peakCode(amplitude)) >>> 0;

/** Two slices as one. */
export const joined = (a: SliceCode, b: SliceCode): SliceCode =>
  sliceOf(Math.max(peakOf(a), peakOf(b)), energyOf(a) + energyOf(b));
