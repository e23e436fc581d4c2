/**
 * What a change took out of a list of tags, kept as text in a tag of ours, so that undo can put each
 * back in its place.
 */
import { fromLatin1, latin1 } from "./bytes";

export interface TakenOut<T> {
  /** Its place in the list before anything was taken out. */
  readonly index: number;
  readonly entry: T;
}

export const toBase64 = (bytes: Uint8Array): string => btoa(latin1(bytes));

/** Null where the text is not Base64. */
export const fromBase64 = (text: string): Uint8Array | null => {
  try {
    return fromLatin1(atob(text));
  } catch {
    return null;
  }
};

export const takeOut = <T>(
  list: readonly T[],
  isWrong: (entry: T) => boolean,
): { readonly kept: T[]; readonly taken: TakenOut<T>[] } => ({
  kept: list.filter((entry) => !isWrong(entry)),
  taken: list.map((entry, index) => ({ index, entry })).filter(({ entry }) => isWrong(entry)),
});

/** The list before. Where others have changed it since, as near as that goes. */
export const putBack = <T>(list: readonly T[], taken: readonly TakenOut<T>[]): T[] => {
  const whole: T[] = [];
  let next = 0;
  for (const { index, entry } of taken) {
    while (whole.length < index && next < list.length) whole.push(list[next++]!);
    whole.push(entry);
  }
  return [...whole, ...list.slice(next)];
};

/** `index:Base64`, separated by commas. */
export const formatTakenOut = (taken: readonly TakenOut<Uint8Array>[]): string =>
  taken.map(({ index, entry }) => `${index}:${toBase64(entry)}`).join(",");

/** Null where the text is not what `formatTakenOut` writes. */
export const parseTakenOut = (text: string): TakenOut<Uint8Array>[] | null => {
  const taken: TakenOut<Uint8Array>[] = [];
  for (const part of text === "" ? [] : text.split(",")) {
    const [place = "", value = ""] = part.split(":");
    const entry = fromBase64(value);
    if (!/^\d{1,7}$/.test(place) || entry === null) return null;
    taken.push({ index: Number(place), entry });
  }
  return taken;
};
