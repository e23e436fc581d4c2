import { type FileHandle, open, rename, stat, unlink } from "node:fs/promises";
import path from "node:path";
import { TEMPORARY_PREFIX } from "@/lib/files/names";
import { piece, sizeOf } from "@/lib/storage/song-bytes";
import { systemPath } from "./names";
import { asked } from "./refusals";

/** Bytes in memory at a time. */
const PIECE = 1024 * 1024;

/** Has the system write the entries of a folder to the disk. Windows cannot, and does not need it. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(systemPath(folder));
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Puts a file in another's place, or a new one, durably: the bytes have to be on the disk before. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(systemPath(from), systemPath(to));
  await syncFolder(path.dirname(to));
}

/**
 * Writes a file that is swapped in at `close`: under a temporary name beside it, then the file's
 * bytes to the disk (fsync), then renamed over, then the folder's to the disk. A file that is
 * replaced hands on its mode and owner. One that has a temporary name itself is written as it is.
 */
export class SwappedWrite {
  readonly #target: string;
  readonly #written: string;
  readonly #file: FileHandle;
  #at = 0;

  private constructor(target: string, written: string, file: FileHandle) {
    this.#target = target;
    this.#written = written;
    this.#file = file;
  }

  /** `target`: a file that is there and no link. */
  static begin(target: string): Promise<SwappedWrite> {
    return asked(async () => {
      const { mode, uid, gid } = await stat(systemPath(target));
      const folder = path.dirname(target);
      const isTemporary = path.basename(target).startsWith(TEMPORARY_PREFIX);
      const written = isTemporary
        ? target
        : path.join(folder, `${TEMPORARY_PREFIX}${crypto.randomUUID().slice(0, 8)}`);
      const file = await open(systemPath(written), isTemporary ? "w" : "wx", mode & 0o7777);
      try {
        if (!isTemporary) await handOn(file, mode & 0o7777, uid, gid);
      } catch (error) {
        await file.close();
        await unlink(systemPath(written));
        throw error;
      }
      return new SwappedWrite(target, written, file);
    });
  }

  write(bytes: Blob | Uint8Array<ArrayBuffer>): Promise<void> {
    const parts = bytes instanceof Blob ? bytes : [bytes];
    return asked(async () => {
      for (let at = 0; at < sizeOf(parts); at += PIECE) {
        await this.#append(await piece(parts, at, at + PIECE));
      }
    });
  }

  close(): Promise<void> {
    return asked(async () => {
      await this.#file.sync();
      await this.#file.close();
      if (this.#written !== this.#target) await renameDurably(this.#written, this.#target);
    });
  }

  /** Also after a `close` that failed. */
  async abort(): Promise<void> {
    await this.#file.close().catch(() => undefined);
    await asked(() => unlink(systemPath(this.#written)));
  }

  async #append(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, this.#at);
      done += bytesWritten;
      this.#at += bytesWritten;
    }
  }
}

/** The owner only where it is another: to give files away takes a privilege. */
async function handOn(file: FileHandle, mode: number, uid: number, gid: number): Promise<void> {
  if (process.platform === "win32") return;
  const own = await file.stat();
  if (own.uid !== uid || own.gid !== gid) await file.chown(uid, gid).catch(() => undefined);
  // After the owner, which takes the bits for setting users away; and past the umask.
  await file.chmod(mode);
}
