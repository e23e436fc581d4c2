import type { Shortfall, SkipReason } from "./refusals";
/** What became of a song that needed nothing, or came out not quite at the target. */
export const skipText: Record<SkipReason, string> = {
  "already-at-target": "Already at the target loudness.",
  "quieter-than-target": "Quieter than the target, and only turning down was asked for.",
  silent: "Silent: there is nothing to measure.",
  "held-back-by-peaks": "Its peaks are at the ceiling already, so it cannot be made louder.",
  "nearest-lossless-step": "As close to the target as lossless steps of 1.5 dB can bring it.",
  "nothing-to-undo": "No lossless change is recorded in this file.",
};

export const shortfallText: Record<Shortfall, string> = {
  "held-back-by-peaks": "Held back by its peaks: quieter than the target.",
  "accuracy-not-reached": "Not quite at the target: another pass would bring it closer.",
  "ceiling-not-reached": "Its peaks are still above the ceiling: another pass may help.",
  "lossless-step": "As close to the target as lossless steps of 1.5 dB allow.",
};
