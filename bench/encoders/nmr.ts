import { PairSpectrum } from "./spectrum";

// How far coding noise lies over what the music masks, after the noise-to-mask ratio of ITU-R BS.1387-1
// (PEAQ, Annex 2, the model by spectra), and simpler: bands of half a Bark, no smearing over time. It puts
// settings of encoders in order; it is no grade of how they sound.

const SIZE = 2048;
const HOP = 1024;
/** BS.1387-1 has four, two in its advanced version. */
const BANDS_A_BARK = 2;
/** Hz. */
const LOWEST = 80;
const HIGHEST = 18_000;
/** dB SPL of a sine at full scale. */
const PLAYED_AT = 92;
/** dB a Bark by which masking falls towards lower frequencies. */
const DOWNWARDS = 27;
/** Mean square of a frame below which there is nothing to hear. */
const SILENCE = 1e-6;

export interface NoiseToMask {
  /** dB, mean over the frames of all channels; 0 = the noise is as high as its mask. */
  readonly mean: number;
  /** dB, 95th percentile of the frames. */
  readonly p95: number;
}

interface Sound {
  readonly sampleRate: number;
  readonly channels: number;
}

const bark = (hertz: number) => 7 * Math.asinh(hertz / 650);
const hertz = (z: number) => 650 * Math.sinh(z / 7);
const power = (decibels: number) => 10 ** (decibels / 10);

/** dB by which the outer and middle ear pass on a frequency. */
function earWeight(frequency: number): number {
  const f = Math.max(frequency, 20) / 1000;
  return -2.184 * f ** -0.8 + 6.5 * Math.exp(-0.6 * (f - 3.3) ** 2) - 0.001 * f ** 3.6;
}

/** Of interleaved samples; `decoded` has the source's level and begins with the same sample. */
export function noiseToMask(
  source: Float32Array,
  decoded: Float32Array,
  { sampleRate, channels }: Sound,
): NoiseToMask {
  assertAligned(source, decoded, channels);
  const length = Math.floor(Math.min(source.length, decoded.length) / channels);
  const ear = new Ear(sampleRate);
  const ratios: number[] = [];
  for (let channel = 0; channel < channels; channel++) {
    const of = (samples: Float32Array) =>
      Float64Array.from({ length }, (_, i) => samples[i * channels + channel]!);
    const [clean, coded] = [of(source), of(decoded)];
    for (let at = 0; at + SIZE <= length; at += HOP) {
      let square = 0;
      for (let i = at; i < at + SIZE; i++) square += clean[i]! ** 2;
      if (square > SILENCE * SIZE) ratios.push(10 * Math.log10(ear.ratio(clean, coded, at)));
    }
  }
  const sorted = ratios.sort((a, b) => a - b);
  const mean = ratios.reduce((sum, each) => sum + each, 0) / ratios.length;
  return { mean, p95: sorted[Math.floor(0.95 * sorted.length)] ?? NaN };
}

/** What an ear makes of one frame. */
class Ear {
  readonly #spectrum = new PairSpectrum(SIZE);
  /** Of each bin: the band, -1 = none, and what power is multiplied with. */
  readonly #bandOf: Int16Array;
  readonly #weights: Float64Array;
  readonly #centres: number[];
  /** Power in each band that the ear has by itself: the threshold in quiet. */
  readonly #inner: number[];
  /** By which a band's excitation is divided for its mask. */
  readonly #offsets: number[];

  constructor(sampleRate: number) {
    const from = bark(LOWEST);
    const count = Math.ceil((bark(Math.min(HIGHEST, sampleRate / 2)) - from) * BANDS_A_BARK);
    const barks = Array.from({ length: count }, (_, i) => from + (i + 0.5) / BANDS_A_BARK);
    this.#centres = barks.map(hertz);
    this.#inner = this.#centres.map((centre) => power(1.456 * (centre / 1000) ** -0.8));
    this.#offsets = barks.map((z) => power(z - from <= 12 ? 3 : 0.25 * (z - from)));
    // A sine of amplitude 1 has a power of 1.5 (SIZE / 4)² in all bins of its peak.
    const fullScale = power(PLAYED_AT) / (1.5 * (SIZE / 4) ** 2);
    const frequencies = Array.from({ length: SIZE / 2 + 1 }, (_, i) => (i * sampleRate) / SIZE);
    this.#weights = Float64Array.from(frequencies, (f) => fullScale * power(earWeight(f)));
    this.#bandOf = Int16Array.from(frequencies, (f) => {
      const band = Math.floor((bark(f) - from) * BANDS_A_BARK);
      return band < 0 || band >= count ? -1 : band;
    });
  }

  /** Noise over mask, the mean of all bands. */
  ratio(clean: Float64Array, coded: Float64Array, at: number): number {
    const count = this.#centres.length;
    const excitation = [...this.#inner];
    const noise = new Float64Array(count);
    this.#spectrum.of(clean, coded, at, (bin, first, second) => {
      const band = this.#bandOf[bin]!;
      if (band < 0) return;
      const weight = this.#weights[bin]!;
      excitation[band]! += weight * first;
      // Of magnitudes, as BS.1387-1 takes it: the ear hears no phase.
      noise[band]! += weight * (Math.sqrt(first) - Math.sqrt(second)) ** 2;
    });
    const spread = this.#spread(excitation);
    let sum = 0;
    for (let band = 0; band < count; band++) {
      sum += (noise[band]! * this.#offsets[band]!) / spread[band]!;
    }
    return sum / count;
  }

  /** Each band excites its neighbours too: upwards the further, the louder it is (Terhardt's slopes). */
  #spread(excitation: readonly number[]): Float64Array {
    const spread = new Float64Array(excitation.length);
    const down = power(-DOWNWARDS / BANDS_A_BARK);
    excitation.forEach((own, band) => {
      const level = 10 * Math.log10(own);
      const slope = Math.min(-1, -24 - 230 / this.#centres[band]! + 0.2 * level);
      const up = power(slope / BANDS_A_BARK);
      // Spreading gives away nothing of the power, but for the ends of the scale.
      const part = own / (1 / (1 - up) + down / (1 - down));
      spread[band]! += part;
      for (let to = band + 1, left = part * up; to < spread.length; to++, left *= up) {
        spread[to]! += left;
      }
      for (let to = band - 1, left = part * down; to >= 0; to--, left *= down) spread[to]! += left;
    });
    return spread;
  }
}

/** Throws where a sample earlier or later fits better, or nothing does. */
function assertAligned(source: Float32Array, decoded: Float32Array, channels: number): void {
  const frames = Math.floor(Math.min(source.length, decoded.length) / channels);
  const away = (lag: number) => {
    let sum = 0;
    for (let i = 2; i < frames - 2; i++) {
      sum += (source[i * channels]! - decoded[(i + lag) * channels]!) ** 2;
    }
    return sum;
  };
  let energy = 0;
  for (let i = 2; i < frames - 2; i++) energy += source[i * channels]! ** 2;
  const [aligned, ...others] = [0, -2, -1, 1, 2].map(away);
  if (aligned! >= Math.min(energy, ...others)) throw new Error("The samples are not aligned.");
}
