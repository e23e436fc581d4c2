import { describe, expect, test } from "vitest";
import { gainToGoal } from "@/lib/loudness/gain-to-goal";
import { limitingCurve } from "@/lib/loudness/limiting-curve";
import { planGain, type Target } from "@/lib/loudness/plan";
import { dbtp, decibels, lu, lufs } from "@/lib/loudness/units";
import {
  amplitude,
  fromFunction,
  inPhase,
  interleave,
  parts,
  random,
  silence,
  tone,
  type Pcm,
} from "../../support/signals";
import { limitWhole, loadKernel, lookCloser, measure, slice, type Sliced } from "./kernel";

const kernel = loadKernel();
const RATE = 44_100;
const CEILING = -1;

const target = (loudness: number, mostLimiting = 6): Target => ({
  loudness: lufs(loudness),
  ceiling: dbtp(CEILING),
  accuracy: lu(0.2),
  whenPeaksTooHigh: "limit",
  mostLimiting: decibels(mostLimiting),
  onlyTurnDown: false,
});

/** Chords, a bass, drums of many strengths, and soft passages. */
function music(seconds: number, seed: number, sampleRate = RATE, channels = 2): Pcm {
  const next = random(seed);
  const beat = Math.round(0.37 * sampleRate);
  const strengths = Float64Array.from({ length: Math.ceil(seconds / 0.37) + 1 }, () => {
    return Math.abs(next()) * (Math.abs(next()) < 0.3 ? 1.6 : 0.6);
  });
  return interleave(
    sampleRate,
    Array.from({ length: channels }, (_, c) => {
      const white = random(seed + c);
      let last = 0;
      // As in music, next to nothing lies at half the sample rate.
      const noise = () => last + (last = white());
      const turn = (hz: number, i: number) => Math.sin((2 * Math.PI * hz * i) / sampleRate + c);
      return fromFunction(Math.round(seconds * sampleRate), (i) => {
        const part = 0.55 + 0.45 * Math.sin(i / (2.5 * sampleRate));
        const since = (i % beat) / sampleRate;
        const drum = strengths[Math.floor(i / beat)]! * Math.exp(-since * 25);
        const chord = turn(220, i) + turn(277, i) + turn(331, i) + 0.3 * turn(1320, i);
        return (
          0.5 * part * (0.2 * chord + 0.35 * turn(55, i)) +
          drum * (0.5 * Math.sin(2 * Math.PI * 60 * since) + 0.125 * noise())
        );
      });
    }),
  );
}

interface Kept {
  readonly planned: ReturnType<typeof planGain>;
  readonly foreseen: ReturnType<typeof gainToGoal>;
  readonly rendered: { readonly integrated: number; readonly truePeak: number };
  readonly curve: Float32Array;
}

/** What a page plans from the curve, what a worker solves, and what the samples then measure. */
function keep(pcm: Pcm, asked: Target): Kept {
  const sliced = slice(kernel, pcm);
  const { measurement, detail } = sliced.measured;
  const curve = curveOf(sliced);
  const programme = { ...measurement, gatingBlocks: detail.gatingBlocks, limiting: curve };
  const planned = planGain(programme, asked);
  if (planned.kind !== "gain" && planned.kind !== "limit") throw new Error(planned.kind);
  lookCloser(kernel, sliced, planned.gain, asked.ceiling);
  const prediction = kernel.prediction(sliced);
  const goal = { loudness: planned.expected, ceiling: asked.ceiling };
  const foreseen = gainToGoal(
    prediction,
    goal,
    planned.kind === "limit" ? asked.mostLimiting : null,
  );
  prediction.dispose();
  const out = pcm.samples.slice();
  if (foreseen.ceiling === null) kernel.gain(foreseen.gain).process(out);
  const limited =
    foreseen.ceiling === null
      ? { ...pcm, samples: out }
      : limitWhole(kernel, pcm, foreseen.gain, asked.ceiling).pcm;
  return { planned, foreseen, rendered: measure(kernel, limited).measurement, curve };
}

function curveOf(sliced: Sliced): Float32Array {
  const prediction = kernel.prediction(sliced);
  const curve = limitingCurve(prediction, sliced.measured.measurement.truePeak);
  prediction.dispose();
  return curve;
}

describe("what limiting leaves is foreseen", () => {
  test.each([1, 2, 3, 4, 6, 8, 12])("at %i dB over the ceiling, to 0.03 LU and 0.01 dB", (over) => {
    for (const seed of [1, 2]) {
      const pcm = music(8, seed);
      const sliced = slice(kernel, pcm);
      const { truePeak } = sliced.measured.measurement;
      const gain = CEILING + over - truePeak;
      lookCloser(kernel, sliced, gain, CEILING);
      const prediction = kernel.prediction(sliced);
      const foreseen = prediction.at(decibels(gain), dbtp(CEILING));
      prediction.dispose();
      const pilot = interleave(RATE, [
        fromFunction(pcm.samples.length / 2, (i) => pcm.samples[2 * i]!),
        fromFunction(pcm.samples.length / 2, (i) => pcm.samples[2 * i + 1]!),
        fromFunction(pcm.samples.length / 2, () => 1e-4),
      ]);
      const out = limitWhole(kernel, pilot, gain, CEILING).pcm.samples;
      const stereo = interleave(RATE, [
        fromFunction(out.length / 3, (i) => out[3 * i]!),
        fromFunction(out.length / 3, (i) => out[3 * i + 1]!),
      ]);
      const { integrated, truePeak: peak } = measure(kernel, stereo).measurement;
      expect(Math.abs(foreseen.integrated - integrated)).toBeLessThan(0.03);
      expect(Math.abs(foreseen.truePeak - peak)).toBeLessThan(0.03);
      let lowest = 1;
      for (let i = 2; i < out.length; i += 3) lowest = Math.min(lowest, out[i]! / 1e-4);
      const deepest = gain - 20 * Math.log10(lowest);
      expect(Math.abs(deepest - foreseen.limited)).toBeLessThan(0.01);
    }
  });

  test("by the curve as by the slices, to 0.03 LU, in at most 1 kB", () => {
    for (const [seed, loudness] of [
      [3, -14],
      [4, -11],
      [5, -9],
    ] as const) {
      const { planned, foreseen, rendered, curve } = keep(music(10, seed), target(loudness, 12));
      expect(planned.kind).toBe("limit");
      expect(Math.abs(foreseen.expected.integrated - planned.expected)).toBeLessThan(0.03);
      expect(Math.abs(rendered.integrated - planned.expected)).toBeLessThan(0.03);
      expect(curve.byteLength).toBeLessThanOrEqual(1024);
    }
  });
});

test("many limits together take what each takes alone", () => {
  const prediction = kernel.prediction(slice(kernel, music(8, 6)));
  const gains = [0, 15, 1, 3, 2, 9, 4, -20, 6, 5, 12, 20].map(decibels);
  const ceiling = dbtp(CEILING);
  const alone = gains.map((gain) => prediction.lossesAt([gain], ceiling)[0]);
  expect(prediction.lossesAt(gains, ceiling)).toEqual(alone);
  expect(new Set(alone).size).toBeGreaterThan(8);
  prediction.dispose();
});

const next = random(11);
const second = (value: (i: number) => number, seconds = 4, rate = RATE) =>
  fromFunction(seconds * rate, value);
const square = (hz: number, level: number) => (i: number) =>
  ((i * hz) / RATE) % 1 < 0.5 ? level : -level;

describe("a plan is kept to 0.1 LU, under the ceiling", () => {
  test.each<[string, () => Pcm, Target]>([
    [
      "clicks on music",
      () => {
        const pcm = music(8, 7);
        for (let i = 0; i < pcm.samples.length; i += 2 * 6000) pcm.samples[i] = 0.99;
        return pcm;
      },
      target(-14),
    ],
    [
      "clicks 10 ms apart",
      () =>
        inPhase(
          RATE,
          second((i) => 0.05 * Math.sin(i / 20) + (i % 441 === 0 ? 0.9 : 0)),
        ),
      target(-14),
    ],
    [
      "one sample at full scale in silence",
      () =>
        inPhase(
          RATE,
          second((i) => (i === 50_000 ? 1 : 0)),
        ),
      target(-30),
    ],
    ["noise", () => interleave(RATE, [second(() => 0.3 * next()), second(next)]), target(-8)],
    ["a square wave", () => inPhase(RATE, second(square(997, 0.5))), target(-3)],
    [
      "a constant",
      () =>
        inPhase(
          RATE,
          second((i) => (i > 3000 ? 0.5 : 0)),
        ),
      target(-14),
    ],
    ["8 kHz mono", () => music(6, 8, 8000, 1), target(-12)],
    ["192 kHz 7.1", () => music(1, 9, 192_000, 8), target(-6)],
    [
      "40 dB to go",
      () => {
        const pcm = music(6, 10);
        return { ...pcm, samples: pcm.samples.map((sample) => sample * amplitude(-42)) };
      },
      target(-14),
    ],
    [
      "40 dB to go, from near silence",
      () => inPhase(RATE, parts(RATE, [tone(-74, 3), tone(-62, 1), silence(1), tone(-72, 2)])),
      target(-30),
    ],
    ["0.2 s", () => music(0.2, 12), target(-8)],
    ["0.01 s", () => music(0.01, 13), target(-8)],
    [
      "floats 30 dB over full scale",
      () => {
        const pcm = music(6, 14);
        return { ...pcm, samples: pcm.samples.map((sample) => sample * amplitude(30)) };
      },
      target(-10),
    ],
  ])("%s", (_, make, asked) => {
    const pcm = make();
    const { planned, rendered } = keep(pcm, asked);
    expect(Math.abs(rendered.integrated - planned.expected)).toBeLessThan(0.1);
    expect(rendered.truePeak).toBeLessThan(CEILING + 0.05);
    if (planned.kind !== "limit" && planned.kind !== "gain") return;
    expect(planned.limited).toBeLessThanOrEqual(asked.mostLimiting);
    // Never quieter than gain alone to the ceiling.
    const { integrated, truePeak } = measure(kernel, pcm).measurement;
    const alone = Math.min(asked.loudness, integrated + CEILING - truePeak);
    expect(rendered.integrated).toBeGreaterThan(alone - 0.1);
    // At the target, or the plan says why not.
    if (planned.heldBy === null) {
      expect(Math.abs(rendered.integrated - asked.loudness)).toBeLessThan(asked.accuracy + 0.1);
    }
  });
});
