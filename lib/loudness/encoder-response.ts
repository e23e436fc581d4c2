import type { Decibels, Lu } from "./units";

/** What an encoder does to the loudness and the peaks of every song, as far as it is foreseen. */
export interface EncoderResponse {
  /** It scales what it is given by this. */
  readonly loudnessChange: Lu;
  /** What it adds to peaks that were limited, … */
  readonly toLimited: Decibels;
  /** … and to peaks that were left alone; either is the 95th percentile of songs. */
  readonly toUntouched: Decibels;
}
