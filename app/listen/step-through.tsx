"use client";

import { useEffect } from "react";
import { useStore } from "zustand";
import { useActions, useSession, useSessionStore } from "../session";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { gain, level } from "../ui/numbers";
import { canBeHeard, endRow, nextInRow, previousInRow, rowStore, startRow } from "./row-store";

const t = strings.row;
const STRIP =
  "row-strip fixed inset-x-0 bottom-0 z-20 flex flex-wrap items-center gap-x-4 gap-y-1.5 border-t border-edge bg-surface px-(--page-side) py-2";
const QUIET = "text-[0.8125rem] text-muted";

/** Begins to play a few seconds of every song at its leveled volume. */
export function HearInARow() {
  const actions = useActions();
  const store = useSessionStore();
  const some = useSession((state) => {
    for (const song of state.songs.values()) if (canBeHeard(song)) return true;
    return false;
  });
  if (!some) return null;
  return (
    <Button
      look="quiet"
      title={t.hint}
      onClick={() => {
        const { order, songs } = store.getState();
        startRow(
          order.flatMap((id) => songs.get(id) ?? []),
          actions.listening,
        );
      }}
    >
      {t.open}
    </Button>
  );
}

/** The strip at the foot of the page while songs are heard in a row. */
export function StepThrough() {
  const view = useStore(rowStore);
  useEffect(() => endRow, []);
  if (view.kind === "none") return null;
  if (view.kind === "unable") {
    return (
      <aside className={STRIP} aria-label={t.heading}>
        <p>{view.message}</p>
        <Button onClick={endRow}>{t.end}</Button>
      </aside>
    );
  }
  const { songs, state, gain: common } = view.row;
  const song = songs[state.index];
  if (song === undefined) return null;
  const leveled = song.status === "leveled";
  const change = song.gain ?? song.plannedGain ?? 0;
  const loudness = leveled
    ? song.result?.integrated
    : (song.source?.integrated ?? -Infinity) + change;
  return (
    <aside className={STRIP} aria-label={t.heading}>
      <p className={QUIET}>{t.place(state.index + 1, songs.length)}</p>
      <p className="wrap-anywhere" aria-live="polite">
        <strong>{song.name}</strong>{" "}
        <span className={QUIET}>
          {state.status === "opening" ? (
            t.opening
          ) : (
            <>
              {level(loudness)} <span className="unit">LUFS</span>{" "}
              {leveled ? t.delivered : change === 0 ? t.asItIs : `${t.planned}, ${gain(change)} dB`}
            </>
          )}
        </span>
      </p>
      {common < -0.05 && <p className={QUIET}>{t.quieter(gain(-common).replace("+", ""))}</p>}
      <div className="ms-auto flex gap-2">
        <Button onClick={previousInRow} aria-label={t.previous}>
          ‹
        </Button>
        <Button onClick={nextInRow} aria-label={t.next}>
          ›
        </Button>
        <Button onClick={endRow}>{t.end}</Button>
      </div>
    </aside>
  );
}
