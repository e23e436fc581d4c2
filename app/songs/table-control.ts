"use client";

import {
  useLayoutEffect,
  useRef,
  useState,
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  type RefObject,
} from "react";
import type { SongId } from "@/lib/song/song";
import { useActions } from "../session";
import { toggled, toggledAll, withRange, type Selection } from "./selection";

/** Rows a press of Page Up or Page Down goes. */
const PAGE = 10;

type Control = "select" | "open";

const controlOf = (element: Element): Control | null => {
  const name = element.getAttribute("data-control");
  return name === "select" || name === "open" ? name : null;
};

function songOf(target: EventTarget): SongId | null {
  const row = target instanceof Element ? target.closest("[data-song]") : null;
  return row === null ? null : (Number(row.getAttribute("data-song")) as SongId);
}

/** Where a key leads from a row; null when it leads nowhere. */
function goal(key: string, from: number, rows: number): number | null {
  const to = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    PageDown: from + PAGE,
    PageUp: from - PAGE,
    Home: 0,
    End: rows - 1,
  }[key];
  return to === undefined ? null : Math.min(rows - 1, Math.max(0, to));
}

/**
 * Mouse and keyboard of the table. Tab reaches one row's controls, arrows move from row to row on
 * the same control, with Shift they select on the way; Enter opens a song, Space selects it.
 */
export function useTableControl({
  ids,
  selection,
  onSelection,
  onOpen,
  table,
}: {
  ids: readonly SongId[];
  selection: Selection;
  onSelection: (selection: Selection) => void;
  onOpen: (id: SongId) => void;
  table: RefObject<HTMLTableElement | null>;
}) {
  const actions = useActions();
  const [last, setLast] = useState<SongId | null>(null);
  const current = last !== null && ids.includes(last) ? last : (ids[0] ?? null);
  const anchor = useRef<SongId | null>(null);
  /** A row that gets the focus as soon as it stands in the page. */
  const wanted = useRef<{ id: SongId; control: Control } | null>(null);

  useLayoutEffect(() => {
    if (wanted.current === null) return;
    const { id, control } = wanted.current;
    const element = table.current?.querySelector<HTMLElement>(
      `[data-song="${id}"] [data-control="${control}"]`,
    );
    if (!element) return;
    wanted.current = null;
    element.focus();
  });

  const select = (id: SongId, range: boolean) => {
    onSelection(
      range && anchor.current !== null
        ? withRange(selection, ids, anchor.current, id)
        : toggled(selection, id),
    );
    if (!range || anchor.current === null) anchor.current = id;
  };

  return {
    current,
    handlers: {
      onFocus: ({ target }: FocusEvent) => {
        const id = songOf(target);
        if (id !== null && id !== last) setLast(id);
      },
      onClick: (event: MouseEvent) => {
        const id = songOf(event.target);
        if (id === null || !(event.target instanceof Element)) return;
        setLast(id);
        if (controlOf(event.target) === "select") select(id, event.shiftKey);
        // Text that was just marked is to be copied, not to be opened.
        else if (window.getSelection()?.isCollapsed ?? true) onOpen(id);
      },
      onKeyDown: (event: KeyboardEvent) => {
        const id = songOf(event.target);
        const control = event.target instanceof Element ? controlOf(event.target) : null;
        if (id === null || control === null || event.altKey) return;
        const { key } = event;
        if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "a") {
          onSelection(toggledAll(selection, ids));
        } else if (event.ctrlKey || event.metaKey) {
          return;
        } else if (key === " ") select(id, event.shiftKey);
        else if (key === "Enter") onOpen(id);
        else if (key === "Delete") actions.remove(selection.has(id) ? [...selection] : [id]);
        else {
          const to = goal(key, ids.indexOf(id), ids.length);
          const next = to === null ? undefined : ids[to];
          if (next === undefined) return;
          wanted.current = { id: next, control };
          setLast(next);
          if (event.shiftKey && next !== id) {
            anchor.current ??= id;
            onSelection(withRange(selection, ids, id, next));
          }
        }
        event.preventDefault();
      },
    },
  };
}
