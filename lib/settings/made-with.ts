import { hasEffect, type SettingName, type Settings } from "./settings";

/** What a result depends on. Places and the number of workers change none of its bytes. */
const decisive = [
  ...(["targetLoudness", "truePeakCeiling", "whenPeaksTooHigh", "mostLimiting"] as const),
  ...(["levelBy", "albumsBy", "onlyTurnDown", "dualMono", "outputFormat"] as const),
  ...(["whenEncodedAgain", "reencoding", "loudnessTags", "twoPassNormalization"] as const),
  ...(["maxPasses", "accuracyThreshold"] as const),
] satisfies readonly SettingName[];

/** The settings that a result was made with, as a text that is the same for the same result. */
export const madeWith = (settings: Settings): string =>
  decisive.map((name) => (hasEffect(name, settings) ? String(settings[name]) : "")).join("|");

/** The same with where it was put: a song that lies elsewhere is still to be leveled here. */
export const doneWith = (settings: Settings, made = madeWith(settings)): string =>
  `${settings.saveTo}: ${made}`;

/** Whether a result lies in a folder; a download goes when the next batch begins. */
export const staysInPlace = (doneBy: string): boolean => !doneBy.startsWith("download:");
