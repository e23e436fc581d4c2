"use client";

import {
  memo,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type CSSProperties,
  type RefObject,
} from "react";
import type { SongId } from "@/lib/song/song";
import type { Selection } from "./selection";
import { SongRow } from "./song-row";
import { sameIds } from "./view";
import { BLOCK, PLAIN_UP_TO, blocksBetween, placeBlocks, type Range } from "./windowing";

/** Pixels of a row before any was measured. */
const TYPICAL_ROW = 31;

interface Common {
  readonly selection: Selection;
  /** The one row that Tab reaches. */
  readonly current: SongId | null;
}

/**
 * The rows, in blocks. A short list stands in the page as a whole and the browser skips what is
 * out of sight. Of a long one only the blocks near the visible part exist; absent ones leave their
 * height. `aria-rowindex` tells each row's place in the whole.
 */
export function SongBlocks({
  ids,
  scroller,
  table,
  ...common
}: Common & {
  ids: readonly SongId[];
  scroller: RefObject<HTMLElement | null>;
  table: RefObject<HTMLTableElement | null>;
}) {
  const blocks = useMemo(
    () =>
      Array.from({ length: Math.ceil(ids.length / BLOCK) }, (_, block) =>
        ids.slice(block * BLOCK, (block + 1) * BLOCK),
      ),
    [ids],
  );
  const windowed = ids.length > PLAIN_UP_TO;
  const { placed, rest, observe } = useWindow(blocks, windowed, common.current, scroller, table);

  useLayoutEffect(() => {
    table.current?.style.setProperty("padding-bottom", `${rest}px`);
  }, [rest, table]);

  return placed.map(({ block, gap }) => (
    <SongBlock
      key={block}
      ids={blocks[block] ?? []}
      block={block}
      gap={gap}
      observe={windowed ? observe : null}
      {...common}
    />
  ));
}

function useWindow(
  blocks: readonly (readonly SongId[])[],
  windowed: boolean,
  current: SongId | null,
  scroller: RefObject<HTMLElement | null>,
  table: RefObject<HTMLTableElement | null>,
) {
  const [range, setRange] = useState<Range>({ first: 0, last: 3 });
  const [heights, setHeights] = useState<ReadonlyMap<number, number>>(new Map());

  const list = useMemo(() => {
    const known = [...heights].filter(([block]) => blocks[block]?.length === BLOCK);
    const sum = known.reduce((total, [, height]) => total + height, 0);
    const row = known.length > 0 ? sum / known.length / BLOCK : TYPICAL_ROW;
    return {
      count: blocks.length,
      heightOf: (block: number) => heights.get(block) ?? (blocks[block]?.length ?? 0) * row,
    };
  }, [blocks, heights]);

  useLayoutEffect(() => {
    const [outer, inner] = [scroller.current, table.current];
    if (!windowed || outer === null || inner === null) return;
    const look = () => {
      const [window_, whole] = [outer.getBoundingClientRect(), inner.getBoundingClientRect()];
      const body = whole.top + (inner.tHead?.offsetHeight ?? 0);
      const top = Math.max(0, window_.top) - body;
      const bottom = Math.min(window.innerHeight, window_.bottom) - body;
      const next = blocksBetween(list, top, bottom);
      setRange((now) => (now.first === next.first && now.last === next.last ? now : next));
    };
    look();
    // The table scrolls in its own frame where there is room, and with the page where there is not.
    const options = { capture: true, passive: true };
    window.addEventListener("scroll", look, options);
    window.addEventListener("resize", look);
    return () => {
      window.removeEventListener("scroll", look, options);
      window.removeEventListener("resize", look);
    };
  }, [list, windowed, scroller, table]);

  const observer = useRef<ResizeObserver | null>(null);
  useEffect(() => () => observer.current?.disconnect(), []);
  const observe = useCallback((element: HTMLElement) => {
    observer.current ??= new ResizeObserver((entries) => {
      setHeights((known) => {
        const changed = entries.flatMap(({ target, borderBoxSize: [size] }) => {
          const block = Number((target as HTMLElement).dataset["block"]);
          const height = size?.blockSize ?? 0;
          return height > 0 && Math.abs((known.get(block) ?? 0) - height) > 0.5
            ? [[block, height] as const]
            : [];
        });
        return changed.length === 0 ? known : new Map([...known, ...changed]);
      });
    });
    const watching = observer.current;
    watching.observe(element);
    return () => watching.unobserve(element);
  }, []);

  const held = useMemo(() => {
    if (current === null) return null;
    const found = blocks.findIndex((block) => block.includes(current));
    return found < 0 ? null : found;
  }, [blocks, current]);

  const whole = { first: 0, last: blocks.length - 1 };
  return { ...placeBlocks(list, windowed ? range : whole, held), observe };
}

/** Draws again only when its list of rows changes, not when a song does. */
const SongBlock = memo(
  function SongBlock({
    ids,
    block,
    gap,
    observe,
    selection,
    current,
  }: Common & {
    ids: readonly SongId[];
    block: number;
    gap: number;
    observe: ((element: HTMLElement) => () => void) | null;
  }) {
    const element = useRef<HTMLTableSectionElement>(null);
    useLayoutEffect(() => {
      if (observe !== null && element.current !== null) return observe(element.current);
    }, [observe]);
    return (
      <tbody
        ref={element}
        role="rowgroup"
        data-block={block}
        data-windowed={observe !== null || undefined}
        style={{ "--rows": ids.length, marginTop: gap } as CSSProperties}
      >
        {ids.map((id, index) => (
          <SongRow
            key={id}
            id={id}
            index={block * BLOCK + index}
            selected={selection.has(id)}
            tabbable={id === current}
          />
        ))}
      </tbody>
    );
  },
  (before, after) =>
    before.block === after.block &&
    before.gap === after.gap &&
    before.observe === after.observe &&
    before.selection === after.selection &&
    before.current === after.current &&
    sameIds(before.ids, after.ids),
);
