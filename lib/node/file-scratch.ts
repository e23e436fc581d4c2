import {
  closeSync,
  ftruncateSync,
  openSync,
  readSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { ScratchDiskFull, type Scratch } from "@/lib/storage/scratch";
import { DiskFile } from "./disk/disk-file";
import { makeFolder } from "./disk/make-folder";

/** A scratch in a file of a folder of temporary files. */
export class FileScratch implements Scratch {
  /** The path of the file. */
  readonly name: string;
  readonly #file: number;
  #size = 0;
  #open = true;

  constructor(folder: string) {
    makeFolder(folder);
    this.name = path.join(folder, crypto.randomUUID());
    this.#file = translated(() => openSync(this.name, "wx+"));
  }

  get size(): number {
    return this.#size;
  }

  read(position: number, target: Uint8Array): number {
    let read = 0;
    while (read < target.length) {
      const now = readSync(this.#file, target, read, target.length - read, position + read);
      if (now === 0) break;
      read += now;
    }
    return read;
  }

  write(position: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      const length = bytes.length - done;
      done += translated(() => writeSync(this.#file, bytes, done, length, position + done));
    }
    this.#size = Math.max(this.#size, position + bytes.length);
  }

  toFile(): Promise<Blob> {
    // Bytes of an earlier, longer attempt are not of it.
    ftruncateSync(this.#file, this.#size);
    this.#close();
    return Promise.resolve(
      DiskFile.whole(this.name, path.basename(this.name), statSync(this.name)),
    );
  }

  toBlocks(): null {
    return null;
  }

  dispose(): void {
    this.#close();
    unlinkSync(this.name);
  }

  #close(): void {
    if (this.#open) closeSync(this.#file);
    this.#open = false;
  }
}

function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw code === "ENOSPC" || code === "EDQUOT" ? new ScratchDiskFull(message) : error;
  }
}
