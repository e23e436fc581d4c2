import type { SourceFormat } from "@/lib/song/source-format";
import { isKind, readAlbumTags, type ByteSource } from "@/lib/formats";
import type { SongTags } from "@/lib/song/outcome";

/** What groups songs to albums, as far as the tags tell. */
export function songTags(source: ByteSource, format: SourceFormat): SongTags {
  const { container } = format;
  const tags = isKind(container) ? readAlbumTags(source, container) : {};
  return {
    album: tags.album ?? null,
    albumArtist: tags.albumArtist ?? null,
    disc: tags.disc?.toString() ?? null,
  };
}
