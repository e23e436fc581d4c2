import type { Prediction } from "./prediction";
import { dbtp, decibels, lu, type Dbtp, type Lu } from "./units";

/**
 * What limiting costs a programme: LU that it takes away, by how far the peaks would stand over the
 * ceiling with the gain alone. That depends only on gain less ceiling (the absolute gate aside), so
 * a page re-scores songs against any settings with it, without their slices.
 *
 * A value for each of `OVERS`, as far as more gain still brings loudness. At most 44 bytes.
 */
export type LimitingCurve = Float32Array;

/** dB over the ceiling. Settings allow up to 20 dB of limiting. */
const OVERS = [0, 1, 2, 3, 4, 5, 6, 8, 11, 15, 20] as const;

/** LU that a decibel of gain must bring at least for the gain to be raised. */
export const LEAST_YIELD = 0.3;
/** The curve goes on until a decibel brings no more than this, so that the stop lies within it. */
const END_YIELD = 0.2;

/** A ceiling as most people have it. Only programmes near silence know the difference. */
const CEILING = dbtp(-1);

export function limitingCurve(prediction: Prediction, truePeak: Dbtp): LimitingCurve {
  const gains = OVERS.slice(1).map((over) => decibels(CEILING - truePeak + over));
  const losses = [0, ...prediction.lossesAt(gains, CEILING)];
  const end = losses.findIndex((loss, i) => {
    const brought = i === 0 ? 1 : 1 - (loss - losses[i - 1]!) / (OVERS[i]! - OVERS[i - 1]!);
    return brought < END_YIELD;
  });
  return Float32Array.from(end < 0 ? losses : losses.slice(0, end + 1));
}

/** LU that limiting takes at so many dB over the ceiling: a monotone cubic through the curve. */
export function lossAtOver(curve: LimitingCurve, over: number): Lu {
  const last = curve.length - 1;
  if (over <= 0 || last < 0) return lu(0);
  // A curve that ends early does so because more gain brings next to nothing.
  const end = OVERS[last]!;
  const beyond = last === OVERS.length - 1 ? slopeAt(curve, last) : 1;
  if (over >= end) return lu(curve[last]! + beyond * (over - end));
  let i = 0;
  while (OVERS[i + 1]! < over) i++;
  const width = OVERS[i + 1]! - OVERS[i]!;
  const t = (over - OVERS[i]!) / width;
  const [from, to] = [curve[i]!, curve[i + 1]!];
  const [leaving, arriving] = [slopeAt(curve, i) * width, slopeAt(curve, i + 1) * width];
  const [square, cube] = [t * t, t * t * t];
  return lu(
    (2 * cube - 3 * square + 1) * from +
      (cube - 2 * square + t) * leaving +
      (3 * square - 2 * cube) * to +
      (cube - square) * arriving,
  );
}

/** Slope at a point by its neighbours, as Fritsch and Butland (1984) keep a cubic monotone. */
function slopeAt(curve: LimitingCurve, i: number): number {
  const secant = (k: number) => (curve[k + 1]! - curve[k]!) / (OVERS[k + 1]! - OVERS[k]!);
  if (i === 0) return secant(0);
  if (i === curve.length - 1) return secant(i - 1);
  const [left, right] = [secant(i - 1), secant(i)];
  if (left * right <= 0) return 0;
  const [a, b] = [OVERS[i]! - OVERS[i - 1]!, OVERS[i + 1]! - OVERS[i]!];
  return (3 * (a + b)) / ((2 * b + a) / left + (b + 2 * a) / right);
}

/** dB over the ceiling up to which each further decibel brings `LEAST_YIELD` at least. */
export function mostUsefulOver(curve: LimitingCurve): number {
  const known = useful.get(curve);
  if (known !== undefined) return known;
  const over = findMostUseful(curve);
  useful.set(curve, over);
  return over;
}

/** A curve does not change, and a page asks for hundreds of songs whenever a setting does. */
const useful = new WeakMap<LimitingCurve, number>();

function findMostUseful(curve: LimitingCurve): number {
  const pays = (over: number) =>
    1 - (lossAtOver(curve, over + 1) - lossAtOver(curve, over)) >= LEAST_YIELD;
  const end = OVERS[Math.max(0, curve.length - 1)]!;
  let over = 0;
  while (over < end && pays(over)) over += SCAN;
  if (over === 0) return 0;
  let [low, high] = [over - SCAN, Math.min(over, end)];
  for (let i = 0; i < 8; i++) {
    const middle = (low + high) / 2;
    if (pays(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** dB between the places where the yield is looked at. */
const SCAN = 0.25;
