import { channelWeights, type Kernel, type MeterResult } from "@/lib/kernel";
import { kWeighting, type Biquad } from "@/lib/kernel/k-weighting";
import {
  inPhase,
  interleave,
  parts,
  peakBurst,
  peakTone,
  silence,
  tone,
  type Part,
  type Pcm,
} from "../../support/signals";
import { measure } from "./kernel";

export interface Reading {
  readonly source: string;
  readonly name: string;
  readonly quantity: string;
  readonly expected: number;
  readonly measured: number;
  /** How far below and above `expected` a pass may lie. */
  readonly tolerance: readonly [below: number, above: number];
}

export const RATES = [44_100, 48_000, 96_000];

const LOUDNESS = [0.03, 0.03] as const;
const MAXIMUM = [0.1, 0.1] as const;
const RANGE = [0.1, 0.1] as const;
const TRUE_PEAK = [0.2, 0.1] as const;

export const passes = ({ expected, measured, tolerance: [below, above] }: Reading): boolean =>
  measured === expected || (measured >= expected - below && measured <= expected + above);

/** Measures every case at one rate. The tolerances are tighter than those of the sources. */
export function readings(kernel: Kernel, rate: number): Reading[] {
  return [...tech3341(kernel, rate), ...tech3342(kernel, rate), ...bs2217(kernel, rate)];
}

const stereo = (rate: number, ...list: Part[]): Pcm => inPhase(rate, parts(rate, list));
const worstOf = (values: readonly number[], expected: number): number =>
  values.reduce((worst, v) => (Math.abs(v - expected) > Math.abs(worst - expected) ? v : worst));
const index20 = Array.from({ length: 20 }, (_, i) => i);

function tech3341(kernel: Kernel, rate: number): Reading[] {
  const list: Reading[] = [];
  const add = (
    number: number | string,
    quantity: string,
    expected: number,
    measured: number,
    tolerance: Reading["tolerance"],
  ) => {
    const name = `case ${number}`;
    list.push({ source: "EBU Tech 3341", name, quantity, expected, measured, tolerance });
  };
  const meter = (pcm: Pcm) => measure(kernel, pcm);

  for (const [number, level] of [
    [1, -23],
    [2, -33],
  ] as const) {
    const { measurement } = meter(stereo(rate, tone(level, 20)));
    add(number, "integrated", level, measurement.integrated, LOUDNESS);
    add(number, "momentary max", level, measurement.momentaryMax, MAXIMUM);
    add(number, "short-term max", level, measurement.shortTermMax, MAXIMUM);
  }
  const gated: [number, Part[]][] = [
    [3, [tone(-36, 10), tone(-23, 60), tone(-36, 10)]],
    [4, [tone(-72, 10), tone(-36, 10), tone(-23, 60), tone(-36, 10), tone(-72, 10)]],
    [5, [tone(-26, 20), tone(-20, 20.1), tone(-26, 20)]],
  ];
  for (const [number, list] of gated) {
    add(number, "integrated", -23, meter(stereo(rate, ...list)).measurement.integrated, LOUDNESS);
  }
  const five = interleave(
    rate,
    [-28, -28, -24, -30, -30].map((level) => parts(rate, [tone(level, 20)])),
  );
  add(
    6,
    "integrated",
    -23,
    measure(kernel, five, {
      sampleRate: rate,
      channels: 5,
      weights: channelWeights("5.0(side)", 5),
    }).measurement.integrated,
    LOUDNESS,
  );

  const repeat = (times: number, ...list: Part[]) =>
    Array.from({ length: times }, () => list).flat();
  const nine = meter(stereo(rate, ...repeat(5, tone(-20, 1.34), tone(-30, 1.66))));
  const shortTerm = Array.from(nine.detail.shortTermCurve.subarray(29));
  add(9, "short-term, constant", -23, worstOf(shortTerm, -23), MAXIMUM);
  const ten = index20.map(
    (i) =>
      meter(stereo(rate, silence(i * 0.15), tone(-23, 3), silence(1))).measurement.shortTermMax,
  );
  add(10, "short-term max, worst of 20", -23, worstOf(ten, -23), MAXIMUM);
  live(rate, 3, 0.15, (i, measurement) =>
    add(`11.${i + 1}`, "short-term max", i - 38, measurement.shortTermMax, MAXIMUM),
  );
  const twelve = meter(stereo(rate, ...repeat(25, tone(-20, 0.18), tone(-30, 0.22))));
  const momentary = Array.from(twelve.detail.momentaryCurve.subarray(9));
  add(12, "momentary, constant", -23, worstOf(momentary, -23), MAXIMUM);
  const thirteen = index20.map(
    (i) =>
      meter(stereo(rate, silence(i * 0.02), tone(-23, 0.4), silence(1))).measurement.momentaryMax,
  );
  add(13, "momentary max, worst of 20", -23, worstOf(thirteen, -23), MAXIMUM);
  live(rate, 0.4, 0.02, (i, measurement) =>
    add(`14.${i + 1}`, "momentary max", i - 38, measurement.momentaryMax, MAXIMUM),
  );

  const peaks: [number, number, Pcm][] = [
    [15, -6, peakTone(rate, 1 / 4, 0.5, 0)],
    [16, -6, peakTone(rate, 1 / 4, 0.5, 45)],
    [17, -6, peakTone(rate, 1 / 6, 0.5, 60)],
    [18, -6, peakTone(rate, 1 / 8, 0.5, 67.5)],
    [19, 3, peakTone(rate, 1 / 4, 1.41, 45)],
    [20, 0, peakBurst(rate, 0)],
    [21, 0, peakBurst(rate, 1)],
    [22, 0, peakBurst(rate, 2)],
    [23, 0, peakBurst(rate, 3)],
  ];
  for (const [number, expected, pcm] of peaks) {
    add(number, "true peak", expected, meter(pcm).measurement.truePeak, TRUE_PEAK);
  }
  return list;

  /** Cases 11 and 14: one file for live meters; the maximum is read as each tone has passed. */
  function live(
    rate: number,
    length: number,
    shift: number,
    read: (i: number, measurement: MeterResult["measurement"]) => void,
  ): void {
    const pcm = stereo(
      rate,
      ...index20.flatMap((i) => [
        silence(i * shift),
        tone(i - 38, length),
        silence(length - i * shift),
      ]),
    );
    for (const i of index20) {
      // Every tone is louder than those before, so the tone before and this one tell as much as
      // all of them.
      const at = (tone: number) => 2 * Math.round(tone * 2 * length * rate);
      const samples = pcm.samples.subarray(at(Math.max(0, i - 1)), at(i + 1));
      read(i, meter({ ...pcm, samples }).measurement);
    }
  }
}

function tech3342(kernel: Kernel, rate: number): Reading[] {
  const cases: [number, number[]][] = [
    [10, [-20, -30]],
    [5, [-20, -15]],
    [20, [-40, -20]],
    [15, [-50, -35, -20, -35, -50]],
  ];
  return cases.map(([expected, levels], i) => ({
    source: "EBU Tech 3342",
    name: `case ${i + 1}`,
    quantity: "range",
    expected,
    measured: measure(kernel, stereo(rate, ...levels.map((level) => tone(level, 20)))).measurement
      .range,
    tolerance: RANGE,
  }));
}

/** The sine cases of ITU-R BS.2217, synthesised. */
function bs2217(kernel: Kernel, rate: number): Reading[] {
  const list: Reading[] = [];
  const add = (name: string, expected: number, pcm: Pcm, layout: string) => {
    const { measurement } = measure(kernel, pcm, {
      sampleRate: rate,
      channels: pcm.channels,
      weights: channelWeights(layout, pcm.channels),
    });
    list.push({
      source: "ITU-R BS.2217",
      name,
      quantity: "integrated",
      expected,
      measured: measurement.integrated,
      tolerance: LOUDNESS,
    });
  };
  for (const loudness of [-23, -24]) {
    for (const hz of [25, 100, 500, 1000, 2000, 10_000]) {
      const level = loudness + 0.691 - kWeightingDb(hz);
      add(`${hz} Hz`, loudness, inPhase(rate, parts(rate, [tone(level, 20)], hz)), "stereo");
    }
    ["Left", "Right", "Centre", "LFE", "Ls", "Rs"].forEach((channel, c) => {
      const surround = c > 3 ? 10 * Math.log10(1.41) : 0;
      // One channel alone reads 3.01 lower than two in phase.
      const level = loudness + 0.691 - kWeightingDb(1000) + 10 * Math.log10(2) - surround;
      const channels = Array.from({ length: 6 }, (_, i) =>
        parts(rate, [i === c ? tone(level, 20) : silence(20)]),
      );
      const expected = channel === "LFE" ? -Infinity : loudness;
      add(`channel check ${channel}`, expected, interleave(rate, channels), "5.1(side)");
    });
  }
  const oneKilohertz = (loudness: number, seconds: number) =>
    tone(loudness + 0.691 - kWeightingDb(1000), seconds);
  add(
    "absolute gate",
    -69.5,
    stereo(rate, oneKilohertz(-69.5, 60), oneKilohertz(-72, 30)),
    "stereo",
  );
  add("relative gate", -10, stereo(rate, oneKilohertz(-10, 60), oneKilohertz(-30, 30)), "stereo");
  return list;
}

/** Gain of the K-weighting at 48 kHz, where BS.1770-5 tabulates it. */
function kWeightingDb(hz: number): number {
  const { shelf, highPass } = kWeighting(48_000);
  return gainDb(shelf, hz) + gainDb(highPass, hz);
}

function gainDb({ b, a }: Biquad, hz: number): number {
  const w = (2 * Math.PI * hz) / 48_000;
  const size = (c0: number, c1: number, c2: number) =>
    Math.hypot(
      c0 + c1 * Math.cos(w) + c2 * Math.cos(2 * w),
      c1 * Math.sin(w) + c2 * Math.sin(2 * w),
    );
  return 20 * Math.log10(size(...b) / size(1, ...a));
}
