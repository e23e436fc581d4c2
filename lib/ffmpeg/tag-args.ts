import type { Encoding } from "./encoding";
import { OPENING } from "./opening";
import type { Probe } from "./probe";

/** Arguments that carry tags and covers from the song into the encoded file. */
export interface TagArgs {
  readonly input: readonly string[];
  readonly output: readonly string[];
}

/** Nothing of the source: its tags are transplanted byte for byte afterwards. */
export const noTags: TagArgs = { input: [], output: ["-map_metadata", "-1"] };

/**
 * Only the chapters of the source, as the muxer writes them. Version 2.4 of ID3 is the one that
 * they are taken out of again.
 */
export const chaptersOnly = (songPath: string): TagArgs => ({
  input: ["-protocol_whitelist", "file", "-i", songPath],
  // Without ":g" the chapters would lose their titles.
  output: ["-map_metadata:g", "-1", "-map_chapters", "1", "-id3v2_version", "4"],
});

/** Muxers that take an attached picture from a stream. */
const withCover = new Set(["mp3", "flac", "ipod", "aiff"]);
/** Muxers that keep tags on the stream rather than on the file. */
const tagsOnStream = new Set(["ogg", "opus"]);
/** Tell of a loudness that the song no longer has. */
const loudnessTags = [
  "REPLAYGAIN_TRACK_GAIN",
  "REPLAYGAIN_TRACK_PEAK",
  "REPLAYGAIN_TRACK_RANGE",
  "REPLAYGAIN_ALBUM_GAIN",
  "REPLAYGAIN_ALBUM_PEAK",
  "REPLAYGAIN_ALBUM_RANGE",
  "REPLAYGAIN_REFERENCE_LOUDNESS",
  "R128_TRACK_GAIN",
  "R128_ALBUM_GAIN",
  "iTunNORM",
  "MP3GAIN_MINMAX",
  "MP3GAIN_ALBUM_MINMAX",
  "MP3GAIN_UNDO",
  "REPLAYGAIN_UNDO",
  "LEVELUP_UNDO",
];

/** The common fields and the cover, translated by ffmpeg: for what we cannot read or write. */
export function mappedTags(probe: Probe, encoding: Encoding, songPath: string): TagArgs {
  const cover = withCover.has(encoding.muxer) ? probe.covers[0] : undefined;
  const covers =
    cover === undefined
      ? []
      : ["-map", `1:v:${cover}`, "-c:v", "copy", "-disposition:v:0", "attached_pic"];
  // Ogg sources keep their tags on the stream, others on the file; take both, the file's last.
  const from = /^(ogg|opus)$/.test(probe.format.container) ? `1:s:${probe.streamIndex}` : "1:g";
  const to = tagsOnStream.has(encoding.muxer) ? "-map_metadata:s:a:0" : "-map_metadata:g";
  return {
    input: [...OPENING, "-i", songPath],
    output: [
      // Version 2.3 is the one that every player reads.
      ...[...covers, "-id3v2_version", "3", "-map_metadata", "-1", to, from],
      ...loudnessTags.flatMap((name) => ["-metadata", `${name}=`]),
    ],
  };
}
