import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { bytesSource } from "@/lib/formats/bytes";
import { FileReadError } from "@/lib/storage/file-read-error";
import { type FileSource, windowedSource } from "@/lib/storage/windowed-source";
import { type DiskFile, type DiskPart, isAsOpened, partSize } from "./disk/disk-file";
import { systemPath } from "./disk/names";

/** Bytes of a file that is read whole before its song begins; larger ones are read through windows. */
const MOST_BYTES = 16 * 1024 * 1024;

/** The files of one song after another, read synchronously. */
export class FileSources {
  /** Once there is a file, `MOST_BYTES`; of these, what no file has reached takes no memory. */
  #buffer = new Uint8Array(0);
  /** By path, those of the present song. */
  readonly #open = new Map<string, number>();

  /** What it gives holds until the next file is opened. Throws `FileReadError`. */
  open(file: DiskFile): FileSource {
    if (file.size > MOST_BYTES) return this.look(file);
    this.#close();
    if (this.#buffer.length === 0) this.#buffer = new Uint8Array(MOST_BYTES);
    const bytes = this.#buffer.subarray(0, file.size);
    const asked = performance.now();
    try {
      this.#read(file, 0, bytes);
    } catch {
      // It says why when it is read again, in its place on the song's way.
      return windowedSource(file.size, (start, end) => {
        this.#read(file, start, bytes.subarray(start, end));
        return bytes.subarray(start, end);
      });
    }
    const waited = (performance.now() - asked) / 1000;
    return { ...bytesSource(bytes), waited };
  }

  /** The same through windows, whatever its size: for those who want little of it. */
  look(file: DiskFile): FileSource {
    this.#close();
    const readInto = (start: number, target: Uint8Array) => this.#read(file, start, target);
    const read = (start: number, end: number) => {
      const bytes = new Uint8Array(end - start);
      readInto(start, bytes);
      return bytes;
    };
    // Windows that ffmpeg has read through would lie about until they are collected: some 64 MB.
    return windowedSource(file.size, read, readInto);
  }

  #close(): void {
    for (const file of this.#open.values()) closeSync(file);
    this.#open.clear();
  }

  #read(file: DiskFile, start: number, target: Uint8Array): void {
    const { parts } = file.slice(start, start + target.length);
    let at = 0;
    for (const part of parts) {
      if (part instanceof Uint8Array) target.set(part, at);
      else this.#readPart(part, target.subarray(at, at + partSize(part)));
      at += partSize(part);
    }
  }

  #readPart(part: DiskPart, target: Uint8Array): void {
    try {
      const file = this.#fileOf(part);
      if (!isAsOpened(part, fstatSync(file))) throw new FileReadError("changed", "another file");
      for (let at = 0; at < target.length;) {
        const read = readSync(file, target, at, target.length - at, part.from + at);
        if (read === 0) throw new FileReadError("changed", "its end came early");
        at += read;
      }
    } catch (error) {
      throw readError(error);
    }
  }

  #fileOf({ path }: DiskPart): number {
    const file = this.#open.get(path) ?? openSync(systemPath(path), "r");
    this.#open.set(path, file);
    return file;
  }
}

function readError(error: unknown): FileReadError {
  if (error instanceof FileReadError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  // A file that is still what it was did not change: then its drive could not read it (EIO).
  const reason = code === "ENOENT" ? "gone" : code === "EIO" ? "changed" : "unreadable";
  return new FileReadError(reason, message);
}
