import type { Turns } from "./turns";

interface StoredFile {
  readonly text: string;
  /** Milliseconds; each write gets one of its own. */
  readonly modified: number;
}

/**
 * A disk in memory, seen through the File System Access API as Chromium has it on a real disk:
 * `getFileHandle` with `create` makes a file without bytes at once; `createWritable` writes into
 * NAME.crswap, which takes the file's place at `close` and goes away at `abort`; `move` renames over
 * what is there; a `File` cannot be read any more once its file is another. Files hold text.
 */
export class ChromiumDisk {
  readonly files = new Map<string, StoredFile>();
  readonly folders = new Set<string>();
  #clock = 1;

  put(path: string, text: string): void {
    for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) {
      this.folders.add(path.slice(0, at));
    }
    this.files.set(path, { text, modified: this.#clock++ });
  }

  text(path: string): string | null {
    return this.files.get(path)?.text ?? null;
  }
}

/** One tab's way to the disk and to what the browser keeps. Dead, it waits for ever. */
export class TabLife {
  readonly #turns: Turns;
  readonly #killed: () => void;
  /** How many steps it has still to live. */
  #left = Infinity;
  readonly ended: Promise<void>;
  #end!: () => void;

  constructor(turns: Turns, killed: () => void) {
    this.#turns = turns;
    this.#killed = killed;
    this.ended = new Promise((end) => (this.#end = end));
  }

  get isDead(): boolean {
    return this.#left <= 0;
  }

  killAfter(steps: number): void {
    this.#left = steps;
    if (this.isDead) this.#die();
  }

  /** Before anything that reaches outside the tab. */
  async step(): Promise<void> {
    await this.#turns.next();
    if (!this.isDead && --this.#left <= 0) this.#die();
    if (this.isDead) await new Promise(() => undefined);
  }

  #die(): void {
    this.#killed();
    this.#end();
  }
}

const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
const join = (folder: string, name: string) => (folder === "" ? name : `${folder}/${name}`);
const parentOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf("/")));
const notThere = (path: string) => new DOMException(`${path} is not there`, "NotFoundError");

/** The bytes of a file as they were, readable while it still is that file. */
class FileOnDisk extends File {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #read: () => Promise<void>;

  constructor(
    bytes: Uint8Array<ArrayBuffer>,
    name: string,
    lastModified: number,
    read: () => Promise<void>,
  ) {
    super([bytes], name, { lastModified });
    this.#bytes = bytes;
    this.#read = read;
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    await this.#read();
    return this.#bytes.slice().buffer;
  }

  override async text(): Promise<string> {
    await this.#read();
    return new TextDecoder().decode(this.#bytes);
  }

  override slice(from?: number, to?: number): Blob {
    return new FileOnDisk(this.#bytes.slice(from, to), this.name, this.lastModified, this.#read);
  }
}

class FileHandle {
  readonly kind = "file";
  readonly #disk: ChromiumDisk;
  readonly #tab: TabLife;
  #path: string;

  constructor(disk: ChromiumDisk, tab: TabLife, path: string) {
    this.#disk = disk;
    this.#tab = tab;
    this.#path = path;
  }

  get name(): string {
    return nameOf(this.#path);
  }

  async getFile(): Promise<File> {
    await this.#tab.step();
    const path = this.#path;
    const file = this.#disk.files.get(path);
    if (!file) throw notThere(path);
    const read = async () => {
      await this.#tab.step();
      if (this.#disk.files.get(path)?.modified === file.modified) return;
      throw new DOMException("The file was changed.", "NotReadableError");
    };
    return new FileOnDisk(new TextEncoder().encode(file.text), this.name, file.modified, read);
  }

  async createWritable() {
    await this.#tab.step();
    const [disk, tab, path] = [this.#disk, this.#tab, this.#path];
    if (!disk.files.has(path)) throw notThere(path);
    let swap = `${path}.crswap`;
    for (let number = 1; disk.files.has(swap); number++) swap = `${path}.${number}.crswap`;
    disk.put(swap, "");
    return {
      write: async (bytes: Blob | Uint8Array<ArrayBuffer>) => {
        await tab.step();
        const isBlob = bytes instanceof Blob;
        const text = isBlob ? await bytes.text() : new TextDecoder().decode(bytes);
        // Half of it first: whoever looks now sees what was cut off.
        disk.put(swap, disk.text(swap)! + text.slice(0, text.length / 2));
        await tab.step();
        disk.put(swap, disk.text(swap)! + text.slice(text.length / 2));
      },
      close: async () => {
        await tab.step();
        const text = disk.text(swap);
        if (text === null) throw notThere(swap);
        disk.files.delete(swap);
        disk.put(path, text);
      },
      abort: async () => {
        await tab.step();
        disk.files.delete(swap);
      },
    };
  }

  async move(name: string): Promise<void> {
    await this.#tab.step();
    const file = this.#disk.files.get(this.#path);
    if (!file) throw notThere(this.#path);
    this.#disk.files.delete(this.#path);
    this.#path = join(parentOf(this.#path), name);
    this.#disk.files.set(this.#path, file);
  }
}

/** A folder, as one tab holds it. */
export class FolderHandle {
  readonly kind = "directory";
  readonly path: string;
  readonly #disk: ChromiumDisk;
  readonly #tab: TabLife;

  constructor(disk: ChromiumDisk, tab: TabLife, path = "") {
    this.#disk = disk;
    this.#tab = tab;
    this.path = path;
  }

  get name(): string {
    return nameOf(this.path) || "Music";
  }

  queryPermission = () => Promise.resolve("granted");
  requestPermission = () => Promise.resolve("granted");

  isSameEntry(other: FolderHandle): Promise<boolean> {
    return Promise.resolve(other.path === this.path && other.#disk === this.#disk);
  }

  async resolve(other: FolderHandle): Promise<string[] | null> {
    if (other.path === this.path) return [];
    const prefix = this.path === "" ? "" : `${this.path}/`;
    return other.path.startsWith(prefix) ? other.path.slice(prefix.length).split("/") : null;
  }

  async getFileHandle(name: string, { create = false } = {}): Promise<FileHandle> {
    await this.#tab.step();
    const path = join(this.path, name);
    if (this.#disk.folders.has(path)) throw new DOMException("a folder", "TypeMismatchError");
    if (!this.#disk.files.has(path)) {
      if (!create) throw notThere(path);
      this.#disk.put(path, "");
    }
    return new FileHandle(this.#disk, this.#tab, path);
  }

  async getDirectoryHandle(name: string, { create = false } = {}): Promise<FolderHandle> {
    await this.#tab.step();
    const path = join(this.path, name);
    if (this.#disk.files.has(path)) throw new DOMException("a file", "TypeMismatchError");
    if (!this.#disk.folders.has(path)) {
      if (!create) throw notThere(path);
      this.#disk.folders.add(path);
    }
    return new FolderHandle(this.#disk, this.#tab, path);
  }

  async removeEntry(name: string, { recursive = false } = {}): Promise<void> {
    await this.#tab.step();
    const path = join(this.path, name);
    const { files, folders } = this.#disk;
    const inside = [...files.keys(), ...folders].filter((each) => each.startsWith(`${path}/`));
    if (!files.has(path) && !folders.has(path)) throw notThere(path);
    if (inside.length > 0 && !recursive) {
      throw new DOMException("not empty", "InvalidModificationError");
    }
    for (const each of [path, ...inside]) {
      files.delete(each);
      folders.delete(each);
    }
  }

  async *values() {
    await this.#tab.step();
    const isInside = (path: string) => path !== "" && parentOf(path) === this.path;
    for (const path of [...this.#disk.folders].filter(isInside)) {
      yield new FolderHandle(this.#disk, this.#tab, path);
    }
    for (const path of [...this.#disk.files.keys()].filter(isInside)) {
      yield new FileHandle(this.#disk, this.#tab, path);
    }
  }
}
