import type { Song } from "@/lib/batch/song";
import { strings } from "../strings";
import { gain, level, percent } from "../ui/numbers";

const t = strings.songs;

/** How a row stands, for its colour and its sign (styles); the words say the same. */
export type Tone = "idle" | "work" | "good" | "note" | "bad";

export interface Verdict {
  readonly tone: Tone;
  readonly words: string;
  /** What to do about it; null = nothing. */
  readonly hint: string | null;
  /** Progress of the present phase, 0…1; null when nothing is under way. */
  readonly progress: number | null;
}

const verdict = (
  tone: Tone,
  words: string,
  hint: string | null = null,
  progress: number | null = null,
): Verdict => ({ tone, words, hint, progress });

/** A sentence after the word: "Failed. The file is empty." */
const then = (word: string, sentence: string | null) =>
  sentence === null ? word : `${word}. ${sentence}`;

function plan(song: Song): Verdict {
  const word = t.status.measured;
  switch (song.planned?.kind) {
    case "limit":
      return verdict("idle", `${word}, ${t.willLimit}`);
    case "held-back":
      return verdict("note", `${word}, ${t.willHold(level(song.planned.integrated))}`, song.hint);
    case "skip":
      return verdict("idle", `${word}, ${t.willSkip}`);
    default:
      return verdict("idle", word);
  }
}

function end(song: Song): Verdict {
  if (song.reason !== null) return verdict("note", then(t.status.leveled, song.message), song.hint);
  const limited = song.limited ?? 0;
  const notes = [
    limited >= 0.05 ? t.limitedBy(gain(limited).replace("+", "")) : null,
    song.passes > 2 ? t.passes(song.passes) : null,
  ].filter((note) => note !== null);
  const words = [t.status.leveled, ...notes].join(", ");
  return verdict("good", then(words, song.message), song.hint);
}

/** What happened to a song and why, in words. */
export function verdictOf(song: Song): Verdict {
  const working = (word: string) =>
    verdict("work", `${word} ${percent(song.progress)}`, null, song.progress);
  switch (song.status) {
    case "waiting":
      return verdict("idle", then(t.status.waiting, song.message), song.hint);
    case "measuring":
      return working(t.status.measuring);
    case "measured":
      return plan(song);
    case "rendering":
      return working(t.status.rendering);
    case "verifying":
      return working(t.status.verifying);
    case "saving":
      return verdict("work", t.status.saving, null, song.progress);
    case "leveled":
      return end(song);
    case "skipped":
      return verdict(
        song.reason === "held-back-by-peaks" ? "note" : "good",
        then(t.status.skipped, song.message),
        song.hint,
      );
    case "failed":
      return verdict("bad", then(t.status.failed, song.message), song.hint);
    case "cancelled":
      return verdict("idle", t.status.cancelled);
  }
}

/** Failed, or not where it should be: what a person may want to look at. */
export function isProblem(song: Song): boolean {
  const { tone } = verdictOf(song);
  return tone === "bad" || tone === "note";
}

export const isDone = (song: Song): boolean =>
  song.status === "leveled" || song.status === "skipped";

/** "MP3 320 kb/s", "FLAC 16 bit": what the eye needs of a format. */
export function formatWords(format: Song["format"]): string | null {
  if (format === null) return null;
  const { container, codec, bitRate, bitDepth } = format;
  const name = codec.startsWith("pcm_") ? container : codec === "aac" ? "AAC" : codec;
  const kind = shownCodec[name] ?? name.toUpperCase();
  if (format.lossless) return bitDepth === null ? kind : `${kind} ${bitDepth} bit`;
  return bitRate === null ? kind : `${kind} ${Math.round(bitRate / 1000)} kb/s`;
}

const shownCodec: Partial<Record<string, string>> = {
  vorbis: "Vorbis",
  opus: "Opus",
  wavpack: "WavPack",
  wmav2: "WMA",
  wmav1: "WMA",
};
