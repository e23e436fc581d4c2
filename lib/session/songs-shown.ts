import type { BatchLog } from "@/lib/batch/log";
import type { SongTable } from "@/lib/batch/song-table";
import { totalsOf } from "@/lib/batch/totals";
import type { RunFacts } from "./runs";
import type { SessionState, ShownRun } from "./session-state";

/** What the page shows of the songs and of the run that is on or was last. */
export function songsShown(
  table: SongTable,
  log: BatchLog,
  run: RunFacts | null,
  before: SessionState,
): Pick<SessionState, "songs" | "order" | "totals" | "log" | "folders" | "run"> {
  const songs = table.snapshot();
  const order = [...songs.keys()];
  const folders = [...new Set(Array.from(songs.values(), ({ folder }) => folder))];
  return {
    songs,
    folders: sameItems(folders, before.folders) ? before.folders : folders,
    run: run && shownRun(run, before.run),
    // An order that did not change stays the same array.
    order: sameItems(order, before.order) ? before.order : order,
    totals: totalsOf(songs, {
      ids: run?.ids ?? [],
      elapsed: run?.elapsed ?? 0,
      measuring: run?.mode === "measure",
      swaps: run?.swaps ?? { age: 0, left: null },
    }),
    log: log.snapshot(),
  };
}

const sameItems = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((each, index) => each === b[index]);

/** The same object while nothing of it changes. */
function shownRun(
  { mode, ids, settings, target, beside }: ShownRun,
  before: ShownRun | null,
): ShownRun {
  const run = { mode, ids, settings, target, beside };
  const names = Object.keys(run) as (keyof ShownRun)[];
  return before && names.every((name) => run[name] === before[name]) ? before : run;
}
