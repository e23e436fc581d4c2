import { integratedLoudness, loudnessOfPower, loudnessRange } from "../loudness/gating";
import type { Measurement, MeasurementDetail } from "../loudness/measurement";
import { amplitudeToDecibels, dbtp, seconds } from "../loudness/units";
import { checkFormat, type PcmFormat } from "./format";
import { LONG, PHASES, phaseTaps } from "./interpolation";
import { kWeighting, type Biquad } from "./k-weighting";

/**
 * The meter once more in plain code: the whole programme at once, double precision, every window
 * and every sixteenth of a sample looked at. The kernel must agree with it; nothing else uses it.
 */
export function measureReference(
  interleaved: Float32Array,
  format: PcmFormat,
): { measurement: Measurement; detail: Omit<MeasurementDetail, "peakCurve"> } {
  checkFormat(format);
  const { sampleRate, channels, weights } = format;
  const frames = Math.floor(interleaved.length / channels);
  const { shelf, highPass } = kWeighting(sampleRate);
  /** Weighted sum of squares of all frames before each frame. */
  const energy = new Float64Array(frames + 1);
  let truePeak = 0;
  let samplePeak = 0;
  let over = 0;
  for (let c = 0; c < channels; c++) {
    const signal = Float64Array.from({ length: frames }, (_, i) => interleaved[i * channels + c]!);
    for (const sample of signal) {
      samplePeak = Math.max(samplePeak, Math.abs(sample));
      if (Math.abs(sample) > 1) over++;
    }
    if (sampleRate < 192_000) truePeak = Math.max(truePeak, interpolatedPeak(signal));
    const weighted = filter(highPass, filter(shelf, signal));
    const weight = weights[c]! * (format.dualMono === true ? 2 : 1);
    let sum = 0;
    for (let i = 0; i < frames; i++) {
      sum += weight * weighted[i]! ** 2;
      energy[i + 1] = energy[i + 1]! + sum;
    }
  }

  const boundary = (step: number) => Math.floor((step * sampleRate) / 100);
  /** Mean square of the `length` seconds before a frame; silence before the start. */
  const power = (end: number, start: number, length: number) =>
    (energy[end]! - energy[Math.max(0, start)]!) / (length * sampleRate);
  let momentaryMax = 0;
  let shortTermMax = 0;
  const momentary: number[] = [];
  const shortTerm: number[] = [];
  for (let step = 1; step <= Math.ceil((frames * 100) / sampleRate); step++) {
    const end = Math.min(boundary(step), frames);
    const m = power(end, step < 40 ? 0 : boundary(step - 40), 0.4);
    const s = power(end, step < 300 ? 0 : boundary(step - 300), 3);
    momentaryMax = Math.max(momentaryMax, m);
    shortTermMax = Math.max(shortTermMax, s);
    if (step % 10 === 0 && boundary(step) <= frames) {
      momentary.push(m);
      shortTerm.push(s);
    }
  }
  const gatingBlocks =
    frames > 0 && frames < 0.4 * sampleRate
      ? Float64Array.of(energy[frames]! / frames)
      : Float64Array.from(momentary.slice(3));
  const shortTermLoudness = shortTerm.map(loudnessOfPower);
  return {
    measurement: {
      integrated: integratedLoudness(gatingBlocks),
      range: loudnessRange(shortTermLoudness.slice(29)),
      truePeak: dbtp(amplitudeToDecibels(Math.max(truePeak, samplePeak))),
      samplePeak: dbtp(amplitudeToDecibels(samplePeak)),
      samplesOverFullScale: over,
      momentaryMax: loudnessOfPower(momentaryMax),
      shortTermMax: loudnessOfPower(shortTermMax),
      duration: seconds(frames / sampleRate),
    },
    detail: {
      gatingBlocks,
      shortTermCurve: Float32Array.from(shortTermLoudness),
      momentaryCurve: Float32Array.from(momentary, loudnessOfPower),
    },
  };
}

/** Direct form I. */
function filter({ b, a }: Biquad, input: Float64Array): Float64Array {
  const output = new Float64Array(input.length);
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  for (let i = 0; i < input.length; i++) {
    const x = input[i]!;
    const y = b[0] * x + b[1] * x1 + b[2] * x2 - a[0] * y1 - a[1] * y2;
    [x2, x1, y2, y1] = [x1, x, y1, y];
    output[i] = y;
  }
  return output;
}

/** Highest absolute value at all sixteenths of a sample, with silence around the signal. */
function interpolatedPeak(signal: Float64Array): number {
  const padded = new Float64Array(signal.length + 2 * LONG);
  padded.set(signal, LONG);
  let peak = 0;
  for (let phase = 1; phase < PHASES; phase++) {
    const taps = phaseTaps(phase, LONG);
    for (let n = 0; n + LONG <= padded.length; n++) {
      let sum = 0;
      for (let k = 0; k < LONG; k++) sum += taps[k]! * padded[n + k]!;
      peak = Math.max(peak, Math.abs(sum));
    }
  }
  return peak;
}
