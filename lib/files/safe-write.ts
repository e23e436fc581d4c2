import type { RefusalReason } from "@/lib/song/refusals";
import { type SongBytes, piece, sizeOf } from "@/lib/storage/song-bytes";
import { TEMPORARY_PREFIX } from "./names";

/** Why a file was not written; nothing of it is left on disk. */
export class WriteRefused extends Error {
  readonly reason: RefusalReason;
  readonly detail: string;
  override name = "WriteRefused";

  constructor(reason: RefusalReason, detail: string) {
    super(`${reason}: ${detail}`);
    this.reason = reason;
    this.detail = detail;
  }
}

/** `move` renames over an existing file; in Chromium since 110, not in the standard yet. */
type Movable = FileSystemFileHandle & { move?: (name: string) => Promise<void> };

/**
 * Writes a file so that at every moment its name holds nothing, the old bytes, or all of the new
 * ones: under a temporary name first, then renamed over. On failure the temporary file goes away.
 */
export async function writeFileSafely(
  folder: FileSystemDirectoryHandle,
  name: string,
  bytes: SongBytes,
): Promise<void> {
  const temporary = `${TEMPORARY_PREFIX}${crypto.randomUUID().slice(0, 8)}`;
  const existed = await exists(folder, name);
  let leftover: string | null = null;
  try {
    const file = (await folder.getFileHandle(temporary, { create: true })) as Movable;
    leftover = temporary;
    if (file.move) {
      await writeAll(file, bytes);
      await file.move(name);
    } else {
      // `createWritable` swaps the bytes in at `close()`; only a new name stands empty until then.
      await folder.removeEntry(temporary);
      leftover = existed ? null : name;
      await writeAll(await folder.getFileHandle(name, { create: true }), bytes);
    }
  } catch (error) {
    if (leftover !== null) await folder.removeEntry(leftover).catch(() => undefined);
    throw refusedFrom(error);
  }
}

/**
 * Writes a file of its own handle in place: the bytes are swapped in at `close()`. `beforeSwap` may
 * throw to leave the file as it is.
 */
export async function overwriteSafely(
  file: FileSystemFileHandle,
  bytes: SongBytes,
  beforeSwap: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  try {
    await writeAll(file, bytes, beforeSwap);
  } catch (error) {
    const refused = refusedFrom(error);
    throw hasRoomForSwap(file.name) ? refused : new WriteRefused("name-refused", refused.detail);
  }
}

/** While it writes, Chromium puts ".crswap" behind the name; file systems allow 255 bytes. */
export const hasRoomForSwap = (name: string): boolean =>
  new TextEncoder().encode(`${name}.crswap`).length <= 255;

async function writeAll(
  file: FileSystemFileHandle,
  bytes: SongBytes,
  beforeSwap: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  // Whoever waits in `beforeSwap` may have given the bytes back.
  const sent = sizeOf(bytes);
  let writable = await file.createWritable();
  try {
    try {
      if (bytes instanceof Blob) await writable.write(bytes);
      else await writeInPieces(writable, bytes);
    } catch (error) {
      if (!isReadError(error)) throw error;
      await writable.abort().catch(() => undefined);
      writable = await file.createWritable();
      await writeInPieces(writable, bytes);
    }
    await beforeSwap();
    await writable.close();
  } catch (error) {
    await writable.abort().catch(() => undefined);
    throw error;
  }
  const { size } = await file.getFile();
  if (size !== sent) {
    throw new WriteRefused("write-failed", `${size} of ${sent} bytes arrived on disk`);
  }
}

const isReadError = (error: unknown): boolean =>
  error instanceof DOMException && error.name === "NotReadableError";

/** Bytes at a time; the browser copies each of them, larger ones into fresh memory each time. */
const PIECE = 512 * 1024;

/**
 * Reads and writes by turns, so that an error is of the side that it tells of. Chromium reads a
 * blob while it writes it: when the writing ends early (a full disk), now and then the reading
 * complains first, and "could not be read" is all that is heard.
 */
async function writeInPieces(
  writable: FileSystemWritableFileStream,
  bytes: SongBytes,
): Promise<void> {
  for (let at = 0; at < sizeOf(bytes); at += PIECE) {
    await writable.write(await piece(bytes, at, at + PIECE));
  }
}

export async function exists(folder: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  try {
    await folder.getFileHandle(name);
    return true;
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotFoundError") return false;
    if (error instanceof DOMException && error.name === "TypeMismatchError") return true;
    throw refusedFrom(error);
  }
}

/** Folders that are being made: asked for by several songs at once, each is made once. */
const making = new WeakMap<
  FileSystemDirectoryHandle,
  Map<string, Promise<FileSystemDirectoryHandle>>
>();

/** Opens or makes the folders of a path such as "a/b". */
export async function openFolder(
  root: FileSystemDirectoryHandle,
  path: string,
): Promise<FileSystemDirectoryHandle> {
  const ofRoot = making.get(root) ?? new Map<string, Promise<FileSystemDirectoryHandle>>();
  making.set(root, ofRoot);
  const parts = path.split("/").filter((each) => each !== "");
  try {
    let folder = root;
    for (const [index, part] of parts.entries()) {
      const key = parts.slice(0, index + 1).join("/");
      const parent = folder;
      const made =
        ofRoot.get(key) ??
        parent.getDirectoryHandle(part, { create: true }).finally(() => ofRoot.delete(key));
      ofRoot.set(key, made);
      folder = await made;
    }
    return folder;
  } catch (error) {
    throw refusedFrom(error);
  }
}

/** Opens the folder of a path such as "a/b", which has to be there. */
export async function folderAt(
  root: FileSystemDirectoryHandle,
  path: string,
): Promise<FileSystemDirectoryHandle> {
  let folder = root;
  for (const part of path.split("/").filter((each) => each !== "")) {
    folder = await folder.getDirectoryHandle(part);
  }
  return folder;
}

/** The file of a path such as "a/b.mp3", which has to be there. */
export async function fileAt(root: FileSystemDirectoryHandle, path: string): Promise<File> {
  const at = path.lastIndexOf("/");
  const folder = await folderAt(root, path.slice(0, Math.max(0, at)));
  return (await folder.getFileHandle(path.slice(at + 1))).getFile();
}

export function refusedFrom(error: unknown): WriteRefused {
  if (error instanceof WriteRefused) return error;
  const detail = String(error);
  // "Name is not allowed."
  if (error instanceof TypeError) return new WriteRefused("name-refused", detail);
  if (!(error instanceof DOMException)) return new WriteRefused("write-failed", detail);
  switch (error.name) {
    case "NotAllowedError":
    case "SecurityError":
      return new WriteRefused("permission-denied", detail);
    case "QuotaExceededError":
      return new WriteRefused("disk-full", detail);
    default:
      return new WriteRefused("write-failed", detail);
  }
}
