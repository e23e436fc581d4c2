import { decibelsToAmplitude } from "../../loudness/units";
import type { PcmFormat } from "../format";
import { LONG, PHASES, phaseTaps } from "../interpolation";

/**
 * The limiter of docs/limiter.md once more in plain code: everything at once, double precision, every
 * window gone through. The kernel must agree with it; nothing else uses it.
 */

/** Highest absolute value at all sixteenths of a sample in each slice, both ends included. */
export function slicePeaksReference(
  interleaved: Float32Array,
  { channels }: Pick<PcmFormat, "channels">,
  size: number,
): Float64Array {
  const frames = interleaved.length / channels;
  const count = Math.max(1, Math.round(frames / size));
  const peaks = new Float64Array(count);
  const bank = Array.from({ length: PHASES }, (_, phase) => phaseTaps(phase, LONG));
  for (let c = 0; c < channels; c++) {
    const at = (frame: number) => interleaved[frame * channels + c] ?? 0;
    for (let frame = -LONG; frame < frames + LONG; frame++) {
      const slice = Math.min(count - 1, Math.max(0, Math.floor(frame / size)));
      let peak = Math.max(
        Math.abs(frame < 0 ? 0 : at(frame)),
        Math.abs(frame < -1 ? 0 : at(frame + 1)),
      );
      for (const taps of bank) {
        let sum = 0;
        for (let k = 0; k < LONG; k++) {
          const sample = frame - LONG / 2 + 1 + k;
          if (sample >= 0 && sample < frames) sum += taps[k]! * at(sample);
        }
        peak = Math.max(peak, Math.abs(sum));
      }
      peaks[slice] = Math.max(peaks[slice]!, peak);
    }
  }
  return peaks;
}

/**
 * Gain (linear) of each slice, and of one more at both ends, from the peaks in dB. `limit`: what peaks
 * may reach, dB.
 */
export function reductionReference(
  peaks: readonly number[],
  limit: number,
  sliceSeconds: number,
): Float64Array {
  const odd = (seconds: number) => 2 * Math.round(seconds / sliceSeconds / 2) + 1;
  const [bridge, smoothing] = [odd(0.025), odd(0.005)];
  const near = Math.round(0.0015 / sliceSeconds);
  const pad = 3 * bridge + near + 2 * smoothing;
  const count = peaks.length + 2;
  const held = (k: number) => peaks[Math.min(peaks.length - 1, Math.max(0, k - pad))]!;
  const all = Array.from({ length: peaks.length + 2 * pad }, (_, k) => held(k));
  const needs = joinedReference(all, near, bridge).map((peak) => Math.min(0, limit - 0.02 - peak));
  const over = (values: number[], window: number, pick: (...near: number[]) => number) =>
    values.map((_, k) => {
      const half = window >> 1;
      return pick(...values.slice(Math.max(0, k - half), k + half + 1));
    });
  const lowest = over(needs, bridge, Math.min);
  const closed = over(lowest, bridge, Math.max);
  const kept = over(closed, smoothing + 2, Math.min);
  let gain = 0;
  const released = kept.map((value) => (gain = Math.min(value, gain + 300 * sliceSeconds)));
  const half = smoothing >> 1;
  const window = Array.from({ length: smoothing }, (_, i) => {
    return 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 1)) / (smoothing + 1));
  });
  const sum = window.reduce((a, b) => a + b);
  return Float64Array.from({ length: count }, (_, k) => {
    const near = window.map((weight, i) => weight * released[pad - 1 + k + i - half]!);
    return decibelsToAmplitude(near.reduce((a, b) => a + b) / sum);
  });
}

/** Raised to the lines between neighbouring peaks of about one height. */
function joinedReference(all: readonly number[], near: number, bridge: number): number[] {
  const joined = [...all];
  const isPeak = (k: number) =>
    all.slice(Math.max(0, k - near), k).every((peak) => peak < all[k]!) &&
    all.slice(k + 1, k + near + 1).every((peak) => peak <= all[k]!);
  let last = -Infinity;
  all.forEach((peak, k) => {
    if (!isPeak(k)) return;
    const rise = peak - (all[last] ?? Infinity);
    for (let i = last + 1; i < k && k - last <= bridge && Math.abs(rise) <= 3; i++) {
      joined[i] = Math.max(joined[i]!, all[last]! + (rise * (i - last)) / (k - last));
    }
    last = k;
  });
  return joined;
}

/** Samples limited by the gains of their slices; `gains` as above. */
export function limitReference(
  interleaved: Float32Array,
  channels: number,
  gains: Float64Array,
  size: number,
  gain: number,
): Float64Array {
  const frames = interleaved.length / channels;
  const last = gains.length - 3;
  const factor = decibelsToAmplitude(gain);
  return Float64Array.from(interleaved, (sample, i) => {
    const frame = Math.floor(i / channels);
    const slice = Math.min(last, Math.floor(frame / size));
    const length = slice === last ? frames - slice * size : size;
    const u = (frame - slice * size + 0.5) / length;
    const [before, own, after] = [gains[slice]!, gains[slice + 1]!, gains[slice + 2]!];
    const curve = 0.5 * (1 - u) ** 2 * before + (0.5 + u * (1 - u)) * own + 0.5 * u ** 2 * after;
    return sample * factor * curve;
  });
}
