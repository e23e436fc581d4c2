export interface NumberRange {
  readonly min: number;
  readonly max: number;
}

/** The number typed, `null` for an emptied optional field, `undefined` when it is not allowed. */
export function readNumber(
  text: string,
  { min, max }: NumberRange,
  { whole = false, optional = false }: { whole?: boolean; optional?: boolean },
): number | null | undefined {
  const trimmed = text.trim().replace("−", "-");
  if (trimmed === "") return optional ? null : undefined;
  const value = Number(trimmed);
  if (!Number.isFinite(value) || value < min || value > max) return undefined;
  if (whole && !Number.isInteger(value)) return undefined;
  return value;
}
