import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** How each file system is made and mounted; the copy of a mounted one needs options of its own. */
export const fileSystems = {
  ext4: { make: ["mkfs.ext4", "-q", "-F"], mount: [], again: [] },
  "ext4 noauto_da_alloc": {
    make: ["mkfs.ext4", "-q", "-F"],
    mount: ["noauto_da_alloc"],
    again: [],
  },
  XFS: { make: ["mkfs.xfs", "-q", "-f"], mount: [], again: ["nouuid"] },
  Btrfs: { make: ["mkfs.btrfs", "-q", "-f"], mount: [], again: [] },
  exFAT: { make: ["mkfs.exfat"], mount: [], again: [] },
} as const;
export type FileSystemName = keyof typeof fileSystems;

/**
 * File systems in files, mounted, which can be copied at any moment: a copy is what a power cut
 * leaves. They lie on an XFS of their own, where `cp --reflink` copies a file at one moment. Needs
 * root, loop devices and the kernel's own drivers.
 */
export class LoopImages {
  readonly #folder: string;
  readonly #host: string;
  readonly #mounted: string[] = [];
  #copies = 0;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#host = path.join(folder, "host");
  }

  static async make(gigabytes: number): Promise<LoopImages> {
    const images = new LoopImages(mkdtempSync(path.join(os.tmpdir(), "levelup-images-")));
    const file = path.join(images.#folder, "host.img");
    await execute("truncate", ["-s", `${gigabytes}G`, file]);
    await execute("mkfs.xfs", ["-q", "-m", "reflink=1", file]);
    await images.#mount(file, images.#host, []);
    return images;
  }

  /** Mounts a fresh file system; gives the reason where the kernel has no driver for it, or none can be made. */
  async add(name: FileSystemName, megabytes: number): Promise<LoopImage | string> {
    const { make, mount } = fileSystems[name];
    const file = path.join(this.#host, `${name}.img`);
    const folder = path.join(this.#folder, name);
    try {
      await execute("truncate", ["-s", `${megabytes}M`, file]);
      await execute(make[0], [...make.slice(1), file]);
      await this.#mount(file, folder, mount);
    } catch (error) {
      return String((error as { stderr?: string }).stderr ?? error).trim();
    }
    return { name, file, folder };
  }

  /** What a power cut at this moment would leave, after another program's fsync; gives its path. */
  async cut({ name, file, folder }: LoopImage): Promise<string> {
    const other = await open(path.join(folder, "another program's"), "w");
    await other.writeFile("x");
    await other.sync();
    await other.close();
    const copy = path.join(this.#host, `${name}, cut ${++this.#copies}.img`);
    await execute("cp", ["--reflink=always", file, copy]);
    return copy;
  }

  /**
   * Mounts a copy, which replays its journal, for as long as `look` takes; then removes it. Where
   * the file system itself is unmounted, the copy takes its path.
   */
  async afterCut<T>(
    { name, folder }: LoopImage,
    copy: string,
    look: (folder: string) => Promise<T>,
  ): Promise<T> {
    const place = this.#mounted.includes(folder) ? `${folder}, after a cut` : folder;
    await this.#mount(copy, place, fileSystems[name].again);
    try {
      return await look(place);
    } finally {
      await this.#unmount(place);
      rmSync(copy);
    }
  }

  /** Its copies stay. */
  async remove({ file, folder }: LoopImage): Promise<void> {
    await this.#unmount(folder);
    rmSync(file);
  }

  async close(): Promise<void> {
    for (const folder of this.#mounted.toReversed()) await this.#unmount(folder);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #mount(file: string, folder: string, options: readonly string[]): Promise<void> {
    mkdirSync(folder, { recursive: true });
    await execute("mount", ["-o", ["loop", ...options].join(","), file, folder]);
    this.#mounted.push(folder);
  }

  async #unmount(folder: string): Promise<void> {
    // A browser that was killed lets go of its files a moment later.
    for (let left = 20; ; left--) {
      try {
        await execute("umount", [folder]);
        break;
      } catch (error) {
        if (left === 0) throw error;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
    this.#mounted.splice(this.#mounted.indexOf(folder), 1);
  }
}

export interface LoopImage {
  readonly name: FileSystemName;
  readonly file: string;
  /** Where it is mounted. */
  readonly folder: string;
}
