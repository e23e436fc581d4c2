import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { ScratchDiskFull, type Scratch } from "@/lib/storage/scratch";

/** A scratch in a file, as the worker has in the origin-private file system. */
export class FileScratch implements Scratch {
  readonly name: string;
  /** The most bytes that it takes, as a browser's quota would. */
  readonly #quota: number;
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), "levelup-scratch-"));
  readonly #file = openSync(path.join(this.#folder, "scratch"), "w+");
  #size = 0;

  constructor(
    name: string,
    /** The most bytes that it takes, as a browser's quota would. */
    quota = Infinity,
  ) {
    this.name = name;
    this.#quota = quota;
  }

  get size(): number {
    return this.#size;
  }

  read(position: number, target: Uint8Array): number {
    return readSync(this.#file, target, 0, target.length, position);
  }

  write(position: number, bytes: Uint8Array): void {
    if (position + bytes.length > this.#quota) {
      throw new ScratchDiskFull("The disk is full.");
    }
    writeSync(this.#file, bytes, 0, bytes.length, position);
    this.#size = Math.max(this.#size, position + bytes.length);
  }

  toFile(): Promise<Blob> {
    return Promise.resolve(new Blob([readFileSync(path.join(this.#folder, "scratch"))])).finally(
      () => this.dispose(),
    );
  }

  toBlocks(): null {
    return null;
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
    closeSync(this.#file);
  }
}
