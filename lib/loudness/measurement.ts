import type { Dbtp, Lu, Lufs, Seconds } from "./units";

/** What one pass over decoded audio tells of a programme. */
export interface Measurement {
  /** Gated integrated loudness (BS.1770-5 §5); `-Infinity` when no block passes the gates. */
  readonly integrated: Lufs;
  /** Loudness range (EBU Tech 3342). */
  readonly range: Lu;
  /** Highest true peak of all channels. */
  readonly truePeak: Dbtp;
  /** Highest absolute sample of all channels, in dBFS. */
  readonly samplePeak: Dbtp;
  /** Samples (of all channels) whose absolute value exceeds 1.0. */
  readonly samplesOverFullScale: number;
  readonly momentaryMax: Lufs;
  readonly shortTermMax: Lufs;
  readonly duration: Seconds;
}

/** The parts of a measurement that only some readers need: pictures and album gating. */
export interface MeasurementDetail {
  /** Mean square (weighted channel sum, linear) of every 400 ms gating block, in 100 ms steps. */
  readonly gatingBlocks: Float64Array;
  /** Short-term loudness (3 s) every 100 ms, in LUFS; `-Infinity` for silence. */
  readonly shortTermCurve: Float32Array;
  /** Momentary loudness (400 ms) every 100 ms, in LUFS. */
  readonly momentaryCurve: Float32Array;
  /**
   * Amplitude (linear) that each 100 ms reaches at least: its highest sample. The highest true
   * peak of the programme stands in its place too.
   */
  readonly peakCurve: Float32Array;
}
