import { SCRATCH_FOLDER } from "./scratch-folder";
import { ScratchDiskFull, type Scratch } from "./scratch";

/** A scratch in the origin-private file system: workers can read and write it synchronously. */
export class DiskScratch implements Scratch {
  readonly name: string;
  readonly #folder: FileSystemDirectoryHandle;
  readonly #file: FileSystemFileHandle;
  readonly #access: FileSystemSyncAccessHandle;
  #size = 0;
  #open = true;

  private constructor(
    name: string,
    folder: FileSystemDirectoryHandle,
    file: FileSystemFileHandle,
    access: FileSystemSyncAccessHandle,
  ) {
    this.name = name;
    this.#folder = folder;
    this.#file = file;
    this.#access = access;
  }

  static async create(name: string): Promise<DiskScratch> {
    try {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle(SCRATCH_FOLDER, { create: true });
      const file = await folder.getFileHandle(name, { create: true });
      const access = await file.createSyncAccessHandle();
      access.truncate(0);
      return new DiskScratch(name, folder, file, access);
    } catch (error) {
      throw translated(error);
    }
  }

  get size(): number {
    return this.#size;
  }

  read(position: number, target: Uint8Array): number {
    const read = this.#access.read(target, { at: position });
    // In a private window, where the file lies in memory, bytes are lost without a word.
    if (read < Math.min(target.length, this.#size - position)) {
      throw new ScratchDiskFull(`${read} bytes came back at ${position} of ${this.#size}.`);
    }
    return read;
  }

  write(position: number, bytes: Uint8Array): void {
    if (this.#written(position, bytes) < bytes.length) {
      throw new ScratchDiskFull("The disk is full.");
    }
    this.#size = Math.max(this.#size, position + bytes.length);
  }

  async toFile(): Promise<Blob> {
    try {
      this.#access.flush();
      this.#close();
      return (await this.#file.getFile()).slice(0, this.#size);
    } catch (error) {
      throw translated(error);
    }
  }

  toBlocks(): null {
    return null;
  }

  dispose(): void {
    this.#access.truncate(0);
    this.#close();
    // Empty it costs nothing; should it stay, the next session clears it away.
    this.#folder.removeEntry(this.name).catch(() => undefined);
  }

  #written(position: number, bytes: Uint8Array): number {
    try {
      return this.#access.write(bytes, { at: position });
    } catch (error) {
      throw translated(error);
    }
  }

  #close(): void {
    if (this.#open) this.#access.close();
    this.#open = false;
  }
}

const translated = (error: unknown): unknown =>
  error instanceof DOMException && error.name === "QuotaExceededError"
    ? new ScratchDiskFull(error.message)
    : error;
