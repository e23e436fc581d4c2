import type { Dirent, Stats } from "node:fs";
import { lstat, open, readdir, realpath, rm, rmdir, stat, unlink } from "node:fs/promises";
import path from "node:path";
import { DiskFile } from "./disk-file";
import { makeFolder } from "./make-folder";
import { systemPath, textOf } from "./names";
import { asked } from "./refusals";
import { renameDurably, SwappedWrite, syncFolder } from "./swapped-write";

/**
 * Folders and files of the system behind the part of the File System Access API that LevelUp uses,
 * so that what reads and writes songs on a page does so here as well. Unlike a page's they take
 * every name that the system takes, follow links, and write through to the disk.
 */

/** A folder. `ancestors`: the folders above it, up to the picked one, without links. */
class FolderHandle {
  readonly kind = "directory";
  readonly name: string;
  readonly path: string;
  readonly #ancestors: readonly string[];
  /** Of a folder of which only some files were picked: their names. */
  readonly #picked: ReadonlySet<string> | null;

  constructor(
    at: string,
    ancestors: readonly string[] = [],
    picked: ReadonlySet<string> | null = null,
  ) {
    this.path = at;
    this.name = path.basename(at) || at;
    this.#ancestors = ancestors;
    this.#picked = picked;
  }

  async getFileHandle(name: string, { create = false } = {}): Promise<FileHandle> {
    const at = this.#inside(name);
    return asked(async () => {
      const info = await stat(systemPath(at)).catch((error: unknown) => {
        if (create && isMissing(error)) return null;
        throw error;
      });
      if (info?.isDirectory()) throw mismatch(name);
      // Its entry gets to the disk with its bytes, when those are swapped in.
      if (!info) await (await open(systemPath(at), "a")).close();
      return new FileHandle(at, name);
    });
  }

  async getDirectoryHandle(name: string, { create = false } = {}): Promise<FolderHandle> {
    const at = this.#inside(name);
    return asked(async () => {
      const info = await stat(systemPath(at)).catch((error: unknown) => {
        if (create && isMissing(error)) return null;
        throw error;
      });
      if (info && !info.isDirectory()) throw mismatch(name);
      if (!info) {
        makeFolder(at);
        await syncFolder(this.path);
      }
      return new FolderHandle(at, [...this.#ancestors, await realpathOf(this.path)]);
    });
  }

  removeEntry(name: string, { recursive = false } = {}): Promise<void> {
    const at = systemPath(this.#inside(name));
    return asked(async () => {
      const isFolder = (await lstat(at)).isDirectory();
      if (!isFolder) await unlink(at);
      else if (recursive) await rm(at, { recursive: true });
      else await rmdir(at);
      await syncFolder(this.path);
    });
  }

  /** The names from here down to a folder or file; null where it lies elsewhere. */
  async resolve({ path: other }: { readonly path: string }): Promise<string[] | null> {
    const [here, there] = await asked(() =>
      Promise.all([realpathOf(this.path), realpathOf(other)]),
    );
    const inside = path.relative(here, there);
    if (inside === "") return [];
    return isOutside(inside) ? null : inside.split(path.sep);
  }

  /**
   * Folders and files. Links are followed, but for those into the picked folder: what they lead to
   * is there under its own name.
   */
  async *values(): AsyncGenerator<FolderHandle | FileHandle> {
    const here = await asked(() => realpathOf(this.path));
    const chain = [...this.#ancestors, here];
    for (const entry of await asked(() => entriesOf(this.path))) {
      const name = textOf(entry.name);
      if (this.#picked && !this.#picked.has(name)) continue;
      const at = path.join(this.path, name);
      const isLink = entry.isSymbolicLink();
      const info = isLink ? await stat(systemPath(at)).catch(() => null) : null;
      if (info && (await isKnown(at, info, chain))) continue;
      const is = info ?? entry;
      if (is.isDirectory()) yield new FolderHandle(at, chain);
      // A link that leads nowhere is listed, and refuses to be read.
      else if (is.isFile() || isLink) yield new FileHandle(at, name);
    }
  }

  isSameEntry(other: { readonly path: string }): Promise<boolean> {
    return Promise.resolve(other.path === this.path);
  }

  queryPermission = granted;
  requestPermission = granted;

  #inside(name: string): string {
    const isName = name !== "" && name !== "." && name !== ".." && !/[/\0]/.test(name);
    if (!isName || (path.sep === "\\" && name.includes("\\"))) {
      throw new TypeError(`"${name}" is no name.`);
    }
    return path.join(this.path, name);
  }
}

class FileHandle {
  readonly kind = "file";
  readonly name: string;
  path: string;

  constructor(at: string, name: string) {
    this.path = at;
    this.name = name;
  }

  getFile(): Promise<File> {
    return asked(async () => {
      const info = await stat(systemPath(this.path));
      if (info.isDirectory()) throw mismatch(this.name);
      return DiskFile.whole(this.path, this.name, info);
    });
  }

  /** What a link leads to is swapped, and the link stays. */
  createWritable(): Promise<SwappedWrite> {
    return asked(async () => SwappedWrite.begin(await realpathOf(this.path)));
  }

  /** To a name in the same folder, over what is there. */
  move(name: string): Promise<void> {
    const to = path.join(path.dirname(this.path), name);
    return asked(async () => {
      await renameDurably(this.path, to);
      this.path = to;
    });
  }

  isSameEntry(other: { readonly path: string }): Promise<boolean> {
    return Promise.resolve(other.path === this.path);
  }

  queryPermission = granted;
  requestPermission = granted;
}

/** Nobody has to be asked; what may not be written says so when it is. */
function granted(): Promise<PermissionState> {
  return Promise.resolve("granted");
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ENOENT";

const mismatch = (name: string) =>
  new DOMException(`${name} is of the other kind.`, "TypeMismatchError");

const isOutside = (relative: string): boolean =>
  relative.split(path.sep)[0] === ".." || path.isAbsolute(relative);

const realpathOf = async (at: string): Promise<string> =>
  textOf(await realpath(systemPath(at), { encoding: "buffer" }));

const entriesOf = (at: string): Promise<Dirent<Buffer>[]> =>
  readdir(systemPath(at), { withFileTypes: true, encoding: "buffer" });

/** Whether a link leads into the picked folder, or to a folder that it lies in. */
async function isKnown(at: string, info: Stats, chain: readonly string[]): Promise<boolean> {
  const to = await realpathOf(at);
  const isInside = !isOutside(path.relative(chain[0]!, to));
  return (
    isInside || (info.isDirectory() && chain.some((each) => !isOutside(path.relative(to, each))))
  );
}

/** The folder at an absolute path. `picked`: names of the only files in it that are listed. */
export const folderHandle = (
  at: string,
  picked: readonly string[] | null = null,
): FileSystemDirectoryHandle =>
  new FolderHandle(at, [], picked && new Set(picked)) as unknown as FileSystemDirectoryHandle;

/** The absolute path of a folder that `folderHandle` gave, or one below it. */
export const pathOf = (handle: FileSystemHandle): string =>
  (handle as unknown as FolderHandle | FileHandle).path;
