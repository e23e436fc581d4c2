import type { PickedFile } from "@/lib/files/picked-file";
import { type ByteSource, type Kind, readAlbumTags } from "@/lib/formats";
import { latin1 } from "@/lib/formats/bytes";
import { ID3V2_HEADER, id3v2Length } from "@/lib/formats/id3/id3v2-header";
import type { DiskFile } from "@/lib/node/disk/disk-file";
import { FileSources } from "@/lib/node/file-source";
import type { SongTags } from "@/lib/song/outcome";

const noTags: SongTags = { album: null, albumArtist: null, disc: null };

const sources = new FileSources();

/**
 * What groups a song to an album, from the few bytes that tell it, without decoding. What cannot be
 * read has no tags: its song fails in its own shard.
 */
export async function albumTagsOf(song: PickedFile): Promise<SongTags> {
  try {
    const source = sources.look((await song.open()) as DiskFile);
    const kind = kindOf(source, song.name);
    const tags = kind === null ? {} : readAlbumTags(source, kind);
    return {
      album: tags.album ?? null,
      albumArtist: tags.albumArtist ?? null,
      disc: tags.disc?.toString() ?? null,
    };
  } catch {
    return noTags;
  }
}

const beginnings: readonly (readonly [RegExp, Kind])[] = [
  [/^fLaC/, "flac"],
  [/^(RIFF|RF64|BW64).{4}WAVE/s, "wav"],
  [/^FORM.{4}AIF/s, "aiff"],
  [/^.{4}ftyp/s, "m4a"],
  [/^OggS.{24}OpusHead/s, "opus"],
  [/^OggS.{24}\x01vorbis/s, "ogg"],
];

/** By its first bytes, behind an ID3v2 tag; MPEG frames have no magic number. */
function kindOf(source: ByteSource, name: string): Kind | null {
  const head = latin1(source.read(id3v2Length(source.read(0, ID3V2_HEADER)) ?? 0, 64));
  const found = beginnings.find(([beginning]) => beginning.test(head));
  if (found) return found[1];
  return /\.mp[123]$/i.test(name) ? "mp3" : null;
}
