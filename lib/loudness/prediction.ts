import type { Dbtp, Decibels, Lu, Lufs } from "./units";

/** What a rendering will measure, before it is encoded. */
export interface Predicted {
  readonly integrated: Lufs;
  readonly truePeak: Dbtp;
  /** The most that any moment is turned down; 0 = gain alone. */
  readonly limited: Decibels;
}

/**
 * Foresees what gain and limiting make of a programme, without its samples. The loudness that
 * limiting takes is found from the energies of its slices; gain alone is exact.
 */
export interface Prediction {
  /** Highest peak of all slices, dB: the true peak, and what a detector adds to it for safety. */
  readonly highest: Dbtp;
  /** With the gain alone, or limited to a ceiling where the true peak passes it. */
  at(gain: Decibels, ceiling: Dbtp | null): Predicted;
  /** LU that limiting takes from what each gain alone would lead to. Many at once are quicker. */
  lossesAt(gains: readonly Decibels[], ceiling: Dbtp): Lu[];
}
