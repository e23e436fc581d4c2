import type { BatchLog } from "@/lib/batch/log";
import type { SongTable } from "@/lib/batch/song-table";
import { totalsOf } from "@/lib/batch/totals";
import type { RunFacts } from "./runs";
import type { SessionState } from "./session-state";

/** What the page shows of the songs and of the run that is on or was last. */
export function songsShown(
  table: SongTable,
  log: BatchLog,
  run: RunFacts | null,
  before: SessionState,
): Pick<SessionState, "songs" | "order" | "totals" | "log"> {
  const songs = table.snapshot();
  const order = [...songs.keys()];
  const same =
    order.length === before.order.length && order.every((id, i) => id === before.order[i]);
  return {
    songs,
    // An order that did not change stays the same array.
    order: same ? before.order : order,
    totals: totalsOf(songs, {
      ids: run?.ids ?? [],
      elapsed: run?.elapsed ?? 0,
      measuring: run?.mode === "measure",
      swaps: run?.swaps ?? { age: 0, left: null },
    }),
    log: log.snapshot(),
  };
}
