import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { chmod, chown, copyFile, mkdir } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { runNative } from "./native-tools";

const root = fileURLToPath(new URL("../..", import.meta.url));
const NOBODY = 65534;

interface Ended {
  readonly code: number;
  /** All that was said. */
  readonly text: string;
}

/** The package of the command where there is nothing but Node: no browser, no network, no root. */
export class InstalledPackage {
  readonly place: string;
  /** Of the ordinary user: what it was installed into, and the songs. */
  readonly home: string;
  readonly music: string;

  private constructor(place: string) {
    this.place = place;
    this.home = path.join(place, "home");
    this.music = path.join(place, "music");
  }

  /** Packs it, and installs the tarball offline with an empty cache. */
  static async install(): Promise<InstalledPackage> {
    const made = new InstalledPackage(mkdtempSync(path.join(os.tmpdir(), "levelup-package-")));
    await chmod(made.place, 0o755);
    for (const folder of [made.home, made.music, path.join(made.place, "bin")]) {
      await mkdir(folder);
      if (process.getuid?.() === 0) await chown(folder, NOBODY, NOBODY);
    }
    symlinkSync(process.execPath, path.join(made.place, "bin/node"));
    const packed = await runNative("npm", ["run", "pack", "--prefix", root]);
    const tarball = path.join(made.home, "levelup.tgz");
    await copyFile(packed.trim().split("\n").at(-1)!, tarball);
    const npm = realpathSync((await runNative("which", ["npm"])).trim());
    const offline = ["install", "--offline", "--cache", path.join(made.home, "cache")];
    const { code, text } = await made.#asUser(process.execPath, [npm, ...offline, tarball]);
    if (code !== 0) throw new Error(text);
    return made;
  }

  /** Its command, by an ordinary user whose PATH has Node alone. */
  levelup(args: readonly string[], onStart?: (pid: number) => void): Promise<Ended> {
    return this.#asUser(path.join(this.home, "node_modules/.bin/levelup"), args, onStart);
  }

  remove(): void {
    rmSync(this.place, { recursive: true, force: true });
  }

  #asUser(
    command: string,
    args: readonly string[],
    onStart?: (pid: number) => void,
  ): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
      const child: ChildProcess = spawn(command, args, {
        cwd: this.home,
        env: { NODE_ENV: "production", HOME: this.home, PATH: path.join(this.place, "bin") },
        ...user,
      });
      if (child.pid !== undefined) onStart?.(child.pid);
      let text = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on("data", (bytes: Buffer) => (text += bytes.toString()));
      }
      child.once("error", reject);
      child.once("close", (code) => resolve({ code: code ?? -1, text }));
    });
  }
}
