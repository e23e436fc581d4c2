import type { Song, SongId } from "@/lib/song/song";
import { formatWords, isDone, isExcluded, isProblem, isQuieter, toneOf } from "./verdict";

/** Which songs the table shows and in which order. Pure. */

export const COLUMNS = [
  "file",
  "length",
  "format",
  "loudness",
  "peak",
  "range",
  "gain",
  "result",
  "status",
] as const;
export type Column = (typeof COLUMNS)[number];

export const FILTERS = ["all", "problems", "quieter", "failed", "excluded", "done"] as const;
export type Filter = (typeof FILTERS)[number];

export interface View {
  /** null = the order in which the songs were added. */
  readonly sort: { readonly by: Column; readonly descending: boolean } | null;
  readonly filter: Filter;
  readonly search: string;
}

export const wholeView: View = { sort: null, filter: "all", search: "" };

const passes: Record<Filter, (song: Song) => boolean> = {
  all: () => true,
  problems: isProblem,
  quieter: isQuieter,
  failed: (song) => song.status === "failed" && !song.choice.excluded,
  excluded: (song) => song.choice.excluded,
  done: isDone,
};

/** What a column sorts by; null sorts last in both directions. */
const keys: Record<Column, (song: Song) => number | string | null> = {
  file: (song) => song.path,
  length: (song) => song.duration,
  format: (song) => formatWords(song.format),
  loudness: (song) => song.source?.integrated ?? null,
  peak: (song) => song.source?.truePeak ?? null,
  range: (song) => song.source?.range ?? null,
  gain: (song) => song.gain ?? song.plannedGain,
  result: (song) => song.result?.integrated ?? null,
  status: (song) => urgency(song),
};

/** What a person must see first comes first: failed, problems, in work, waiting, measured, done. */
function urgency(song: Song): number {
  const tone = toneOf(song);
  if (isExcluded(song)) return 7;
  if (tone === "bad") return 0;
  if (tone === "note") return 1;
  if (tone === "work") return 2;
  if (tone === "good") return song.status === "skipped" ? 6 : 5;
  return song.status === "waiting" ? 3 : 4;
}

const text = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Comparing paths as people read them is slow, and their order changes only with the list. */
const pathRanks = new WeakMap<readonly SongId[], ReadonlyMap<SongId, number>>();

function pathRank(
  songs: ReadonlyMap<SongId, Song>,
  order: readonly SongId[],
): ReadonlyMap<SongId, number> {
  const known = pathRanks.get(order);
  if (known !== undefined) return known;
  const paths = order.map((id) => ({ id, path: songs.get(id)?.path ?? "" }));
  paths.sort((a, b) => text.compare(a.path, b.path));
  const ranks = new Map(paths.map(({ id }, rank) => [id, rank]));
  pathRanks.set(order, ranks);
  return ranks;
}

const folded = (words: string) => words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** Folding is slow and a path never changes, while every letter typed looks at all of them. */
const foldedPaths = new Map<string, string>();

function foldedPath(path: string): string {
  const known = foldedPaths.get(path);
  if (known !== undefined) return known;
  const fresh = folded(path);
  foldedPaths.set(path, fresh);
  return fresh;
}

/** The next sort when a column's header is pressed: up, down, as added. */
export function nextSort(sort: View["sort"], by: Column): View["sort"] {
  if (sort?.by !== by) return { by, descending: false };
  return sort.descending ? null : { by, descending: true };
}

export function visibleSongs(
  songs: ReadonlyMap<SongId, Song>,
  order: readonly SongId[],
  { sort, filter, search }: View,
): readonly SongId[] {
  const wanted = folded(search.trim());
  if (sort === null && filter === "all" && wanted === "") return order;

  const kept: Song[] = [];
  for (const id of order) {
    const song = songs.get(id);
    if (song === undefined || !passes[filter](song)) continue;
    if (wanted !== "" && !foldedPath(song.path).includes(wanted)) continue;
    kept.push(song);
  }
  if (sort === null) return kept.map((song) => song.id);

  const ranks = sort.by === "file" ? pathRank(songs, order) : null;
  const key = ranks === null ? keys[sort.by] : (song: Song) => ranks.get(song.id) ?? null;
  const turn = sort.descending ? -1 : 1;
  return kept
    .map((song) => ({ id: song.id, key: key(song) }))
    .sort((a, b) => {
      if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
      if (a.key === b.key) return 0;
      if (typeof a.key === "string" || typeof b.key === "string") {
        return turn * text.compare(String(a.key), String(b.key));
      }
      return turn * (a.key - b.key);
    })
    .map(({ id }) => id);
}

export const sameIds = (a: readonly SongId[], b: readonly SongId[]): boolean =>
  a === b || (a.length === b.length && a.every((id, index) => id === b[index]));
