/**
 * A limiter that knows the whole song (docs/limiter.md). One that hears only what comes next has to
 * let go slowly, since another peak may follow at once; let go quickly it would follow the
 * half-waves of a bass note. Here the gain stays down between peaks that are no further apart than
 * `BRIDGE`, and recovers at once where no peak follows.
 */

/** Seconds. Between peaks no further apart the gain stays down. */
export const BRIDGE = 0.025;
/** Seconds of the window that smooths the gain. */
export const SMOOTHING = 0.005;
/** dB per second that the gain recovers by. */
export const RELEASE = 300;
/** Peaks over the ceiling are brought this far below it, dB. */
export const MARGIN = 0.02;

/** Of the same rate: the last slices of the programme before, the first of the one after. */
export interface Neighbours {
  readonly before: Uint32Array | null;
  readonly after: Uint32Array | null;
}

/** Seconds of a neighbour that matter to the gain at the join, with reductions up to 40 dB. */
export const BEFORE_JOIN = 0.2;
export const AFTER_JOIN = 0.05;
