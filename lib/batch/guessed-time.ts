import type { Song } from "@/lib/song/song";

/**
 * What is known of a kind before a song of it is opened: bytes of a second of sound, and seconds that
 * one core works on a minute of it where it is encoded (docs/performance.md).
 */
interface Kind {
  readonly bytes: number;
  readonly encoding: number;
}

const lossy: Kind = { bytes: 28_000, encoding: 1.2 };
const packed: Kind = { bytes: 100_000, encoding: 0.7 };
const plain: Kind = { bytes: 176_400, encoding: 0.5 };
const kinds: Partial<Record<string, Kind>> = {
  ...Object.fromEntries(["flac", "ape", "wv", "tta"].map((name) => [name, packed])),
  ...Object.fromEntries(
    ["wav", "wave", "bwf", "w64", "aif", "aiff", "caf"].map((name) => [name, plain]),
  ),
};

/** Seconds for a minute of any kind that is measured alone, or changed without encoding. */
const MEASURING = 0.25;
/** Seconds for a song, whatever its length. */
const A_SONG = 0.1;

/** About how many seconds a song takes one core, for an order of songs; nothing is promised by it. */
export function guessedTime(
  { name, size, duration, planned }: Pick<Song, "name" | "size" | "duration" | "planned">,
  leveling: boolean,
): number {
  const kind = kinds[name.slice(name.lastIndexOf(".") + 1).toLowerCase()] ?? lossy;
  const minutes = (duration ?? size / kind.bytes) / 60;
  const encodes = leveling && (planned === null || planned.way?.route === "encode");
  return A_SONG + minutes * (encodes ? kind.encoding : MEASURING);
}
