/**
 * Where each field of text stands in each format. The fields and their places are those of
 * MusicBrainz Picard (picard-docs.musicbrainz.org, "Tag mapping"), which other taggers follow; the
 * names of the fields are also music-metadata's.
 */
export interface Places {
  /** Vorbis comment of FLAC, Ogg and Opus. */
  readonly vorbis: string;
  /** Frame of ID3v2.4; `TXXX:` and `UFID:` with a name, `TIPL:` with a role. */
  readonly id3: string;
  /** Four characters of an item, or the name of a freeform one. */
  readonly mp4: string;
  /** Chunk in a WAV's LIST INFO. */
  readonly info?: string;
}

const at = (vorbis: string, id3: string, mp4: string, info?: string): Places =>
  info === undefined ? { vorbis, id3, mp4 } : { vorbis, id3, mp4, info };

const textFields = {
  title: at("TITLE", "TIT2", "\xa9nam", "INAM"),
  artist: at("ARTIST", "TPE1", "\xa9ART", "IART"),
  /** One by one, where `artist` is a credit like "A feat. B". */
  artists: at("ARTISTS", "TXXX:ARTISTS", "ARTISTS"),
  album: at("ALBUM", "TALB", "\xa9alb", "IPRD"),
  albumartist: at("ALBUMARTIST", "TPE2", "aART"),
  date: at("DATE", "TDRC", "\xa9day", "ICRD"),
  originaldate: at("ORIGINALDATE", "TDOR", "ORIGINALDATE"),
  originalyear: at("ORIGINALYEAR", "TXXX:originalyear", "ORIGINALYEAR"),
  releasedate: at("RELEASEDATE", "TDRL", "RELEASEDATE"),
  genre: at("GENRE", "TCON", "\xa9gen", "IGNR"),
  composer: at("COMPOSER", "TCOM", "\xa9wrt"),
  lyricist: at("LYRICIST", "TEXT", "LYRICIST"),
  writer: at("WRITER", "TXXX:Writer", "WRITER"),
  conductor: at("CONDUCTOR", "TPE3", "CONDUCTOR"),
  remixer: at("REMIXER", "TPE4", "REMIXER"),
  arranger: at("ARRANGER", "TIPL:arranger", "ARRANGER"),
  engineer: at("ENGINEER", "TIPL:engineer", "ENGINEER", "IENG"),
  producer: at("PRODUCER", "TIPL:producer", "PRODUCER"),
  djmixer: at("DJMIXER", "TIPL:DJ-mix", "DJMIXER"),
  mixer: at("MIXER", "TIPL:mix", "MIXER"),
  label: at("LABEL", "TPUB", "LABEL"),
  grouping: at("GROUPING", "TIT1", "\xa9grp"),
  subtitle: at("SUBTITLE", "TIT3", "SUBTITLE"),
  discsubtitle: at("DISCSUBTITLE", "TSST", "DISCSUBTITLE"),
  work: at("WORK", "TXXX:WORK", "\xa9wrk"),
  description: at("DESCRIPTION", "TDES", "desc"),
  key: at("KEY", "TKEY", "initialkey"),
  mood: at("MOOD", "TMOO", "MOOD"),
  media: at("MEDIA", "TMED", "MEDIA", "IMED"),
  language: at("LANGUAGE", "TLAN", "LANGUAGE"),
  script: at("SCRIPT", "TXXX:SCRIPT", "SCRIPT"),
  copyright: at("COPYRIGHT", "TCOP", "cprt", "ICOP"),
  license: at("LICENSE", "TXXX:LICENSE", "LICENSE"),
  website: at("WEBSITE", "WOAR", "WEBSITE"),
  titlesort: at("TITLESORT", "TSOT", "sonm"),
  artistsort: at("ARTISTSORT", "TSOP", "soar"),
  albumsort: at("ALBUMSORT", "TSOA", "soal"),
  albumartistsort: at("ALBUMARTISTSORT", "TSO2", "soaa"),
  composersort: at("COMPOSERSORT", "TSOC", "soco"),
  catalognumber: at("CATALOGNUMBER", "TXXX:CATALOGNUMBER", "CATALOGNUMBER"),
  barcode: at("BARCODE", "TXXX:BARCODE", "BARCODE"),
  isrc: at("ISRC", "TSRC", "ISRC"),
  asin: at("ASIN", "TXXX:ASIN", "ASIN"),
  releasestatus: at("RELEASESTATUS", "TXXX:MusicBrainz Album Status", "MusicBrainz Album Status"),
  releasetype: at("RELEASETYPE", "TXXX:MusicBrainz Album Type", "MusicBrainz Album Type"),
  releasecountry: at(
    "RELEASECOUNTRY",
    "TXXX:MusicBrainz Album Release Country",
    "MusicBrainz Album Release Country",
  ),
  musicbrainz_recordingid: at(
    "MUSICBRAINZ_TRACKID",
    "UFID:http://musicbrainz.org",
    "MusicBrainz Track Id",
  ),
  musicbrainz_trackid: at(
    "MUSICBRAINZ_RELEASETRACKID",
    "TXXX:MusicBrainz Release Track Id",
    "MusicBrainz Release Track Id",
  ),
  musicbrainz_albumid: at(
    "MUSICBRAINZ_ALBUMID",
    "TXXX:MusicBrainz Album Id",
    "MusicBrainz Album Id",
  ),
  musicbrainz_artistid: at(
    "MUSICBRAINZ_ARTISTID",
    "TXXX:MusicBrainz Artist Id",
    "MusicBrainz Artist Id",
  ),
  musicbrainz_albumartistid: at(
    "MUSICBRAINZ_ALBUMARTISTID",
    "TXXX:MusicBrainz Album Artist Id",
    "MusicBrainz Album Artist Id",
  ),
  musicbrainz_releasegroupid: at(
    "MUSICBRAINZ_RELEASEGROUPID",
    "TXXX:MusicBrainz Release Group Id",
    "MusicBrainz Release Group Id",
  ),
  musicbrainz_workid: at("MUSICBRAINZ_WORKID", "TXXX:MusicBrainz Work Id", "MusicBrainz Work Id"),
  musicbrainz_discid: at("MUSICBRAINZ_DISCID", "TXXX:MusicBrainz Disc Id", "MusicBrainz Disc Id"),
  acoustid_id: at("ACOUSTID_ID", "TXXX:Acoustid Id", "Acoustid Id"),
  acoustid_fingerprint: at(
    "ACOUSTID_FINGERPRINT",
    "TXXX:Acoustid Fingerprint",
    "Acoustid Fingerprint",
  ),
} as const satisfies Record<string, Places>;

export type TextField = keyof typeof textFields;

export const fieldNames = Object.keys(textFields) as TextField[];

export const placesOf = (field: TextField): Places => textFields[field];

/**
 * Names that a person's own fields must not have: they are read as one of the fields above, are a
 * number, a picture or a text of their own, or tell of the old encoding. In capitals.
 */
const reservedNames = new Set([
  ...fieldNames.flatMap((field) => {
    const { vorbis, id3, mp4 } = placesOf(field);
    return [field, vorbis, id3.replace(/^.*:/, ""), mp4].map((name) => name.toUpperCase());
  }),
  ...(
    "ALBUM ARTIST,ALBUM_ARTIST,BAND,YEAR,COMMENT,COMMENTS,NOTES,LYRICS,UNSYNCEDLYRICS," +
    "TRACK,TRACKNUMBER,TRACKTOTAL,TOTALTRACKS,DISC,DISCNUMBER,DISCTOTAL,TOTALDISCS," +
    "ORGANIZATION,PUBLISHER,STYLE,BPM,COMPILATION,RATING,CATALOGID," +
    "METADATA_BLOCK_PICTURE,COVERART,COVERARTMIME,COVER ART (FRONT),COVER ART (BACK)," +
    "ENCODER,ENCODEDBY,ENCODED-BY,ENCODERSETTINGS,ENCODER SETTINGS,TOOL," +
    "WAVEFORMATEXTENSIBLE_CHANNEL_MASK"
  ).split(","),
]);

export const isOwnName = (name: string): boolean =>
  /^[\x20-\x3c\x3e-\x7d]{1,100}$/.test(name) && !reservedNames.has(name.toUpperCase());
