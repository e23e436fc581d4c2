/**
 * What undo needs to know, and the two APEv2 items that keep it.
 *
 * `MP3GAIN_UNDO` is mp3gain's own: the change that would undo, as left, right, and whether fields
 * wrap around (`W`) or stop at their limits (`N`). It cannot bring back a field that has stopped
 * at 0 or 255, nor tell it from one that was there before. Only where there are such fields,
 * `MP3GAIN_SATURATED` keeps what they were. mp3gain carries that item along without reading it.
 */
import type { GainFields } from "./gain-fields";

/** Changes in steps of 1.5 dB made so far, by channel. */
export interface Change {
  readonly left: number;
  readonly right: number;
  readonly wraps: boolean;
}

export const UNDO_KEY = "MP3GAIN_UNDO";
export const MINMAX_KEY = "MP3GAIN_MINMAX";
export const SATURATED_KEY = "MP3GAIN_SATURATED";

/** mp3gain writes and reads three digits. */
const MOST_STEPS = 999;

export const isWritable = ({ left, right }: Change): boolean =>
  Math.abs(left) <= MOST_STEPS && Math.abs(right) <= MOST_STEPS;

/** Null where the text is not what mp3gain writes, like `-003,-003,N`. */
export const parseUndo = (text: string): Change | null => {
  const parts = /^([+-]\d{3}),([+-]\d{3}),([NW])/i.exec(text);
  if (parts === null) return null;
  return {
    left: 0 - Number(parts[1]),
    right: 0 - Number(parts[2]),
    wraps: parts[3]!.toUpperCase() === "W",
  };
};

const signed = (steps: number): string =>
  `${steps < 0 ? "-" : "+"}${String(Math.abs(steps)).padStart(3, "0")}`;

export const formatUndo = ({ left, right, wraps }: Change): string =>
  `${signed(0 - left)},${signed(0 - right)},${wraps ? "W" : "N"}`;

const three = (value: number): string => String(value).padStart(3, "0");

/** `MP3GAIN_MINMAX`: the least and the greatest `global_gain` there is now. */
export const formatMinMax = (values: Uint8Array): string => {
  let least = 255;
  let greatest = 0;
  for (const value of values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return `${three(least)},${three(greatest)}`;
};

/** What mp3gain makes of each `global_gain`: 0 stays, others stop at 0 and 255. */
const stepTable = (steps: number, wraps: boolean): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, value) => {
    if (wraps) return (value + steps) & 0xff;
    return value === 0 ? 0 : Math.min(255, Math.max(0, value + steps));
  });

/** The values of fields and whose they are. */
export type GainValues = Pick<GainFields, "values" | "channels">;

export const changeFields = (fields: GainValues, change: Change): Uint8Array => {
  const tables = [stepTable(change.left, change.wraps), stepTable(change.right, change.wraps)];
  return fields.values.map((value, i) => tables[fields.channels[i]!]![value]!);
};

export const inverse = ({ left, right, wraps }: Change): Change => ({
  left: 0 - left,
  right: 0 - right,
  wraps,
});

/** FNV-1a, 32 bits: tells whether fields are the ones that a record was made for. */
const fingerprint = (values: Uint8Array): string => {
  let hash = 0x811c9dc5;
  for (const value of values) hash = Math.imul(hash ^ value, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
};

/** How many fields stand at a limit where `change` may have stopped them. */
const countAtLimit = ({ values, channels }: GainValues, change: Change): number => {
  if (change.wraps) return 0;
  const limit = (steps: number) => (steps === 0 ? -1 : steps < 0 ? 0 : 255);
  const limits = [limit(change.left), limit(change.right)];
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i] === limits[channels[i]!]) count++;
  return count;
};

/** Fields as they were before any change, and for how many of them that is only likely. */
export interface Original {
  readonly values: Uint8Array;
  readonly doubtful: number;
}

/**
 * The text of `MP3GAIN_SATURATED` for fields that `made` has led to from `original`:
 * `1;fields;doubtful;fingerprint` of the original, then one `;index:hex` for every run of fields
 * that the plain inverse would get wrong. Null when `made` alone leads back without doubt.
 */
export const recordSaturated = (
  original: Original,
  fields: GainValues,
  made: Change,
): string | null => {
  const undone = changeFields(fields, inverse(made));
  const { values, doubtful } = original;
  const runs: string[] = [];
  for (let i = 0; i < values.length; i++) {
    if (values[i] === undone[i]) continue;
    let digits = "";
    const first = i;
    for (; i < values.length && values[i] !== undone[i]; i++)
      digits += values[i]!.toString(16).padStart(2, "0");
    runs.push(`;${first}:${digits}`);
  }
  if (runs.length === 0 && doubtful === 0 && countAtLimit(fields, made) === 0) return null;
  return `1;${values.length};${doubtful};${fingerprint(values)}${runs.join("")}`;
};

/**
 * The fields before `made`, with the recorded values put in. Null where the record was made for
 * other fields, or something has changed them since.
 */
export const originalFields = (
  fields: GainValues,
  made: Change,
  record: string | null,
): Original | null => {
  const values = changeFields(fields, inverse(made));
  if (record === null) return { values, doubtful: countAtLimit(fields, made) };
  const [version, count, doubtful, hash, ...runs] = record.split(";");
  if (version !== "1" || Number(count) !== values.length) return null;
  if (doubtful === undefined || !/^\d{1,9}$/.test(doubtful)) return null;
  for (const run of runs) {
    const parts = /^(\d{1,9}):((?:[0-9a-f]{2})+)$/.exec(run);
    if (parts === null) return null;
    const first = Number(parts[1]);
    const digits = parts[2]!;
    if (first + digits.length / 2 > values.length) return null;
    for (let i = 0; i < digits.length; i += 2)
      values[first + i / 2] = Number.parseInt(digits.slice(i, i + 2), 16);
  }
  return fingerprint(values) === hash ? { values, doubtful: Number(doubtful) } : null;
};
