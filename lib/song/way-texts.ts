import type { Audibility } from "./encoding-cost";
import type { SourceFormat } from "./source-format";
import type { Song } from "./song";
import { missedText, skipText } from "./texts";
import type { SongWay, WayReason } from "./way";

/** The English of which way a song goes; null where that goes without saying. */
const why: Record<WayReason, string | null> = {
  exact: "its gain can be set exactly in the file itself",
  "near-step": "the nearest step of 1.5 dB is near enough to the target",
  never: "lossy files are never to be encoded",
  "lossless-source": null,
  always: "that was asked for",
  "other-kind": "it becomes another kind",
  "no-own-gain": "its gain cannot be changed without that",
  peaks: "its peaks have to be limited",
  "evened-out": "it is evened out",
  "no-near-step": "no step of 1.5 dB is near enough to the target",
};

const audibleText: Record<Audibility, string> = {
  inaudible: "inaudible",
  hardly: "hardly audible",
  slightly: "slightly audible",
  clearly: "clearly audible",
};

const codecNames: Readonly<Record<string, string>> = {
  ...{ mp3: "MP3", aac: "AAC", vorbis: "Ogg Vorbis", opus: "Opus" },
};

/** "Encoding MP3 at 128 kb/s again is slightly audible." */
export function costText(
  { cost }: Pick<SongWay, "cost">,
  { codec, bitRate }: Pick<SourceFormat, "codec" | "bitRate">,
): string | null {
  if (cost === null || bitRate === null) return null;
  const what = `${codecNames[codec] ?? codec} at ${Math.round(bitRate / 1000)} kb/s`;
  const audible = `${cost.atLeast ? "at least " : ""}${audibleText[cost.audible]}`;
  return `Encoding ${what} again is ${audible}.`;
}

function wayText(
  way: SongWay | null | undefined,
  format: SourceFormat | null,
  words: { readonly encode: string; readonly lossless: string },
): string | null {
  if (!way || why[way.why] === null) return null;
  const cost = way.route === "encode" && format ? costText(way, format) : null;
  const missed = way.missedBy === null ? null : missedText(way.missedBy);
  const sentences = [`${words[way.route]}: ${why[way.why]}.`, cost];
  return [...sentences, missed].filter((each) => each !== null).join(" ");
}

/** Which way a measured song will go, or why it will be left as it is. */
export const plannedWayText = ({ planned, format }: Pick<Song, "planned" | "format">) =>
  planned?.reason
    ? skipText[planned.reason]
    : wayText(planned?.way, format, {
        ...{ encode: "Will be encoded", lossless: "Will not be encoded" },
      });

/** Which way a leveled song went. What steps leave off the target stands in its message. */
export const wayTakenText = ({ way, format }: Pick<Song, "way" | "format">) =>
  wayText(way && { ...way, missedBy: null }, format, {
    ...{ encode: "Encoded", lossless: "Not encoded" },
  });
