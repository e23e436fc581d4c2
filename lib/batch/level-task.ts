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
  whenEncodedAgain: settings.whenEncodedAgain,
  verify: settings.twoPassNormalization,
  maxPasses: settings.twoPassNormalization ? settings.maxPasses : 1,
  reencoding: settings.reencoding,
  loudnessTags: settings.loudnessTags,
  replacesOriginal: settings.saveTo === "replace",
});
