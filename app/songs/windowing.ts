/** Which blocks of rows stand in the page while a long list is scrolled. Pure. */

/**
 * Rows up to which the whole table stands in the page: find-in-page and assistive technology have
 * all of it. Beyond, sorting and filtering would take the browser longer than a blink.
 */
export const PLAIN_UP_TO = 500;
/** Rows a block. */
export const BLOCK = 25;
/** Pixels above and below the visible part that are kept ready. */
const MARGIN = 600;

export interface Blocks {
  readonly count: number;
  /** Pixels of a block: measured where it has stood in the page, otherwise estimated. */
  readonly heightOf: (block: number) => number;
}

export interface Range {
  readonly first: number;
  readonly last: number;
}

/** Blocks between two heights of the list, with a margin; at least one. */
export function blocksBetween({ count, heightOf }: Blocks, top: number, bottom: number): Range {
  let [first, last] = [count - 1, 0];
  let at = 0;
  for (let block = 0; block < count; block += 1) {
    const end = at + heightOf(block);
    if (end > top - MARGIN && at < bottom + MARGIN) {
      first = Math.min(first, block);
      last = Math.max(last, block);
    }
    at = end;
  }
  return first <= last ? { first, last } : { first: last, last: first };
}

export interface PlacedBlock {
  readonly block: number;
  /** Pixels of absent blocks just above it. */
  readonly gap: number;
}

/** The blocks of the range, and one that must not go because it holds the focus, in order. */
export function placeBlocks(
  { count, heightOf }: Blocks,
  { first, last }: Range,
  held: number | null,
): { readonly placed: readonly PlacedBlock[]; readonly rest: number } {
  const placed: PlacedBlock[] = [];
  let gap = 0;
  for (let block = 0; block < count; block += 1) {
    if ((block >= first && block <= last) || block === held) {
      placed.push({ block, gap });
      gap = 0;
    } else gap += heightOf(block);
  }
  return { placed, rest: gap };
}
