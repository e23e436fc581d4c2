import { createHash } from "node:crypto";
import { albumFolderOf } from "@/lib/batch/albums/grouping";

/** One of `count` parts of an archive. */
export interface Shard {
  /** From 1, as `--shard` of Vitest and Playwright counts. */
  readonly number: number;
  readonly count: number;
}

/** A shard cannot be told, and the sentence that says why. */
export interface ShardRefusal {
  readonly kind: "refused";
  readonly reason:
    | "not-a-shard"
    | "out-of-range"
    | "count-missing"
    | "index-missing"
    | "not-contiguous"
    | "two-schedulers";
  readonly message: string;
}

/** A whole number from `least` on, or null. */
export const wholeNumber = (text: string | undefined, least: number): number | null => {
  const value = /^\d{1,9}$/.test(text ?? "") ? Number(text) : NaN;
  return value >= least ? value : null;
};

/** Reads "3/40". */
export function readShard(
  text: string,
): { readonly kind: "shard"; readonly shard: Shard } | ShardRefusal {
  const parts = text.split("/");
  const [number, count] = parts.map((part) => wholeNumber(part, 0));
  if (parts.length !== 2 || number == null || count == null) {
    const message = `--shard takes a number and a count, such as 3/40, not ${text}.`;
    return { kind: "refused", reason: "not-a-shard", message };
  }
  if (number < 1 || number > count) {
    const message = `--shard counts from 1: there is no shard ${text}.`;
    return { kind: "refused", reason: "out-of-range", message };
  }
  return { kind: "shard", shard: { number, count } };
}

/**
 * The shard, from 1 to `count`, that a song belongs to. `path` is the song's path below the folder
 * that was given, "/" between its parts. All songs of an album's folder belong to one, with those of
 * its discs' folders (`CD1`, `Disc 2`), on every machine: by SHA-256 of the folder's path in Unicode
 * form C, since systems differ in the form in which they give names.
 */
export function shardOf(path: string, count: number): number {
  const folder = albumFolderOf(path).join("/").normalize("NFC");
  const hash = createHash("sha256").update(folder).digest();
  // 48 bits: for 10,000 shards none is larger than another by more than one part in 10^10.
  return (hash.readUIntBE(0, 6) % count) + 1;
}

/** Those of `songs` that a shard does, in their order. */
export const songsOfShard = <Song extends { readonly path: string }>(
  songs: readonly Song[],
  { number, count }: Shard,
): Song[] => songs.filter(({ path }) => shardOf(path, count) === number);
