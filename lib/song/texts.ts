import type { HeldBy } from "@/lib/loudness/plan";
import type { Lu, Seconds } from "@/lib/loudness/units";
import { descriptions } from "@/lib/settings/descriptions";
import type { Damage } from "./damage";
import type { WrittenTags } from "./loudness-tags";
import type { Leveled, Measured, Refused } from "./outcome";
import type { DeliveredKind, SavedAs, SongNote } from "./notes";
import type { RefusalReason, Shortfall, SkipReason } from "./refusals";

/** The English of all that is told of a song as a code. */

export const refusalText: Record<
  RefusalReason,
  { readonly message: string; /** The way out. */ readonly hint: string }
> = {
  "empty-file": {
    message: "The file is empty.",
    hint: "Copy it again from where it came from.",
  },
  "not-audio": {
    message: "This is not an audio file, whatever its name says.",
    hint: "Open it in a player to see what it is.",
  },
  "no-audio-stream": {
    message: "The file holds no audio.",
    hint: "It may be a picture or a video without sound.",
  },
  damaged: {
    message: "The audio is damaged and cannot be read.",
    hint: "Play it to the end in a player. If it stops there too, copy it again.",
  },
  "invalid-samples": {
    message: "The audio holds values that are not numbers.",
    hint: "A faulty export wrote them. Export the song again.",
  },
  "damaged-original": {
    message: "The file is damaged, so its original was left alone.",
    hint: "Copy it again from where it came from, or save to the Leveled folder to level what can be read.",
  },
  "more-sound-tracks": {
    message: "The file has more than one sound track, and only one can be kept.",
    hint: "Save to the Leveled folder to get that one as a song.",
  },
  "video-original": {
    message: "A video is not replaced by its sound.",
    hint: "Save to the Leveled folder to get the sound as a song.",
  },
  "not-undoable": {
    message: "The record of the lossless change does not fit this file.",
    hint: "The file was changed by another program since. Use a copy of the original.",
  },
  "unsupported-codec": {
    message: "Its audio codec cannot be read here.",
    hint: "Convert it to FLAC or WAV with a program that can read it, and add that.",
  },
  "copy-protected": {
    message: "The song is copy-protected, so nothing but its seller's player can read it.",
    hint: "Get it without copy protection from where you bought it.",
  },
  "tags-not-writable": {
    message: "Loudness tags cannot be written into this file without touching its sound.",
    hint: "Its kind has no place for them here, or its structure is unusual. To level it instead, set Loudness tags to Write.",
  },
  "encoder-refused": {
    message: "The output format cannot hold this audio.",
    hint: "Choose another output format, such as FLAC or WAV.",
  },
  "too-long": {
    message: "The song is too large for this output format.",
    hint: "Choose FLAC as the output format.",
  },
  "out-of-memory": {
    message: "There was not enough memory for this song.",
    hint: "Use fewer workers, then press Retry failed.",
  },
  "worker-crashed": {
    message: "The audio engine crashed on this song, twice.",
    hint: "The file may be damaged. The other songs are not affected.",
  },
  "worker-hung": {
    message: "The audio engine stopped responding on this song, twice.",
    hint: "The file may be damaged. Press Retry failed to try again.",
  },
  "file-gone": {
    message: "The file is no longer where it was.",
    hint: "It was moved or deleted after it was added. Add it again.",
  },
  "file-changed": {
    message: "The file changed while it was in work.",
    hint: "Close the program that writes to it, then press Retry failed.",
  },
  "changed-since": {
    message: "The file was changed after the batch was cut off, so it was left alone.",
    hint: "Press Retry failed to level it as it is now.",
  },
  "file-unreadable": {
    message: "The file may not be read.",
    hint: "Check its permissions on disk.",
  },
  "drive-failed": {
    message: "The drive could not read the file.",
    hint: "Try a copy from elsewhere: this drive, or its cable, may be failing.",
  },
  "permission-denied": {
    message: "Writing to the folder was not allowed.",
    hint: "Press Retry failed and allow the browser to edit files.",
  },
  "disk-full": {
    message: "The disk is full.",
    hint: "Make room, then press Retry failed.",
  },
  "no-working-room": {
    message: "There is too little room to work on this song.",
    hint: "In a private window room is scarce: use an ordinary one. Elsewhere make room on the disk that the browser's profile lies on. Then press Retry failed.",
  },
  "no-backup": {
    message: "Its original could not be kept, so it was not replaced.",
    hint: "Add its folder with Choose folder, or save to the Leveled folder.",
  },
  "name-refused": {
    message: "A file of this name cannot be written.",
    hint: "Rename the song to something shorter or plainer.",
  },
  "name-hidden": {
    message: "The browser hides files of this name, so it cannot be found or replaced.",
    hint: "Drop the folder again and save to the Leveled folder, another folder or a download.",
  },
  "write-failed": {
    message: "The result could not be written.",
    hint: "Check that the folder still exists and can be written to, then press Retry failed.",
  },
  "engine-unavailable": {
    message: "The audio engine could not be loaded.",
    hint: "Reload the page.",
  },
  unexpected: {
    message: "Something unexpected went wrong with this song.",
    hint: "Save the report and look at the details there.",
  },
};

/** Of songs that needed nothing. */
export const skipText: Record<SkipReason, string> = {
  "already-at-target": "Already at the target loudness.",
  "quieter-than-target": "Quieter than the target, and only turning down was asked for.",
  silent: "Silent: there is nothing to measure.",
  "held-back-by-peaks": "Its peaks are at the ceiling already, so it cannot be made louder.",
  "album-already-at-target": "Its album is at the target loudness already.",
  "album-quieter-than-target":
    "Its album is quieter than the target, and only turning down was asked for.",
  "album-held-back-by-peaks":
    "Peaks of other songs of its album are at the ceiling already, so the album cannot be made louder.",
  "nearest-lossless-step": "As close to the target as steps of 1.5 dB can bring it.",
  "no-lossless-way":
    "Its gain cannot be changed without encoding, and lossy files are never to be encoded.",
  "would-be-encoded":
    "It would have to be encoded to become another kind, and lossy files are never to be encoded.",
  "tagged-already": "It has these loudness tags already.",
  "done-before": "Done before with these settings, and unchanged since.",
  "nothing-to-undo": "No lossless change is recorded in this file.",
};

/** Of a song that the person left out. */
export const EXCLUDED_TEXT = "Excluded: nothing is done with it until it is included again.";

/** What to do about a song that was left as it is. */
export const skipHint: Partial<Record<SkipReason, string>> = {
  "no-lossless-way": "Choose Best sound under Re-encoding to level it all the same.",
  "would-be-encoded":
    "Choose Same as source as the output format, or Best sound under Re-encoding.",
};

/** Of songs that steps of their gain leave off the target. */
export function missedText(missedBy: Lu): string {
  const away = `${Math.abs(missedBy).toFixed(1)} LU ${missedBy < 0 ? "quieter" : "louder"}`;
  return `${away} than the target: its gain moves in steps of 1.5 dB.`;
}

/** Of songs that came out not quite at the target; what more passes would do, where there may be more. */
const shortfallText: Record<
  // A note tells by how much.
  Exclude<Shortfall, "lossless-step">,
  string | readonly [text: string, withMore: string]
> = {
  "held-back-by-peaks": "Held back by its peaks: quieter than the target.",
  "accuracy-not-reached": [
    "Not quite at the target.",
    "Not quite at the target: more passes may bring it closer.",
  ],
  "ceiling-not-reached": [
    "Its peaks are still above the ceiling.",
    "Its peaks are still above the ceiling: more passes may help.",
  ],
  "out-of-balance":
    "Limiting and encoding changed it by more than 0.2 LU beside the other songs of its album.",
};

const plainNoteText: Record<Extract<SongNote, string>, string> = {
  "gain-undone": "Undone: the audio is as it was.",
  "picture-left-out": "A picture of more than 16 MB has no place in FLAC and was left out.",
  "tags-read-in-part": "Its tags could not be read in full: some may be missing.",
  "damaged-tag-trimmed": "A tag was damaged; what can be read of it was kept.",
  "first-of-chain-only":
    "The file is several streams in a row; they became one, with the tags of the first.",
  "second-comment-block-dropped": "A second block of comments, which FLAC forbids, was left out.",
  "chapter-track-dropped": "Its chapters could not be read and were left out.",
  "damaged-chunk-dropped": "A chunk that runs past the end of the file was left out.",
  "bytes-in-front-dropped": "Bytes in front of the song that are no part of it were left out.",
  "tag-behind-flac-dropped":
    "A tag behind the audio (ID3v1 or APE), for which FLAC has no place, was left out.",
};

const savedAsText: Record<SavedAs["why"], (codec: string) => string> = {
  "sound-of-video": () => "the sound of a video",
  "usual-container": () => "the same codec in its usual container",
  "no-encoder": (codec) => `${codec} can be read here but not written`,
};

const kindText: Record<DeliveredKind, string> = {
  mp3: "MP3",
  flac: "FLAC",
  wav: "WAV",
  aiff: "AIFF",
  m4a: "AAC (M4A)",
  alac: "ALAC (M4A)",
  ogg: "Ogg Vorbis",
  oggflac: "Ogg FLAC",
  opus: "Opus",
  wma: "WMA",
  wavpack: "WavPack",
  tta: "True Audio",
  caf: "CAF",
  w64: "W64",
};

function noteText(note: SongNote): string {
  if (typeof note === "string") return plainNoteText[note];
  if ("missedBy" in note) return missedText(note.missedBy);
  if ("savedAs" in note)
    return `Saved as ${kindText[note.savedAs]}: ${savedAsText[note.why](note.codec)}.`;
  if ("bits" in note) return `Its samples of ${note.before} bits are stored with ${note.bits}.`;
  const { channels, from, to } = note;
  return channels === "name"
    ? `Its channels, ${from}, are called ${to} in this format.`
    : `Its channels, ${from}, were mixed to ${to}, since this format has no place for them.`;
}

const heldText: Record<HeldBy | "encoder", string> = {
  peaks: "they stand at the ceiling",
  encoder: "each encoding puts others of them over the ceiling",
  "most-limiting": "more would limit them further than is allowed",
  "limiting-brings-too-little": "limiting them further brings next to nothing",
};

function shortfallOf({
  shortfall,
  held,
  passes,
}: Pick<Leveled, "shortfall" | "held" | "passes">): string[] {
  if (held) {
    const at = held.at.toFixed(1).replace("-", "−");
    return [`Held back by its peaks: it ends at ${at} LUFS, since ${heldText[held.by]}.`];
  }
  const said = shortfall && shortfall !== "lossless-step" && shortfallText[shortfall];
  if (!said) return [];
  const isMore = passes < descriptions.maxPasses.max;
  return [typeof said === "string" ? said : said[isMore ? 1 : 0]];
}

/** Of songs that were leveled before and are made from something else than their original as it is. */
export const madeFromText = {
  retagged: "From the kept original, with the tags of the file on disk.",
  leveled: "From the leveled file: its original is not kept.",
  changed: "From the file as it is, which was changed since it was leveled.",
} as const;
/** Minutes and seconds, as players count them. */
const clock = (at: Seconds): string => {
  const [minutes, rest] = [Math.floor(at / 60), Math.floor(at % 60)];
  return `${minutes}:${String(rest).padStart(2, "0")}`;
};

const lengthText = (length: Seconds): string =>
  length < 0.1 ? "less than 0.1 s" : `${length.toFixed(1)} s`;

/** Where a song's file is damaged, and how much of the sound is missing. */
export function damageText({ kind, at, places, lost }: Damage): string {
  const more = places > 1 ? ` and ${places - 1} more ${places > 2 ? "places" : "place"}` : "";
  const where = at === null ? "Damaged:" : `Damaged at ${clock(at)}${more}:`;
  switch (kind) {
    case "undecodable":
      return `${where} ${lost === null ? "a part" : lengthText(lost)} could not be decoded.`;
    case "cut-short":
      return lost === null
        ? `${where} the end is missing.`
        : `${where} ${lengthText(lost)} are missing at the end.`;
    case "altered":
      return `${where} the sound is not what the file's checksum says.`;
  }
}

/** What there is to say of a song's file, whatever is done with it; null where it is as it should be. */
export const sourceText = ({ damage, format }: Pick<Measured, "damage" | "format">) =>
  [
    ...(damage ? [damageText(damage)] : []),
    ...(format.soundTracks > 1 ? [`One of ${format.soundTracks} sound tracks.`] : []),
  ].join(" ") || null;

const signed = (value: number, digits: number): string => {
  const text = Math.abs(value).toFixed(digits);
  return Number(text) === 0 ? text : `${value < 0 ? "−" : "+"}${text}`;
};
const peakText = (peak: number): string => `${signed(peak, 2).replace("+", "")} dBTP`;

/** What was written into a song's loudness tags. */
function tagsText({ reference, track, album }: WrittenTags): string {
  const of = (scope: string, { gain, truePeak }: WrittenTags["track"]): string =>
    `${scope} gain ${signed(gain, 2)} dB, peak ${peakText(truePeak)}`;
  const values = [of("Track", track), ...(album ? [of("album", album)] : [])].join("; ");
  return `${values} (towards ${signed(reference, 0)} LUFS). The sound is as it was.`;
}

/** What there is to say of a leveled song; null where all is as asked for. */
export function leveledText(
  song: Pick<Leveled, "shortfall" | "held" | "notes" | "passes" | "tags">,
) {
  const sentences = [
    ...(song.tags ? [tagsText(song.tags)] : []),
    ...shortfallOf(song),
    ...song.notes.map(noteText),
  ];
  return sentences.join(" ") || null;
}

/** Names of codecs that are not their ffmpeg name in capitals. */
const codecNames: Readonly<Record<string, string>> = {
  speex: "Speex",
  celt: "CELT",
  ac4: "AC-4",
  mpegh_3d_audio: "MPEG-H 3D Audio",
  wmavoice: "WMA Voice",
};

/** Of a song that could not be leveled, with what was found out before. */
export function refusedText({ reason, format, measured }: Omit<Refused, "kind" | "detail">): {
  readonly message: string;
  readonly hint: string;
} {
  const { message, hint } = refusalText[reason];
  if (reason === "damaged-original" && measured?.damage) {
    return { message: `${damageText(measured.damage)} Its original was left alone.`, hint };
  }
  if (reason === "more-sound-tracks" && format) {
    return {
      message: `The file has ${format.soundTracks} sound tracks, and only one can be kept.`,
      hint,
    };
  }
  if (reason === "unsupported-codec" && format) {
    const { codec, bitDepth } = format;
    const name = codecNames[codec] ?? codec.toUpperCase();
    const depth = bitDepth === null ? "" : ` of ${bitDepth} bits`;
    return { message: `Its codec (${name}${depth}) cannot be read here.`, hint };
  }
  return { message, hint };
}
