import type { Neighbours } from "@/lib/loudness/limiting";
import type { GainPlan } from "@/lib/loudness/plan";
import type { Decibels, Lu, Lufs } from "@/lib/loudness/units";
import type { TaggedLoudness } from "./loudness-tags";

/** The album that a song is leveled with: one gain for all its songs. */
export interface SongAlbum {
  /** Equal for the songs of an album; says nothing to a person. */
  readonly key: string;
  readonly name: string;
  /** Album artist and title in the tags; the title within a folder; or the folder alone. */
  readonly formedBy: "tags" | "title-in-folder" | "folder";
  readonly songs: number;
  /** 0 where it is left as it is. */
  readonly gain: Decibels;
  /** Of what is aligned, the album as a whole or its loudest song: as it is, and as planned. */
  readonly source: Lufs;
  readonly planned: Lufs;
  /** Peaks keep it under the target. */
  readonly heldBack: boolean;
  /** Of all its songs heard as one, as they are; not noted by earlier versions. */
  readonly loudness?: TaggedLoudness;
}

/** What the plan of its album asks of a song. */
export interface AlbumShare {
  readonly plan: GainPlan;
  /** LU that limiting is foreseen to take from this song, which it lacks beside the others. */
  readonly lost: Lu;
  /** What plays before and after it. */
  readonly neighbours: Neighbours;
  /** Of all its songs heard as one, as they are. */
  readonly loudness: TaggedLoudness;
}

/** The albums of songs, in the order of their first songs. */
export function albumsOf(songs: Iterable<{ readonly album: SongAlbum | null }>): SongAlbum[] {
  const albums = new Map<string, SongAlbum>();
  for (const { album } of songs) if (album !== null) albums.set(album.key, album);
  return [...albums.values()];
}
