import type { SessionState } from "@/lib/session/session-state";
import type { Settings } from "@/lib/settings/settings";

/**
 * What the songs as they are shown were leveled by: the batch's own settings while it is on and once
 * it has ended, whatever is set for the next one. Else, also after measuring, the present ones.
 */
export const settingsShown = ({ run, phase, settings }: SessionState): Settings =>
  run && run.mode !== "measure" && phase !== "ready" && phase !== "measuring"
    ? run.settings
    : settings;
