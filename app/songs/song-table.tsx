"use client";

import { useDeferredValue, useMemo, useRef, useState, type CSSProperties } from "react";
import type { SessionState } from "@/lib/session/session-state";
import type { SongId } from "@/lib/song/song";
import { useSession, useThrottledSession, whileRunning } from "../session";
import { settingsShown } from "../report/settings-shown";
import { strings } from "../strings";
import { steady, type Throttle } from "../throttled";
import { level } from "../ui/numbers";
import { onScale, SCALE, shareToPercent } from "./scale";
import { nothingSelected, toggledAll, type Selection } from "./selection";
import { SelectionBar } from "./selection-bar";
import { SongBlocks } from "./song-blocks";
import { SongDetail } from "./song-detail";
import { useTableControl } from "./table-control";
import { COLUMNS, nextSort, sameIds, visibleSongs, type Column, type View } from "./view";
import { ViewBar } from "./view-bar";

const t = strings.songs;

/** Sorting and filtering follow a running batch once a second, not with every tick. */
const onceASecond = whileRunning(1000);
const followingOrder: Throttle<SessionState> = {
  ...onceASecond,
  urgent: (now, shown) => now.order !== shown.order || onceASecond.urgent!(now, shown),
};

export function SongTable({ view, onView }: { view: View; onView: (view: View) => void }) {
  const order = useSession((state) => state.order);
  const target = useSession((state) => settingsShown(state).targetLoudness);
  // Typing in the search shows at once; the table follows when there is time.
  const settled = useDeferredValue(view);
  const shown = useMemo(
    () => steady(({ songs, order }: SessionState) => visibleSongs(songs, order, settled), sameIds),
    [settled],
  );
  const ids = useThrottledSession(shown, followingOrder);
  const [opened, setOpened] = useState<SongId | null>(null);
  const [everSelected, setSelection] = useState<Selection>(nothingSelected);
  const selection = useMemo(
    () =>
      everSelected.size === 0 ? everSelected : new Set(order.filter((id) => everSelected.has(id))),
    [everSelected, order],
  );
  const scroller = useRef<HTMLDivElement>(null);
  const table = useRef<HTMLTableElement>(null);
  const { current, handlers } = useTableControl({
    ids,
    selection,
    onSelection: setSelection,
    onOpen: setOpened,
    table,
  });

  return (
    <section id="songs" className="grid grid-cols-[minmax(0,1fr)] gap-2" aria-label={t.heading}>
      <ViewBar view={view} onView={onView} shown={ids.length} />
      <SelectionBar selection={selection} onSelection={setSelection} />
      <div className="song-scroller" ref={scroller}>
        <table
          ref={table}
          role="table"
          aria-label={t.table}
          aria-rowcount={ids.length + 1}
          className="song-table"
          data-part={settled.filter !== "all" || undefined}
          style={
            {
              "--label-sort": JSON.stringify(t.sortBy),
              "--target": shareToPercent(onScale(target)),
            } as CSSProperties
          }
          {...handlers}
        >
          <thead role="rowgroup">
            <tr role="row" aria-rowindex={1}>
              <SelectAll
                ids={ids}
                selection={selection}
                onToggle={() => setSelection(toggledAll(selection, ids))}
              />
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
          <SongBlocks
            ids={ids}
            selection={selection}
            current={current}
            scroller={scroller}
            table={table}
          />
        </table>
      </div>
      {opened !== null && <SongDetail id={opened} onClose={() => setOpened(null)} />}
    </section>
  );
}

function SelectAll({
  ids,
  selection,
  onToggle,
}: {
  ids: readonly SongId[];
  selection: Selection;
  onToggle: () => void;
}) {
  const chosen = useMemo(
    () => (selection.size === 0 ? 0 : ids.filter((id) => selection.has(id)).length),
    [ids, selection],
  );
  const all = chosen > 0 && chosen === ids.length;
  return (
    <th role="columnheader" scope="col" className="column song-select">
      <input
        type="checkbox"
        aria-label={t.selectAll}
        checked={all}
        disabled={ids.length === 0}
        ref={(box) => {
          if (box !== null) box.indeterminate = chosen > 0 && !all;
        }}
        onChange={onToggle}
      />
    </th>
  );
}

const unitOf = (column: Column): string | null =>
  column in t.units ? t.units[column as keyof typeof t.units] : null;

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
        <span className="text-accent inline-block ps-0.75" aria-hidden>
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
