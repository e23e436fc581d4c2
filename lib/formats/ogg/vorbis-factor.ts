/**
 * Which factor a song's values are scaled by. `minimum` and `delta` of a codebook have 21 bits of
 * mantissa each, so not every factor leaves them exact, and where the two are rounded apart a value
 * that was 0 no longer is. Both are whole multiples of a common unit, mostly a small one apart
 * (`minimum` = -9 · `delta`): only the unit is scaled, so their ratio always stays, and 0 stays 0.
 * What is left is that the units of different codebooks may be rounded differently; among the
 * factors near the wanted one there are nearly always some with which none of them is.
 */
import { amplitudeToDecibels, decibels, type Decibels } from "@/lib/loudness/units";
import type { VorbisFloat } from "./vorbis-float";

/** A codebook's common unit, and the largest whole number that can take its place. */
export interface Unit {
  readonly odd: number;
  readonly most: number;
}

/** `numerator / denominator · 2^exponent` */
export interface Factor {
  readonly numerator: number;
  readonly denominator: number;
  readonly exponent: number;
}

/** `odd · 2^exponent` in place of a unit, and how far that is from its product with the factor. */
interface ScaledUnit {
  readonly odd: number;
  readonly exponent: number;
  readonly error: number;
}

const MOST_MANTISSA = 2 ** 21 - 1;
/** How far the factor may be from the wanted one. Loudness is to be within 0.02 LU. */
const REACH = decibels(0.015);
/** Relative error that rounding may leave in a codebook: as much as float arithmetic costs. */
const MOST_ERROR = 1e-6;
/** More than any encoder's tables have; bounds the search. */
const MOST_UNITS = 1000;

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);

/** Null where both are 0: such a book stays as it is. */
export const unitOf = (minimum: VorbisFloat, delta: VorbisFloat): Unit | null => {
  const odd = greatestCommonDivisor(minimum.odd, delta.odd);
  if (odd === 0) return null;
  const greatest = Math.max(minimum.odd, delta.odd) / odd;
  return { odd, most: Math.floor(MOST_MANTISSA / greatest) };
};

const scaleUnit = (unit: Unit, { numerator, denominator, exponent }: Factor): ScaledUnit => {
  const product = (unit.odd * numerator) / denominator;
  let shift = Math.floor(Math.log2(unit.most / product));
  if (Math.round(product * 2 ** shift) > unit.most) shift--;
  const wanted = product * 2 ** shift;
  const odd = Math.round(wanted);
  return { odd, exponent: exponent - shift, error: Math.abs(odd / wanted - 1) };
};

/** Scales one of the two floats that `unit` is the unit of. */
export const scaleFloat = (value: VorbisFloat, unit: Unit, factor: Factor): VorbisFloat => {
  if (value.odd === 0) return value;
  const scaled = scaleUnit(unit, factor);
  return {
    negative: value.negative,
    odd: (value.odd / unit.odd) * scaled.odd,
    exponent: value.exponent + scaled.exponent,
  };
};

const BITS_PER_DECIBEL = Math.log2(10) / 20;

export const factorGain = ({ numerator, denominator, exponent }: Factor): Decibels =>
  decibels(amplitudeToDecibels(numerator / denominator) + exponent / BITS_PER_DECIBEL);

/**
 * The nearest factor with which no unit is rounded, else the one that rounds least. Null where all
 * within reach round too much.
 *
 * @param atMost the factor is never above this.
 */
export function chooseFactor(
  units: readonly Unit[],
  wanted: Decibels,
  atMost: Decibels,
): Factor | null {
  const distinct = [...new Map(units.map((unit) => [`${unit.odd}/${unit.most}`, unit])).values()];
  distinct.sort((a, b) => a.most - b.most);
  const [coarsest] = distinct;
  if (coarsest === undefined || distinct.length > MOST_UNITS) return null;

  // Every factor that leaves the coarsest unit exact is a candidate.
  const center = Math.min(wanted, atMost);
  const bits = center * BITS_PER_DECIBEL;
  const shift = Math.floor(Math.log2(coarsest.most / coarsest.odd) - bits);
  const middle = coarsest.odd * 2 ** (bits + shift);
  const highest = Math.min(wanted + REACH, atMost + 1e-9);
  const from = Math.ceil(middle * 10 ** (-REACH / 20));
  const to = Math.floor(middle * 10 ** ((highest - center) / 20));
  let best: { readonly factor: Factor; readonly error: number; readonly distance: number } | null =
    null;
  for (let numerator = from; numerator <= to; numerator++) {
    const factor = { numerator, denominator: coarsest.odd, exponent: -shift };
    const distance = Math.abs(numerator - middle);
    const limit: number = best?.error ?? MOST_ERROR;
    let error = 0;
    for (const unit of distinct) {
      error = Math.max(error, scaleUnit(unit, factor).error);
      if (error > limit) break;
    }
    if (error > limit || (error === limit && distance >= (best?.distance ?? Infinity))) continue;
    best = { factor, error, distance };
  }
  return best?.factor ?? null;
}
