"use client";

import { memo, useCallback, useDeferredValue, useMemo, useState, type CSSProperties } from "react";
import type { SessionState } from "@/lib/batch/session-state";
import type { SongId } from "@/lib/batch/song";
import { useSession, useThrottledSession } from "../session";
import { strings } from "../strings";
import { level } from "../ui/numbers";
import { onScale, SCALE, shareToPercent } from "./scale";
import { SongDetail } from "./song-detail";
import { SongRow } from "./song-row";
import { COLUMNS, nextSort, sameIds, visibleSongs, type Column, type View } from "./view";
import { ViewBar } from "./view-bar";

const t = strings.songs;

/** Sorting and filtering follow a running batch twice a second, not with every tick. */
const twiceASecond = { every: 500 };
const songsOf = (state: SessionState) => state.songs;

export function SongTable({ view, onView }: { view: View; onView: (view: View) => void }) {
  const order = useSession((state) => state.order);
  const songs = useThrottledSession(songsOf, twiceASecond);
  const target = useSession((state) => state.settings.targetLoudness);
  // Typing in the search shows at once; the table follows when there is time.
  const settled = useDeferredValue(view);
  const ids = useMemo(() => visibleSongs(songs, order, settled), [songs, order, settled]);
  const [opened, setOpened] = useState<SongId | null>(null);
  const open = useCallback((id: SongId) => setOpened(id), []);
  const close = useCallback(() => setOpened(null), []);

  return (
    <section id="songs" className="songs" aria-label={t.heading}>
      <ViewBar view={view} onView={onView} shown={ids.length} />
      <div className="song-scroller" role="group" aria-label={t.table} tabIndex={0}>
        <table
          role="table"
          aria-label={t.table}
          aria-rowcount={ids.length + 1}
          className="song-table"
          style={{ ...labels, "--target": shareToPercent(onScale(target)) } as CSSProperties}
        >
          <thead role="rowgroup">
            <tr role="row" aria-rowindex={1}>
              {COLUMNS.map((column) => (
                <ColumnHeader
                  key={column}
                  column={column}
                  sort={view.sort}
                  onSort={() => onView({ ...view, sort: nextSort(view.sort, column) })}
                />
              ))}
            </tr>
          </thead>
          <SongBlocks ids={ids} onOpen={open} />
        </table>
      </div>
      {opened !== null && <SongDetail id={opened} onClose={close} />}
    </section>
  );
}

/**
 * Rows a block. The browser skips the layout and painting of blocks that are out of sight; a watch
 * on each of 10,000 rows would cost more than it saves.
 */
const BLOCK = 50;

function SongBlocks({ ids, onOpen }: { ids: readonly SongId[]; onOpen: (id: SongId) => void }) {
  const blocks = useMemo(
    () =>
      Array.from({ length: Math.ceil(ids.length / BLOCK) }, (_, block) =>
        ids.slice(block * BLOCK, (block + 1) * BLOCK),
      ),
    [ids],
  );
  return blocks.map((block, index) => (
    <SongBlock key={index} ids={block} first={index * BLOCK} onOpen={onOpen} />
  ));
}

/** Draws again only when its list of rows changes, not when a song does. */
const SongBlock = memo(
  function SongBlock({
    ids,
    first,
    onOpen,
  }: {
    ids: readonly SongId[];
    first: number;
    onOpen: (id: SongId) => void;
  }) {
    return (
      <tbody role="rowgroup" style={{ "--rows": ids.length } as CSSProperties}>
        {ids.map((id, index) => (
          <SongRow key={id} id={id} index={first + index} onOpen={onOpen} />
        ))}
      </tbody>
    );
  },
  (before, after) =>
    before.first === after.first &&
    before.onOpen === after.onOpen &&
    sameIds(before.ids, after.ids),
);

const unitOf = (column: Column): string | null =>
  column in t.units ? t.units[column as keyof typeof t.units] : null;

/** On narrow screens each value carries its column's name, drawn by the style sheet. */
const labels = Object.fromEntries(
  COLUMNS.map((column) => [
    `--label-${column}`,
    JSON.stringify([t.columns[column], unitOf(column)].filter(Boolean).join(" ")),
  ]),
);

const numeric: ReadonlySet<Column> = new Set([
  "length",
  "loudness",
  "peak",
  "range",
  "gain",
  "result",
]);

function ColumnHeader({
  column,
  sort,
  onSort,
}: {
  column: Column;
  sort: View["sort"];
  onSort: () => void;
}) {
  const sorted = sort?.by === column ? (sort.descending ? "descending" : "ascending") : "none";
  const unit = unitOf(column);
  return (
    <th
      role="columnheader"
      scope="col"
      aria-sort={sorted}
      className={`column ${numeric.has(column) ? "number" : ""} column-${column}`}
    >
      <button type="button" onClick={onSort}>
        {t.columns[column]}
        {unit !== null && <span className="unit"> {unit}</span>}
        <span className="sort-sign" aria-hidden>
          {sorted === "none" ? "" : sorted === "ascending" ? "↑" : "↓"}
        </span>
      </button>
      {column === "gain" && (
        <span className="scale-ends" aria-hidden>
          <span>{level(SCALE.lowest).replace(".0", "")}</span>
          <span>{level(SCALE.highest).replace(".0", "")} LUFS</span>
        </span>
      )}
    </th>
  );
}
