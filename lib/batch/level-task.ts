import type { Settings } from "@/lib/settings/settings";
import type { LevelTask } from "@/lib/song/task";
import { targetOf } from "./planned";

/** What the settings ask for of one song. */
export const levelTask = (
  settings: Settings,
  song: Pick<LevelTask, "file" | "known" | "album">,
): LevelTask => ({
  ...song,
  target: targetOf(settings),
  dualMono: settings.dualMono,
  outputFormat: settings.outputFormat,
  verify: settings.twoPassNormalization,
  maxPasses: settings.twoPassNormalization ? settings.maxPasses : 1,
  losslessWherePossible: settings.losslessWherePossible,
  loudnessTags: settings.loudnessTags,
  replacesOriginal: settings.saveTo === "replace",
});
