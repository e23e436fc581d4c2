import { workerCount } from "@/lib/batch/worker-count";
import type { SessionState } from "@/lib/session/session-state";
import { songsToDo } from "@/lib/session/songs-to-do";
import type { Settings } from "@/lib/settings/settings";
import type { Song } from "@/lib/song/song";

/** What *Start* is going to take; nothing of it is a promise. */
export interface Forecast {
  readonly songs: number;
  readonly seconds: number;
  /** New on the disk; null where it is not known. */
  readonly bytes: number | null;
}

/** Work for a second of audio on one worker: 3.7 s for a song of 179 s, measured in Chromium. */
const WORK_PER_SECOND = 3.7 / 179;
/** Of a song's work, what measuring alone takes. */
const SHARE_OF_MEASURING = 0.2;
/** Replaced songs wait about this long for the system to write them. */
const SECONDS_OF_WAITING = 60;

/** Bits per second of kinds whose size says little else, before a song was measured. */
const typicalRates: Readonly<Record<string, number>> = {
  ...{ wav: 1_411_200, aif: 1_411_200, aiff: 1_411_200, flac: 900_000, wv: 900_000 },
};
const TYPICAL_RATE = 256_000;

const sum = (values: readonly number[]): number => values.reduce((all, each) => all + each, 0);

function lengthOf({ duration, size, name }: Song): number {
  if (duration !== null) return duration;
  const extension = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return (size * 8) / (typicalRates[extension] ?? TYPICAL_RATE);
}

/** The pace of songs that were measured or leveled here, else the one that is stated above. */
function paceOf(songs: readonly Song[], tagsOnly: boolean): number {
  let [audio, work] = [0, 0];
  for (const { duration, seconds } of songs) {
    if (duration === null || seconds === null) continue;
    audio += duration;
    const whole = seconds.render > 0 ? seconds.total : seconds.measure / SHARE_OF_MEASURING;
    work += tagsOnly ? seconds.measure : whole;
  }
  if (audio > 0 && work > 0) return work / audio;
  return tagsOnly ? WORK_PER_SECOND * SHARE_OF_MEASURING : WORK_PER_SECOND;
}

function bytesOf(songs: readonly Song[], settings: Settings): number | null {
  const { saveTo, keepOriginals, outputFormat } = settings;
  if (saveTo === "replace") return keepOriginals ? sum(songs.map(({ size }) => size)) : null;
  return outputFormat === "same" ? sum(songs.map(({ size }) => size)) : null;
}

/** Null where there is nothing to do. */
export function forecastOf({ songs, settings, capabilities }: SessionState): Forecast | null {
  const todo = songsToDo([...songs.values()], "level", settings);
  if (todo.length === 0) return null;
  const machine = { cores: capabilities.cores, memory: null };
  const pace = paceOf([...songs.values()], settings.loudnessTags === "only");
  const work = sum(todo.map(lengthOf)) * pace;
  const waiting = settings.saveTo === "replace" ? SECONDS_OF_WAITING : 0;
  return {
    songs: todo.length,
    seconds: work / workerCount(todo.length, settings, machine) + waiting,
    bytes: bytesOf(todo, settings),
  };
}
