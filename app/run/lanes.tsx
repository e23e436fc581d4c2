"use client";

import type { WorkerLane } from "@/lib/batch/batch";
import type { SongId } from "@/lib/song/song";
import { isRunning, useSession } from "../session";
import { phaseOf, verdictOf } from "../songs/verdict";
import { strings } from "../strings";

const t = strings.run;

/** A lane a worker: the song it holds and how far it is. */
export function Lanes() {
  const workers = useSession((state) => state.workers);
  const running = useSession(isRunning);
  if (!running || workers.length === 0) return null;
  return (
    <ol className="lanes" aria-label={t.lanes}>
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
    <li className="lane">
      <span className="lane-number">{lane.number}</span>
      {lane.song === null ? (
        <span className="lane-idle">{waiting[lane.status]}</span>
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
      <span className="lane-name">{song.name}</span>
      <span className="lane-phase">{phaseOf(song)}</span>
      <span
        className="lane-bar"
        aria-hidden
        style={{ transform: `scaleX(${(progress ?? 0).toFixed(3)})` }}
      />
    </>
  );
}
