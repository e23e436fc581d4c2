import type { SourceFormat } from "@/lib/ffmpeg/source-format";
import { isKind, readCommonTags } from "@/lib/tags";
import type { ByteSource } from "@/lib/tags";
import type { SongTags } from "./protocol";

/** What groups songs to albums, as far as the tags tell. */
export function songTags(source: ByteSource, format: SourceFormat): SongTags {
  const { container } = format;
  const tags = isKind(container) ? readCommonTags(source, container) : {};
  return {
    album: tags.album ?? null,
    albumArtist: tags.albumArtist ?? null,
    disc: tags.disc?.toString() ?? null,
  };
}
