"use client";

import type { SessionState } from "@/lib/session/session-state";
import { songsToDo } from "@/lib/session/songs-to-do";
import { isRunning, useActions, useSession } from "../session";
import { strings } from "../strings";
import { steady } from "../throttled";
import { Button } from "../ui/button";

const t = strings.run.before;

interface Before {
  readonly done: number;
  /** Done before with other settings, and so to be done again. */
  readonly otherwise: number;
  readonly left: number;
}

const nothing: Before = { done: 0, otherwise: 0, left: 0 };

const beforeOf = steady(
  (state: SessionState) => (isRunning(state) ? nothing : known(state)),
  (a, b) => a.done === b.done && a.otherwise === b.otherwise && a.left === b.left,
);

let last: { readonly songs: unknown; readonly settings: unknown; readonly is: Before } | null =
  null;

/** Counted once for each state of songs and settings, however many ask. */
function known({ songs, settings }: SessionState): Before {
  if (last?.songs === songs && last.settings === settings) return last.is;
  const all = [...songs.values()];
  const is = {
    done: all.filter(({ reason }) => reason === "done-before").length,
    otherwise: all.filter(({ status, doneBy }) => status === "waiting" && doneBy).length,
    left: songsToDo(all, "level", settings).length,
  };
  last = { songs, settings, is };
  return is;
}

/** What an earlier visit did of these songs, and the choice to do all of it again. */
export function DoneBefore() {
  const { done, otherwise, left } = useSession(beforeOf);
  const phase = useSession((state) => state.phase);
  const actions = useActions();
  if (phase !== "ready" || done + otherwise === 0) return null;
  return (
    <p className="text-muted">
      {done > 0 && (left > 0 ? t.some(done, left) : t.all(done))}
      {otherwise > 0 && ` ${t.otherwise(otherwise)}`}{" "}
      {done > 0 && left > 0 && (
        <Button look="quiet" onClick={() => void actions.levelAll()}>
          {t.again}
        </Button>
      )}
    </p>
  );
}
