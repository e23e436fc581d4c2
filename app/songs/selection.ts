import type { SongId } from "@/lib/song/song";

/** Songs chosen in the table. Pure; every change gives a new set. */
export type Selection = ReadonlySet<SongId>;

export const nothingSelected: Selection = new Set();

export function toggled(selection: Selection, id: SongId): Selection {
  const next = new Set(selection);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** Everything between two songs, both included, in the order that is shown. */
export function withRange(
  selection: Selection,
  shown: readonly SongId[],
  from: SongId,
  to: SongId,
): Selection {
  const [a, b] = [shown.indexOf(from), shown.indexOf(to)];
  if (a < 0 || b < 0) return toggled(selection, to);
  return new Set([...selection, ...shown.slice(Math.min(a, b), Math.max(a, b) + 1)]);
}

/** All that are shown, or none of them when all are selected already. */
export function toggledAll(selection: Selection, shown: readonly SongId[]): Selection {
  const all = shown.length > 0 && shown.every((id) => selection.has(id));
  const next = new Set(selection);
  for (const id of shown) {
    if (all) next.delete(id);
    else next.add(id);
  }
  return next;
}
