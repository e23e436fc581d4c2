import type { SongTable } from "@/lib/batch/song-table";
import type { EngineLoader } from "@/lib/browser/engine";
import { isBeingWorkedOn } from "@/lib/journal/journal";
import type { DestinationChoice } from "./destination-choice";
import type { Notices } from "./notices";
import { Run, type RunRequest, type RunServices } from "./run";

export interface PreparationSetup {
  readonly table: SongTable;
  readonly notices: Notices;
  readonly engine: EngineLoader;
  readonly choice: DestinationChoice;
  readonly services: RunServices;
}

/**
 * Gets what a run needs: permissions first, while the person's click still counts for them, then the
 * engine. Null where the run cannot be, which is said, or is not wanted after all. Rejects with
 * `EngineUnavailable`.
 */
export async function prepareRun(
  request: RunRequest,
  { table, notices, engine, choice, services }: PreparationSetup,
): Promise<Run | null> {
  const { mode, settings } = request;
  const files = request.ids.map((id) => table.record(id).file);
  const opened = mode === "measure" ? null : await choice.open(files, settings);
  if (mode !== "measure") {
    if (!opened) return null;
    if (await isBeingWorkedOn(table.roots)) {
      notices.say(
        "Another LevelUp tab is working on this folder.",
        "Wait until it has finished, or close it.",
      );
      return null;
    }
  }
  await engine.load();
  // Some may have been removed from the list meanwhile.
  const ids = request.ids.filter((id) => table.has(id));
  if (ids.length === 0) return null;
  services.onDownload(null);
  notices.dismiss();
  return Run.prepare({ ...request, ids }, opened, services);
}
