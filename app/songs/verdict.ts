import { asTheBatch, sameResult } from "@/lib/song/choice";
import { isDelivered, type Song } from "@/lib/song/song";
import { EXCLUDED_TEXT, skipHint } from "@/lib/song/texts";
import { plannedWayText, wayTakenText } from "@/lib/song/way-texts";
import { strings } from "../strings";
import { gain, level, percent } from "../ui/numbers";

const t = strings.songs;

/** How a row stands, for its colour and its sign (styles); the words say the same. */
export type Tone = "idle" | "work" | "good" | "note" | "bad";

export interface Verdict {
  readonly tone: Tone;
  readonly words: string;
  /** What a row has room for: how `words` begin. */
  readonly brief: string;
  /** Worth a word in the row too, though `words` say it later. */
  readonly aside: string | null;
  /** What to do about it; null = nothing. */
  readonly hint: string | null;
  /** Progress of the present phase, 0…1; null when nothing is under way. */
  readonly progress: number | null;
}

/** It was not to be encoded, and so is not where it should be. */
const isLeft = (reason: Song["reason"] | undefined): boolean =>
  reason === "no-lossless-way" || reason === "would-be-encoded";

/** Nothing is done with it; what was delivered before it was left out stays what it is. */
export const isExcluded = ({ choice, status }: Song): boolean =>
  choice.excluded && !isDelivered(status);

/** Without the words: what counting and sorting thousands of songs needs. */
export function toneOf(song: Song): Tone {
  const { status, reason, planned, damage } = song;
  if (isExcluded(song)) return "idle";
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

/** Of what is told of a song, what comes first and what explains it. */
interface Told {
  readonly brief: string;
  readonly more: string | null;
}

/** Sentences after the word: "Failed. The file is empty." */
const then = (word: string, sentence: string | null): string =>
  sentence === null ? word : `${word}${word.endsWith(".") ? "" : "."} ${sentence}`;

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

function endWords({ reason, limited, passes }: Song): string {
  const told = reason === null;
  const notes = [
    told && (limited ?? 0) >= 0.05 ? t.limitedBy(gain(limited).replace("+", "")) : null,
    told && passes > 2 ? t.passes(passes) : null,
  ].filter((note) => note !== null);
  return [t.status.leveled, ...notes].join(", ");
}

/** Where a song stands, in a word or two, and how far its present phase has come. */
export function phaseOf({ status, progress }: Song): string {
  const works = status === "measuring" || status === "rendering" || status === "verifying";
  return works ? `${t.status[status]} ${percent(progress)}` : t.status[status];
}

function toldOf(song: Song): Told {
  const { status, message } = song;
  if (isExcluded(song)) return { brief: t.excluded, more: EXCLUDED_TEXT };
  switch (status) {
    case "measured":
      return {
        brief: then(withChoice(planWords(song), song), message),
        more: plannedWayText(song),
      };
    case "leveled":
      return { brief: then(withChoice(endWords(song), song), message), more: wayTakenText(song) };
    // The numbers that were written are for who asks.
    case "tagged":
      return { brief: t.status.tagged, more: message };
    case "waiting":
      return { brief: withChoice(t.status.waiting, song), more: message };
    case "skipped":
      return { brief: then(withChoice(t.status.skipped, song), message), more: null };
    case "failed":
    case "cancelled":
      return { brief: then(t.status[status], message), more: null };
    default:
      return { brief: phaseOf(song), more: null };
  }
}

/** What is wanted of the song apart from the rest, said with its state. */
function withChoice(word: string, { status, choice, applied, planned }: Song): string {
  const delivered = isDelivered(status);
  // Where only tags are written, a nudge changes nothing.
  const tagsOnly = status === "measured" && planned?.kind === "tags";
  const { nudge } = delivered ? (applied ?? asTheBatch) : tagsOnly ? asTheBatch : choice;
  const notes = [
    nudge === 0 ? null : t.nudged(gain(nudge)),
    delivered && applied && !sameResult(applied, choice) ? t.otherwiseNext : null,
    delivered && choice.excluded ? t.excludedNext : null,
  ];
  return [word, ...notes.filter((note) => note !== null)].join(", ");
}

/** That it is encoded, which lossy songs pay for; null where that goes without saying. */
function asideOf({ status, way, planned }: Song): string | null {
  const shown = status === "leveled" ? way : status === "measured" ? planned?.way : null;
  if (shown?.route !== "encode" || shown.why === "lossless-source") return null;
  return status === "leveled" ? t.encoded : t.willBeEncoded;
}

const plannedHint = ({ status, planned }: Song): string | null =>
  (status === "measured" && planned?.reason && skipHint[planned.reason]) || null;

/** What happened to a song and why, in words. */
export function verdictOf(song: Song): Verdict {
  const tone = toneOf(song);
  const works = tone === "work";
  const silent =
    works ||
    isExcluded(song) ||
    song.status === "cancelled" ||
    (song.status === "measured" && tone === "idle");
  const { brief, more } = toldOf(song);
  return {
    tone,
    words: then(brief, more),
    brief,
    aside: asideOf(song),
    hint: silent ? null : (song.hint ?? plannedHint(song)),
    progress: works && song.status !== "written" ? song.progress : null,
  };
}

/** Failed, or not where it should be: what a person may want to look at. */
export function isProblem(song: Song): boolean {
  const tone = toneOf(song);
  return tone === "bad" || tone === "note";
}

/** What its peaks keep, or will keep, under the target: a part of the problems. */
export function isQuieter(song: Song): boolean {
  const { status, reason, planned } = song;
  if (!isProblem(song)) return false;
  if (isDelivered(status)) return reason === "held-back-by-peaks";
  return status === "measured" && planned?.kind === "held-back";
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
