import type { Decibels, Lu } from "./units";

/** dB that an encoder may add to peaks: the 95th percentile of songs. */
export interface PeakMargins {
  readonly toLimited: Decibels;
  /** Those that were left alone have fewer others beside them that are as high. */
  readonly toUntouched: Decibels;
}

/** What an encoder does to the loudness and the peaks of every song, as far as it is foreseen. */
export interface EncoderResponse extends PeakMargins {
  /** The song comes back louder by this. */
  readonly loudnessChange: Lu;
}
