import { withExtension } from "@/lib/files/names";
import { originalPath } from "@/lib/files/beside/kinds";
import type { PickedFile } from "@/lib/files/picked-file";
import { hasRoomForSwap } from "@/lib/files/safe-write";
import type { Settings } from "@/lib/settings/settings";
import type { Song } from "@/lib/song/song";
import { replaceRefusal } from "@/lib/song/replacing";
import { refusalText, sourceText } from "@/lib/song/texts";

/** What replacing songs will change on disk, as far as it is known before. */
export interface ReplacePreview {
  readonly songs: number;
  /** Their sound stays as it is. */
  readonly tagsOnly: boolean;
  /** Names of the folders that the songs lie in. */
  readonly folders: readonly string[];
  /** Songs that become another kind: they are written beside their originals. */
  readonly otherKind: number;
  /** Songs that are known to be at the target already, or as near as they can be brought. */
  readonly unneeded: number;
  /** Songs that are left as they are since they would have to be encoded. */
  readonly unencoded: number;
  /** Songs that are known to fail, each with a sentence. They stay as they are. */
  readonly refused: readonly { readonly path: string; readonly why: string }[];
  readonly keepsOriginals: boolean;
  /** Estimated: bytes of the kept originals, and of what is written before it is swapped in. */
  readonly keptBytes: number;
  readonly workBytes: number;
  /** Estimated from songs that were measured or leveled; null where none was. */
  readonly seconds: number | null;
}

/** A song that is to be replaced, and its row. */
export interface ToReplace {
  readonly file: PickedFile;
  readonly row: Pick<
    Song,
    "status" | "message" | "planned" | "duration" | "size" | "seconds" | "damage" | "format"
  >;
}

/** Of a song's work, what measuring alone takes. */
const SHARE_OF_MEASURING = 0.2;
/** What is written waits about this long before it is swapped in; see `AgedSwaps`. */
const WAIT_SECONDS = 60;

const extensions: Partial<Record<Settings["outputFormat"], string>> = {
  ...{ mp3: "mp3", flac: "flac", wav: "wav", m4a: "m4a", ogg: "ogg", opus: "opus" },
};

export function replacePreview(
  songs: readonly ToReplace[],
  {
    outputFormat,
    keepOriginals,
    loudnessTags,
  }: Pick<Settings, "outputFormat" | "keepOriginals" | "loudnessTags">,
  workers: number,
): ReplacePreview {
  const tagsOnly = loudnessTags === "only";
  const refused = songs.flatMap((song) => {
    const why = refusalOf(song, tagsOnly);
    return why === null ? [] : [{ path: originalPath(song.file), why }];
  });
  const wanted = songs.filter((song) => refusalOf(song, tagsOnly) === null);
  const going = wanted.filter(({ row }) => row.planned?.kind !== "skip");
  const unencoded = wanted.filter(({ row }) => {
    const reason = row.planned?.reason;
    return reason === "no-lossless-way" || reason === "would-be-encoded";
  }).length;
  const extension = tagsOnly ? undefined : extensions[outputFormat];
  const staysItsKind = ({ file: { path } }: ToReplace) =>
    extension === undefined || withExtension(path, extension) === path;
  const replaced = going.filter(staysItsKind);
  const bytes = sum(replaced.map(({ row }) => row.size));
  const seconds = secondsFor(going, workers, tagsOnly);
  return {
    songs: songs.length,
    tagsOnly,
    folders: [...new Set(songs.flatMap(({ file }) => file.folder?.name ?? []))],
    otherKind: going.length - replaced.length,
    unneeded: wanted.length - going.length - unencoded,
    unencoded,
    refused,
    keepsOriginals: keepOriginals,
    keptBytes: keepOriginals ? bytes : 0,
    workBytes: seconds === null ? bytes : bytes * Math.min(1, WAIT_SECONDS / seconds),
    seconds,
  };
}

function refusalOf({ file, row }: ToReplace, tagsOnly: boolean): string | null {
  const { damage, format } = row;
  if (file.hiddenPath !== undefined) return refusalText["name-hidden"].message;
  if (!hasRoomForSwap(file.name)) return refusalText["name-refused"].message;
  if (row.status === "failed") return row.message;
  return format && replaceRefusal({ damage, format }, tagsOnly) && sourceText({ damage, format });
}

function secondsFor(
  songs: readonly ToReplace[],
  workers: number,
  tagsOnly: boolean,
): number | null {
  let [audio, work, known, size] = [0, 0, 0, 0];
  for (const { row } of songs) {
    if (row.duration === null || row.seconds === null) continue;
    audio += row.duration;
    if (tagsOnly) work += row.seconds.measure;
    else
      work += row.seconds.render > 0 ? row.seconds.total : row.seconds.measure / SHARE_OF_MEASURING;
    known++;
    size += row.size;
  }
  if (known === 0 || audio === 0) return null;
  const lengths = songs.map(({ row }) => row.duration ?? (row.size / size) * audio);
  return (sum(lengths) * (work / audio)) / Math.max(1, Math.min(workers, songs.length));
}

const sum = (values: readonly number[]): number => values.reduce((all, each) => all + each, 0);
