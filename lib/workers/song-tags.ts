import type { SourceFormat } from "@/lib/ffmpeg/source-format";
import { readCommonTags } from "@/lib/tags";
import type { ByteSource, Kind } from "@/lib/tags";
import type { SongTags } from "./protocol";

const READABLE: ReadonlySet<string> = new Set<Kind>([
  "mp3",
  "flac",
  "wav",
  "aiff",
  "m4a",
  "ogg",
  "opus",
]);

/** What groups songs to albums, as far as the tags tell. */
export function songTags(source: ByteSource, format: SourceFormat): SongTags {
  const tags = READABLE.has(format.container)
    ? readCommonTags(source, format.container as Kind)
    : {};
  return {
    album: tags.album ?? null,
    albumArtist: tags.albumArtist ?? null,
    disc: tags.disc?.toString() ?? null,
  };
}
