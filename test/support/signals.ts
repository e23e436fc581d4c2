/** Test signals. Levels in dBFS are peak levels per channel; frequencies are shares of fs or Hz. */

export interface Pcm {
  readonly sampleRate: number;
  readonly channels: number;
  readonly samples: Float32Array;
}

export const amplitude = (dbfs: number): number => 10 ** (dbfs / 20);

/** One part of a mono signal: a tone (or silence) of a level. */
export interface Part {
  readonly seconds: number;
  /** `-Infinity` for silence. */
  readonly dbfs: number;
}

export const tone = (dbfs: number, seconds: number): Part => ({ dbfs, seconds });
export const silence = (seconds: number): Part => ({ dbfs: -Infinity, seconds });

/** A sine that changes its level from part to part without changing its phase. */
export function parts(sampleRate: number, list: readonly Part[], hz = 1000): Float32Array {
  const ends: number[] = [];
  let time = 0;
  for (const part of list) ends.push(Math.round((time += part.seconds) * sampleRate));
  const signal = new Float32Array(ends.at(-1) ?? 0);
  let from = 0;
  list.forEach(({ dbfs }, index) => {
    const level = amplitude(dbfs);
    const end = ends[index] ?? 0;
    if (level > 0) {
      writeSine(signal, from, end, level, (2 * Math.PI * hz) / sampleRate);
    }
    from = end;
  });
  return signal;
}

/** level · sin(step · i) by rotation, started afresh often enough to stay exact to 1e-12. */
function writeSine(to: Float32Array, from: number, end: number, level: number, step: number): void {
  const [cos, sin] = [Math.cos(step), Math.sin(step)];
  for (let start = from; start < end; start += 1024) {
    let x = level * Math.cos(step * start);
    let y = level * Math.sin(step * start);
    for (let i = start; i < Math.min(end, start + 1024); i++) {
      to[i] = y;
      [x, y] = [x * cos - y * sin, x * sin + y * cos];
    }
  }
}

/** The same mono signal in both channels. */
export const inPhase = (sampleRate: number, mono: Float32Array): Pcm =>
  interleave(sampleRate, [mono, mono]);

export function interleave(sampleRate: number, channels: readonly Float32Array[]): Pcm {
  const frames = Math.max(0, ...channels.map(({ length }) => length));
  const samples = new Float32Array(frames * channels.length);
  channels.forEach((channel, c) => {
    for (let i = 0; i < channel.length; i++) samples[i * channels.length + c] = channel[i] ?? 0;
  });
  return { sampleRate, channels: channels.length, samples };
}

/** Every nth sample from `offset` on. */
function decimate(signal: ArrayLike<number>, n: number, offset: number): Float32Array {
  const length = Math.ceil((signal.length - offset) / n);
  return Float32Array.from({ length }, (_, i) => signal[offset + i * n] ?? 0);
}

export function fromFunction(length: number, value: (i: number) => number): Float32Array {
  return Float32Array.from({ length }, (_, i) => value(i));
}

/** Linear fades at both ends, in place. */
export function fade<T extends Float32Array | Float64Array>(signal: T, length: number): T {
  for (let i = 0; i < length; i++) {
    const last = signal.length - 1 - i;
    signal[i] = (signal[i] ?? 0) * (i / length);
    signal[last] = (signal[last] ?? 0) * (i / length);
  }
  return signal;
}

/** A generator of numbers in [-1, 1) that repeats for the same seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

/** EBU Tech 3341 cases 15 to 19: `fs · share` with 10 ms fades. */
export function peakTone(
  sampleRate: number,
  share: number,
  level: number,
  phaseDegrees: number,
): Pcm {
  const phase = (phaseDegrees * Math.PI) / 180;
  const mono = fromFunction(sampleRate, (i) => level * Math.sin(2 * Math.PI * share * i + phase));
  return inPhase(sampleRate, fade(mono, Math.round(sampleRate / 100)));
}

/**
 * EBU Tech 3341 cases 20 to 23: fs/6 at 0.5 with one single period of fs/4 at 1.0 in it, continuous
 * in phase, made at 4 · fs, low-passed and decimated from `offset`.
 */
export function peakBurst(sampleRate: number, offset: number): Pcm {
  const periods = Math.round(sampleRate / 6 / 8);
  const around = 24 * periods;
  const signal = new Float64Array(2 * around + 16);
  for (let i = 0; i < around; i++) {
    signal[i] = 0.5 * Math.sin((2 * Math.PI * i) / 24);
    signal[around + 16 + i] = 0.5 * Math.sin((2 * Math.PI * i) / 24);
  }
  for (let i = 0; i < 16; i++) signal[around + i] = Math.sin((2 * Math.PI * i) / 16);
  fade(signal, Math.round((4 * sampleRate) / 100));
  return inPhase(sampleRate, decimate(lowPass(signal, 0.25 / 2, 0.02), 4, offset));
}

/** A linear-phase Kaiser low-pass; frequencies as shares of the signal's rate; 80 dB. */
function lowPass(signal: ArrayLike<number>, cutoff: number, transition: number): Float64Array {
  const half = Math.ceil(80 / (2 * 14.36 * transition));
  const taps = Float64Array.from({ length: 2 * half + 1 }, (_, k) => {
    const t = k - half;
    const sinc = t === 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * t) / (Math.PI * t);
    return sinc * bessel0(7.86 * Math.sqrt(1 - (t / (half + 1)) ** 2));
  });
  const sum = taps.reduce((a, b) => a + b);
  return Float64Array.from({ length: signal.length }, (_, i) => {
    let value = 0;
    for (let k = 0; k < taps.length; k++) {
      value += (taps[k] ?? 0) * (signal[i + half - k] ?? 0);
    }
    return value / sum;
  });
}

/**
 * True peak in dB by an interpolator that shares nothing with the kernel: 16 points a sample, 96
 * taps each, a Kaiser window of 80 dB. Slow.
 */
export function independentTruePeak({ samples, channels }: Pcm): number {
  const [phases, taps] = [16, 96];
  const half = taps / 2;
  const bank = Array.from({ length: phases }, (_, p) =>
    Float64Array.from({ length: taps }, (_, k) => {
      const t = half - 1 + p / phases - k;
      const sinc = t === 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t);
      return Math.abs(t) >= half
        ? 0
        : (sinc * bessel0(7.86 * Math.sqrt(1 - (t / half) ** 2))) / bessel0(7.86);
    }),
  );
  const frames = samples.length / channels;
  let peak = 0;
  for (let c = 0; c < channels; c++) {
    const padded = new Float64Array(frames + 2 * taps);
    for (let i = 0; i < frames; i++) padded[taps + i] = samples[i * channels + c] ?? 0;
    for (const filter of bank) {
      for (let n = 0; n + taps <= padded.length; n++) {
        let sum = 0;
        for (let k = 0; k < taps; k++) sum += (filter[k] ?? 0) * (padded[n + k] ?? 0);
        const value = Math.abs(sum);
        if (value > peak) peak = value;
      }
    }
  }
  return 20 * Math.log10(peak);
}

function bessel0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
