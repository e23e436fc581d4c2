import { albumOf, type AlbumMember } from "@/lib/batch/albums/grouping";
import { type Shard, shardOf } from "./shard";

/** Albums would be torn apart. */
export interface AlbumRefusal {
  readonly kind: "refused";
  readonly reason: "albums-across-shards";
  readonly albums: readonly string[];
  readonly message: string;
}

/**
 * For `--by album --shard`: refuses where songs of one album, as their tags tell it, lie in folders
 * of several shards. Each of these would give its part a gain of its own. `songs` are all songs of
 * the archive, not only this shard's, so that every shard says the same; null where albums are whole.
 */
export function refuseSplitAlbums(
  songs: Iterable<AlbumMember>,
  { count }: Shard,
): AlbumRefusal | null {
  const shards = new Map<string, { readonly name: string; readonly shard: number }>();
  const split = new Map<string, string>();
  for (const song of songs) {
    const { key, name } = albumOf(song);
    const shard = shardOf(song.path, count);
    const known = shards.get(key);
    if (known === undefined) shards.set(key, { name, shard });
    else if (known.shard !== shard) split.set(key, name);
  }
  if (split.size === 0) return null;
  const albums = [...split.values()];
  const others = albums.length > 1 ? ` and ${albums.length - 1} more` : "";
  const message =
    `--by album --shard would tear albums apart whose songs lie in several folders: ` +
    `${albums[0]}${others}. Measure them first (--measured FILE, docs/archive.md), level these without ` +
    "--shard, or put each album into one folder.";
  return { kind: "refused", reason: "albums-across-shards", albums, message };
}
