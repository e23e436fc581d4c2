import { dbtp, decibels, lufs, seconds } from "@/lib/loudness/units";
import type { RefusalReason } from "@/lib/song/refusals";
import type { Song } from "@/lib/song/song";
import { leveledText, refusalText, skipText } from "@/lib/song/texts";
import { measurement, songRow } from "../batch/fixtures";

const TARGET = -14;

/** Planned as the default settings do; `held`: LU that its peaks hold it back. */
const measured = (integrated: number, held = 0): Partial<Song> => ({
  status: "measured",
  duration: seconds(100 - integrated),
  source: measurement(integrated, integrated + 12),
  plannedGain: decibels(TARGET - held - integrated),
  planned: {
    ...{ reason: null, way: null },
    integrated: lufs(TARGET - held),
    truePeak: dbtp(-1),
    limited: decibels(0),
    kind: held > 0 ? "held-back" : "gain",
    heldBy: held > 0 ? "peaks" : null,
    most: lufs(TARGET - held),
    estimate: false,
  },
});

const leveled = (integrated: number, held = 0): Partial<Song> => ({
  ...measured(integrated, held),
  status: "leveled",
  gain: decibels(TARGET - held - integrated),
  route: "encode",
  passes: 1,
  result: measurement(TARGET - held, -1),
  reason: held > 0 ? "held-back-by-peaks" : null,
  message: leveledText({
    shortfall: held > 0 ? "held-back-by-peaks" : null,
    held: held > 0 ? { by: "peaks", at: lufs(TARGET - held) } : null,
    passes: 1,
    notes: [],
  }),
});

const skipped = (integrated: number, reason: "already-at-target" | "silent"): Partial<Song> => ({
  ...measured(integrated),
  status: "skipped",
  reason,
  message: skipText[reason],
});

const failed = (reason: RefusalReason): Partial<Song> => ({
  status: "failed",
  reason,
  ...refusalText[reason],
});

/** A list with songs in every state in which a batch leaves them, and some that it has not begun. */
const rows: Readonly<Record<string, Partial<Song>>> = {
  "Battles/frantic.mp3": leveled(-11.6),
  "Battles/elf-land.ogg": leveled(-18.3, 2.5),
  "Battles/battle.flac": leveled(-12.9),
  "Battles/knolls.ogg": skipped(-14.05, "already-at-target"),
  "Quiet/silence.wav": skipped(-Infinity, "silent"),
  "Quiet/Défaite.m4a": measured(-15.3),
  "Quiet/wanderer.mp3": measured(-18.2, 1),
  "Broken/cut.mp3": failed("damaged"),
  "Broken/notes.mp3": failed("not-audio"),
  "new.mp3": {},
  "late.opus": { ...measured(-13.5), status: "cancelled" },
};

const list = Object.entries(rows).map(([path, change], index) =>
  songRow(index + 1, { path, name: path.slice(path.lastIndexOf("/") + 1), ...change }),
);

export const order = list.map(({ id }) => id);
export const songs = new Map(list.map((song) => [song.id, song]));
