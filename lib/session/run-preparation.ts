import type { SongTable } from "@/lib/batch/song-table";
import { workerCount } from "@/lib/batch/worker-count";
import type { Settings } from "@/lib/settings/settings";
import type { DestinationChoice } from "./destination-choice";
import type { Notices } from "./notices";
import type { SongEngine } from "./platform";
import { replacePreview } from "./replacing/preview";
import { Run, type RunRequest, type RunServices } from "./run";

export interface PreparationSetup {
  readonly table: SongTable;
  readonly notices: Notices;
  readonly engine: Pick<SongEngine, "load">;
  readonly choice: DestinationChoice;
  readonly services: RunServices;
}

export const busyText = [
  "Another LevelUp is working on this folder.",
  "Wait until it has finished, or close it.",
] as const;

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
  const preview = () => {
    const toDo = request.ids.filter((id) => !request.done?.has(id));
    const songs = toDo.map((id) => {
      const row = table.get(id);
      // Plans are for leveling.
      return {
        file: table.record(id).file,
        row: mode === "undo" ? { ...row, planned: null } : row,
      };
    });
    // Taking a gain back changes no kind, and it changes the sound.
    const undoing = { outputFormat: "same", loudnessTags: "leave" } as const;
    const way: Settings = mode === "undo" ? { ...settings, ...undoing } : settings;
    return replacePreview(songs, way, workerCount(songs.length, settings, services.machine));
  };
  const opened = mode === "measure" ? null : await choice.open(files, settings, preview);
  if (mode !== "measure") {
    if (!opened) return null;
    // Looked at before the engine is loaded, which may take long, and by the journal as it begins.
    if (await services.journal.isBeingWorkedOn(table.roots, request.resumed?.batch)) {
      notices.say(...busyText);
      return null;
    }
  }
  await engine.load();
  // Some may have been removed from the list meanwhile.
  const ids = request.ids.filter((id) => table.has(id));
  if (ids.length === 0) return null;
  services.onDownload(null);
  notices.dismiss();
  const run = await Run.prepare({ ...request, ids }, opened, services);
  if (run !== "busy") return run;
  notices.say(...busyText);
  return null;
}
