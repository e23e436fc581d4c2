/** How busy the processor is, in the words of the Compute Pressure API. */
export type Pressure = "nominal" | "fair" | "serious" | "critical";

/** Workers that rest for the sake of the rest of the machine. Times in seconds of any one clock. */
export interface Sparing {
  readonly spared: number;
  /** When `spared` changed last; null when it never did. */
  readonly changedAt: number | null;
  /** Since when the pressure has been nominal or fair; null while it is not. */
  readonly calmSince: number | null;
}

export const nothingSpared: Sparing = { spared: 0, changedAt: null, calmSince: null };

/** A worker that stops needs some seconds until it is felt: its song ends first. */
export const LOWER_EVERY = 5;
/** Longer than lowering takes, or the number would swing. */
export const CALM_BEFORE_RAISING = 15;

/** What one look at the machine changes. At least one of the `wanted` workers always works. */
export function spare(before: Sparing, pressure: Pressure, wanted: number, now: number): Sparing {
  const most = Math.max(0, wanted - 1);
  const spared = Math.min(before.spared, most);
  const since = before.changedAt === null ? Infinity : now - before.changedAt;
  if (pressure === "serious" || pressure === "critical") {
    const calm = { ...before, spared, calmSince: null };
    return since >= LOWER_EVERY && spared < most
      ? { ...calm, spared: spared + 1, changedAt: now }
      : calm;
  }
  const calmSince = before.calmSince ?? now;
  const rested = Math.min(since, now - calmSince) >= CALM_BEFORE_RAISING;
  return rested && spared > 0
    ? { spared: spared - 1, changedAt: now, calmSince }
    : { ...before, spared, calmSince };
}
