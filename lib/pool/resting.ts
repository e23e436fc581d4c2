import type { Clock } from "./clock";

/** How busy the processor is, in the words of the Compute Pressure API. */
export type Pressure = "nominal" | "fair" | "serious" | "critical";

/**
 * Tells of the pressure whenever it changes, until the function that it gives is called. Null where
 * the platform does not know.
 */
export type PressureSource = (onPressure: (pressure: Pressure) => void) => (() => void) | null;

/** Workers that rest for the sake of the rest of the machine. Times in seconds of any one clock. */
interface Resting {
  readonly workers: number;
  /** When `workers` changed last; null when it never did. */
  readonly changedAt: number | null;
  /** Since when the pressure has been nominal or fair; null while it is not. */
  readonly calmSince: number | null;
}

export const noneResting: Resting = { workers: 0, changedAt: null, calmSince: null };

/** A worker that stops needs some seconds until it is felt: its song ends first. */
export const LOWER_EVERY = 5;
/** Longer than lowering takes, or the number would swing. */
export const CALM_BEFORE_RAISING = 15;
/** Seconds between two looks at the machine. */
const LOOK_EVERY = 1;

/** What one look at the machine changes. At least one of the `wanted` workers always works. */
export function restingAfter(
  before: Resting,
  pressure: Pressure,
  wanted: number,
  now: number,
): Resting {
  const most = Math.max(0, wanted - 1);
  const workers = Math.min(before.workers, most);
  const since = before.changedAt === null ? Infinity : now - before.changedAt;
  if (pressure === "serious" || pressure === "critical") {
    const pressed = { ...before, workers, calmSince: null };
    return since >= LOWER_EVERY && workers < most
      ? { ...pressed, workers: workers + 1, changedAt: now }
      : pressed;
  }
  const calmSince = before.calmSince ?? now;
  const calm = Math.min(since, now - calmSince) >= CALM_BEFORE_RAISING;
  return calm && workers > 0
    ? { workers: workers - 1, changedAt: now, calmSince }
    : { ...before, workers, calmSince };
}

/**
 * Tells how many of the wanted workers should rest, whenever that changes. Where the platform does
 * not tell of pressure, none ever does. Gives the function that ends it.
 */
export function restUnderPressure(
  source: PressureSource,
  clock: Clock,
  wanted: () => number,
  onChange: (workers: number) => void,
): () => void {
  let pressure: Pressure = "nominal";
  let resting = noneResting;
  const look = () => {
    const before = resting.workers;
    resting = restingAfter(resting, pressure, wanted(), clock.now());
    if (resting.workers !== before) onChange(resting.workers);
  };
  const endSource = source((now) => {
    pressure = now;
    look();
  });
  if (!endSource) return () => undefined;
  // The pressure is told when it changes; time alone may change what follows from it.
  const endLooking = clock.every(LOOK_EVERY, look);
  return () => {
    endLooking();
    endSource();
  };
}
