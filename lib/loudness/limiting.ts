/**
 * A limiter that knows the whole song (docs/limiter.md). One that hears only what comes next has to
 * let go slowly, since another peak may follow at once; let go quickly it would follow the
 * half-waves of a bass note. Here the gain stays down between peaks that are no further apart than
 * `BRIDGE`, and recovers at once where no peak follows.
 */

/** Seconds. Between peaks no further apart the gain stays down. */
export const BRIDGE = 0.025;
/** Seconds on both sides that a peak is the highest of. */
export const NEAR = 0.0015;
/** Seconds of the window that smooths the gain. */
export const SMOOTHING = 0.005;
/** dB per second that the gain recovers by. */
export const RELEASE = 300;
/** Peaks over the ceiling are brought this far below it, dB. */
export const MARGIN = 0.02;

/** Seconds of a neighbour that matter to the gain at the join, with reductions up to 40 dB. */
export const BEFORE_JOIN = 0.2;
export const AFTER_JOIN = 0.08;

/** Exact peaks (codes of `SliceCode`) of a programme's first and last slices; 0.7 kB. */
export interface SliceEdges {
  readonly head: Uint16Array;
  readonly tail: Uint16Array;
}

/**
 * What plays right before and after a programme, at the same rate and with the same gain and ceiling:
 * the peaks of the last slices of the one and of the first slices of the other. With them the gain
 * goes over the join as if both were one programme.
 */
export interface Neighbours {
  readonly before: Uint16Array | null;
  readonly after: Uint16Array | null;
}
