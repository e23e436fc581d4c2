/**
 * Numbers as people read them: a real minus sign, one decimal, a dash where there is none.
 * Units stand in the header or beside the number, never inside these strings.
 */

const MINUS = "−";
export const NONE = "–";

const oneDecimal = new Intl.NumberFormat("en", {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  signDisplay: "negative",
});
const signedDecimal = new Intl.NumberFormat("en", {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  signDisplay: "exceptZero",
});
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

const withMinus = (text: string) => text.replace("-", MINUS);

/** LUFS or dBTP; minus infinity is digital silence. */
export function level(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NONE;
  if (value === -Infinity) return `${MINUS}∞`;
  return withMinus(oneDecimal.format(value));
}

/** A gain in dB, signed. */
export function gain(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  return withMinus(signedDecimal.format(value));
}

export const count = (value: number): string => whole.format(value);

export const percent = (share: number): string => `${whole.format(Math.floor(share * 100))} %`;

/** A probability: 0.055, and 0.001 where it is less. */
export const chance = (value: number): string => Math.max(0.001, value).toFixed(3);

/** 0.994 → "99.4 %"; 1 → "100 %". Never rounded up to a perfect rate. */
export function rate(share: number): string {
  const percentage = Math.floor(share * 1000) / 10;
  return `${Number.isInteger(percentage) ? percentage : oneDecimal.format(percentage)} %`;
}

/** Seconds as 3:05 or 1:02:09. */
export function length(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return NONE;
  const total = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(total % 60)}`
    : `${minutes}:${two(total % 60)}`;
}

/** A time left, rounded to what it deserves: seconds, then minutes, then hours and minutes. */
export function roughly(seconds: number): string {
  if (seconds < 10) return "a few seconds";
  if (seconds < 55) return `about ${Math.ceil(seconds / 10) * 10} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `about ${minutes} min`;
  return `about ${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Seconds of work done: 3.9 s, 48 s, 3 min 20 s. */
export function took(seconds: number): string {
  if (seconds < 10) return `${oneDecimal.format(seconds)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const rounded = Math.round(seconds);
  const minutes = Math.floor(rounded / 60);
  if (minutes < 60) return `${minutes} min ${rounded % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  if (value < 1e6) return `${whole.format(value / 1e3)} kB`;
  if (value < 1e9) return `${oneDecimal.format(value / 1e6)} MB`;
  return `${oneDecimal.format(value / 1e9)} GB`;
}

/** Times real time: 8.4 or 112. */
export const speed = (value: number): string =>
  value < 10 ? oneDecimal.format(value) : whole.format(value);
