"use client";

import { useEffect } from "react";
import { useStore } from "zustand";
import { useActions, useSession, useSessionStore } from "../session";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { gain, level } from "../ui/numbers";
import { canBeHeard, endRow, nextInRow, previousInRow, rowStore, startRow } from "./row-store";

const t = strings.row;

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
      <aside className="row-strip" aria-label={t.heading}>
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
    <aside className="row-strip" aria-label={t.heading}>
      <p className="row-place">{t.place(state.index + 1, songs.length)}</p>
      <p className="row-song" aria-live="polite">
        <strong>{song.name}</strong>{" "}
        <span className="row-level">
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
      {common < -0.05 && <p className="row-about">{t.quieter(gain(-common).replace("+", ""))}</p>}
      <div className="row-buttons">
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
