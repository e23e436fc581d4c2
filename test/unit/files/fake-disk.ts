import { picked } from "../batch/fixtures";
import type { PickedFile, PickedFolder } from "@/lib/files/picked-file";

/**
 * A disk in memory behind the File System Access API, as Chromium's behaves: `getFileHandle` with
 * `create` makes an empty file at once, `createWritable` collects and swaps in at `close`, `move`
 * renames over. Every call can be made to fail.
 */
export class FakeDisk {
  readonly files = new Map<string, Blob>();
  /** Dates of files that were changed by others; 1 for all the rest. */
  readonly modified = new Map<string, number>();
  readonly folders = new Set<string>([""]);
  readonly calls: string[] = [];
  /** Called before each call has its effect; may throw. */
  fault: (call: string) => void = () => undefined;
  canMove = true;

  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const [path, text] of Object.entries(files)) this.put(path, text);
  }

  put(path: string, text: string): void {
    for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) {
      this.folders.add(path.slice(0, at));
    }
    this.files.set(path, new Blob([text]));
  }

  /** Every path but those of our own record. */
  songs(): string[] {
    return [...this.files.keys()].filter(
      (path) => !path.includes(".levelup/") && !path.endsWith("About these originals.txt"),
    );
  }

  async text(path: string): Promise<string | null> {
    return (await this.files.get(path)?.text()) ?? null;
  }

  folder(path = ""): FileSystemDirectoryHandle {
    return new FakeFolder(this, path) as unknown as FileSystemDirectoryHandle;
  }

  picked(path = "", name = path || "Music"): PickedFolder {
    return { handle: this.folder(path), name };
  }

  song(path: string, folder: PickedFolder | null): PickedFile {
    const slash = path.lastIndexOf("/");
    const handle = new FakeFile(this, path) as unknown as FileSystemFileHandle;
    const parent = this.folder(slash < 0 ? "" : path.slice(0, slash));
    return picked(path, { folder, parent, handle, open: () => handle.getFile() });
  }

  call(name: string): void {
    this.calls.push(name);
    this.fault(name);
  }
}

const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
const join = (folder: string, name: string) => (folder === "" ? name : `${folder}/${name}`);

class FakeFile {
  readonly #disk: FakeDisk;
  #path: string;
  readonly kind = "file";
  move?: (name: string) => Promise<void>;

  constructor(disk: FakeDisk, path: string) {
    this.#disk = disk;
    this.#path = path;
    if (!disk.canMove) return;
    this.move = (name) => {
      disk.call("move");
      const blob = this.#blob();
      disk.files.delete(this.#path);
      this.#path = join(this.#path.slice(0, Math.max(0, this.#path.lastIndexOf("/"))), name);
      disk.files.set(this.#path, blob);
      return Promise.resolve();
    };
    // As in the browser, an async function: what it throws it rejects with.
    const moved = this.move;
    this.move = async (name) => moved(name);
  }

  get fullPath(): string {
    return this.#path;
  }

  get name(): string {
    return nameOf(this.#path);
  }

  #blob(): Blob {
    const blob = this.#disk.files.get(this.#path);
    if (!blob) throw new DOMException(`${this.#path} is not there`, "NotFoundError");
    return blob;
  }

  isSameEntry(other: FakeFile): Promise<boolean> {
    return Promise.resolve(other.fullPath === this.#path);
  }

  async getFile(): Promise<File> {
    this.#disk.call("getFile");
    return new File([this.#blob()], this.name, {
      lastModified: this.#disk.modified.get(this.#path) ?? 1,
    });
  }

  async createWritable() {
    this.#disk.call("createWritable");
    this.#blob();
    const parts: Blob[] = [];
    return {
      write: async (bytes: Blob | ArrayBuffer) => {
        this.#disk.call("write");
        // Taken in at once: the bytes may be used for something else afterwards.
        parts.push(new Blob([bytes]));
      },
      close: async () => {
        this.#disk.call("close");
        this.#disk.files.set(this.#path, new Blob(parts));
      },
      abort: async () => {
        this.#disk.call("abort");
      },
    };
  }
}

function requireAllowed(name: string): void {
  if (name === "" || /[\\:*?"<>|\u0000-\u001f]/.test(name)) {
    throw new TypeError("Name is not allowed.");
  }
}

class FakeFolder {
  readonly disk: FakeDisk;
  readonly path: string;
  readonly kind = "directory";

  constructor(disk: FakeDisk, path: string) {
    this.disk = disk;
    this.path = path;
  }

  get name(): string {
    return nameOf(this.path);
  }

  async getFileHandle(name: string, { create = false } = {}) {
    this.disk.call(create ? "create" : "look");
    requireAllowed(name);
    const path = join(this.path, name);
    if (this.disk.folders.has(path)) throw new DOMException("a folder", "TypeMismatchError");
    if (!this.disk.files.has(path)) {
      if (!create) throw new DOMException("not there", "NotFoundError");
      this.disk.files.set(path, new Blob([]));
    }
    return new FakeFile(this.disk, path);
  }

  async getDirectoryHandle(name: string, { create = false } = {}) {
    this.disk.call(create ? "folder+" : "folder");
    requireAllowed(name);
    const path = join(this.path, name);
    if (this.disk.files.has(path)) throw new DOMException("a file", "TypeMismatchError");
    if (!this.disk.folders.has(path)) {
      if (!create) throw new DOMException("not there", "NotFoundError");
      this.disk.folders.add(path);
    }
    return new FakeFolder(this.disk, path);
  }

  async removeEntry(name: string, { recursive = false } = {}) {
    this.disk.call("remove");
    const path = join(this.path, name);
    if (!this.disk.files.has(path) && !this.disk.folders.has(path)) {
      throw new DOMException("not there", "NotFoundError");
    }
    for (const each of [...this.disk.files.keys()]) {
      if (each === path || (recursive && each.startsWith(`${path}/`))) this.disk.files.delete(each);
    }
    for (const each of [...this.disk.folders]) {
      if (each === path || (recursive && each.startsWith(`${path}/`))) {
        this.disk.folders.delete(each);
      }
    }
  }

  async *values() {
    this.disk.call("list");
    const inside = (path: string) =>
      path !== "" && path.slice(0, Math.max(0, path.lastIndexOf("/"))) === this.path;
    for (const path of [...this.disk.folders].filter(inside)) {
      yield new FakeFolder(this.disk, path);
    }
    for (const path of [...this.disk.files.keys()].filter(inside)) {
      yield new FakeFile(this.disk, path);
    }
  }

  async resolve(other: FakeFolder | FakeFile): Promise<string[] | null> {
    const path = other instanceof FakeFolder ? other.path : other.fullPath;
    const disk = other instanceof FakeFolder ? other.disk : this.disk;
    if (disk !== this.disk) return null;
    if (path === this.path) return [];
    const prefix = this.path === "" ? "" : `${this.path}/`;
    return path.startsWith(prefix) ? path.slice(prefix.length).split("/") : null;
  }
}
