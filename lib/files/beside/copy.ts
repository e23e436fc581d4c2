import type { RefusalReason } from "@/lib/song/refusals";
import { pathKey } from "../names";
import type { PickedFile } from "../picked-file";
import { refusedFrom } from "../safe-write";
import type { BesideSink, Sink } from "../sinks";
import {
  type Beside,
  type BesideKind,
  besideSongs,
  originalPath,
  type Surroundings,
} from "./kinds";
import { followNames, type Moves } from "./names-in";

/** What became of a file beside the songs. */
export interface BesideFile {
  /** From the picked folder, as it is on disk. */
  readonly path: string;
  readonly kind: BesideKind;
  /** `unchanged`: it was there already, with the same bytes. */
  readonly status: "copied" | "unchanged" | "failed";
  /** Where it is now, told as results are. */
  readonly output: string | null;
  /** How many names of songs in it are others than before. */
  readonly names: number;
  readonly reason: RefusalReason | null;
  readonly detail: string | null;
}

/** A song and its result, which is null where it got none. */
export interface Delivered {
  readonly file: PickedFile;
  readonly output: string | null;
}

interface CopyRequest {
  readonly surroundings: Surroundings;
  /** Every song of the list, those of the batch included. */
  readonly listed: readonly Delivered[];
  readonly inBatch: readonly PickedFile[];
  sinkFor(file: PickedFile): Sink;
  /** Asked before each file: what is not copied then is not told of. */
  isStopped(): boolean;
}

/**
 * Copies the files that go along with a batch's songs to where their results are. To be done after
 * the songs: only then their names are known. Rejects never; what could not be copied is told.
 */
export async function copyBeside(request: CopyRequest): Promise<BesideFile[]> {
  const { surroundings, listed, inBatch } = request;
  const going = besideSongs(surroundings, inBatch);
  const songs = new Map<PickedFile["folder"], Map<string, Delivered>>();
  for (const song of going.length > 0 ? listed : []) {
    const ofRoot = songs.get(song.file.folder) ?? new Map<string, Delivered>();
    songs.set(song.file.folder, ofRoot.set(pathKey(originalPath(song.file)), song));
  }
  const copied: BesideFile[] = [];
  for (const each of going) {
    if (request.isStopped()) break;
    const { beside } = request.sinkFor(each.file);
    if (!beside) continue;
    const moves: Moves = async (path) => {
      const song = songs.get(each.file.folder)?.get(path);
      const to = song && (await beside.placeOf(song.file, song.output));
      return to ? { from: originalPath(song.file), to } : null;
    };
    copied.push(await copyOne(each, beside, moves));
  }
  return copied;
}

async function copyOne(
  { file, kind }: Beside,
  sink: BesideSink,
  moves: Moves,
): Promise<BesideFile> {
  const path = originalPath(file);
  try {
    const source = await file.open();
    const { bytes, names } = await followNames(path, source, moves);
    const { output, fresh } = await sink.copy(file, source, bytes);
    const status = fresh ? "copied" : "unchanged";
    return { path, kind, status, output, names, reason: null, detail: null };
  } catch (error) {
    const { reason, detail } = reasonOf(error);
    return { path, kind, status: "failed", output: null, names: 0, reason, detail };
  }
}

function reasonOf(error: unknown): { reason: RefusalReason; detail: string } {
  if (error instanceof DOMException && error.name === "NotFoundError") {
    return { reason: "file-gone", detail: String(error) };
  }
  if (error instanceof DOMException && error.name === "NotReadableError") {
    return { reason: "file-unreadable", detail: String(error) };
  }
  return refusedFrom(error);
}
