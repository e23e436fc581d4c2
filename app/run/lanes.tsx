"use client";

import { useState } from "react";
import type { WorkerLane } from "@/lib/batch/batch";
import type { SongId } from "@/lib/song/song";
import { isRunning, useSession } from "../session";
import { phaseOf, verdictOf } from "../songs/verdict";
import { strings } from "../strings";

const t = strings.run;

/** A lane a worker, all in one line: the song it holds and how far it is. */
export function Lanes() {
  const workers = useSession((state) => state.workers);
  const running = useSession(isRunning);
  // A lane that ends leaves its place empty, so that no other moves.
  const most = Math.max(0, ...workers.map(({ number }) => number));
  const [columns, setColumns] = useState(most);
  if (most > columns) setColumns(most);
  if (!running || workers.length === 0) return null;
  return (
    <ol
      className="grid min-h-8 items-center gap-x-4"
      style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
      aria-label={t.lanes}
    >
      {workers.map((lane) => (
        <Lane key={lane.number} lane={lane} />
      ))}
    </ol>
  );
}

const waiting: Record<WorkerLane["status"], string> = {
  starting: t.laneStarting,
  working: t.laneIdle,
  idle: t.laneIdle,
};

function Lane({ lane }: { lane: WorkerLane }) {
  return (
    <li
      style={{ gridColumn: lane.number, gridRow: 1 }}
      className="border-line @container relative flex min-w-0 gap-2 overflow-hidden border-b-2 py-1 text-[0.8125rem] whitespace-nowrap"
    >
      <span className="text-muted min-w-4">{lane.number}</span>
      {lane.song === null ? (
        <span className="text-muted truncate">{waiting[lane.status]}</span>
      ) : (
        <LaneSong id={lane.song} />
      )}
    </li>
  );
}

function LaneSong({ id }: { id: SongId }) {
  const song = useSession((state) => state.songs.get(id));
  if (song === undefined) return null;
  const { progress } = verdictOf(song);
  return (
    <>
      <span className="truncate">{song.name}</span>
      <span className="text-muted ms-auto hidden @min-[14rem]:inline">{phaseOf(song)}</span>
      <span
        className="bg-accent absolute inset-x-0 bottom-0 h-0.5 origin-left will-change-transform forced-color-adjust-none"
        aria-hidden
        style={{ transform: `scaleX(${(progress ?? 0).toFixed(3)})` }}
      />
    </>
  );
}
