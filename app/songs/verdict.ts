import { isDelivered, type Song } from "@/lib/song/song";
import { skipHint } from "@/lib/song/texts";
import { plannedWayText, wayTakenText } from "@/lib/song/way-texts";
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

/** It was not to be encoded, and so is not where it should be. */
const isLeft = (reason: Song["reason"] | undefined): boolean =>
  reason === "no-lossless-way" || reason === "would-be-encoded";

/** Without the words: what counting and sorting thousands of songs needs. */
export function toneOf({ status, reason, planned, damage }: Song): Tone {
  switch (status) {
    case "measuring":
    case "rendering":
    case "verifying":
    case "saving":
    case "written":
      return "work";
    case "measured":
      return planned?.kind === "held-back" || isLeft(planned?.reason) || damage ? "note" : "idle";
    case "leveled":
    case "tagged":
      return reason === null && !damage ? "good" : "note";
    case "skipped":
      return reason === "held-back-by-peaks" || isLeft(reason) || damage ? "note" : "good";
    case "failed":
      return "bad";
    case "waiting":
    case "cancelled":
      return "idle";
  }
}

/** Sentences after the word: "Failed. The file is empty." */
function then(word: string, ...sentences: readonly (string | null)[]): string {
  const said = sentences.filter((each) => each !== null);
  return said.length === 0 ? word : `${word}. ${said.join(" ")}`;
}

function planWords({ planned }: Song): string {
  const word = t.status.measured;
  switch (planned?.kind) {
    case "limit":
      return `${word}, ${t.willLimit(gain(planned.limited).replace("+", ""))}`;
    case "held-back":
      return `${word}, ${t.willHold(level(planned.integrated), t.holds[planned.heldBy ?? "peaks"])}`;
    case "dynamic":
      return `${word}, ${t.willEven}`;
    case "skip":
      return `${word}, ${t.willSkip}`;
    case "tags":
      return `${word}, ${t.willTag}`;
    default:
      return word;
  }
}

function endWords(song: Song): string {
  const way = wayTakenText(song);
  if (song.reason !== null) return then(t.status.leveled, song.message, way);
  const limited = song.limited ?? 0;
  const notes = [
    limited >= 0.05 ? t.limitedBy(gain(limited).replace("+", "")) : null,
    song.passes > 2 ? t.passes(song.passes) : null,
  ].filter((note) => note !== null);
  return then([t.status.leveled, ...notes].join(", "), song.message, way);
}

/** Where a song stands, in a word or two, and how far its present phase has come. */
export function phaseOf({ status, progress }: Song): string {
  const works = status === "measuring" || status === "rendering" || status === "verifying";
  return works ? `${t.status[status]} ${percent(progress)}` : t.status[status];
}

function wordsOf(song: Song): string {
  switch (song.status) {
    case "measured":
      return then(planWords(song), plannedWayText(song), song.message);
    case "leveled":
      return endWords(song);
    case "waiting":
    case "tagged":
    case "skipped":
    case "failed":
    case "cancelled":
      return then(t.status[song.status], song.message);
    default:
      return phaseOf(song);
  }
}

const plannedHint = ({ status, planned }: Song): string | null =>
  (status === "measured" && planned?.reason && skipHint[planned.reason]) || null;

/** What happened to a song and why, in words. */
export function verdictOf(song: Song): Verdict {
  const tone = toneOf(song);
  const works = tone === "work";
  const silent =
    works || song.status === "cancelled" || (song.status === "measured" && tone === "idle");
  return {
    tone,
    words: wordsOf(song),
    hint: silent ? null : (song.hint ?? plannedHint(song)),
    progress: works && song.status !== "written" ? song.progress : null,
  };
}

/** Failed, or not where it should be: what a person may want to look at. */
export function isProblem(song: Song): boolean {
  const tone = toneOf(song);
  return tone === "bad" || tone === "note";
}

export const isDone = ({ status }: Song): boolean => isDelivered(status);

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
