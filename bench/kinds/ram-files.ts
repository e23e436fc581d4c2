import type { Ffmpeg, VirtualFile } from "@/lib/ffmpeg/instance";
import { readProbe, type Probe } from "@/lib/ffmpeg/probe";
import { freshFfmpeg } from "../../test/support/song-tools";

/** Memory that grows as it is written to; as much as a song of the benchmark may need. */
class RamFile implements VirtualFile {
  #bytes: Uint8Array;
  size: number;

  constructor(bytes: Uint8Array | null) {
    this.#bytes = bytes ?? new Uint8Array(1 << 20);
    this.size = bytes?.length ?? 0;
  }

  get content(): Uint8Array {
    return this.#bytes.subarray(0, this.size);
  }

  read(position: number, target: Uint8Array): number {
    const piece = this.content.subarray(position, position + target.length);
    target.set(piece);
    return piece.length;
  }

  write(position: number, bytes: Uint8Array): void {
    const end = position + bytes.length;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(2 * end);
      grown.set(this.content);
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, position);
    this.size = Math.max(this.size, end);
  }
}

/** The engine as a worker has it with nothing of LevelUp around it: commands over files in memory. */
export class RamFiles {
  readonly #ffmpeg: Ffmpeg;
  readonly #files: ReadonlyMap<string, RamFile>;

  private constructor(ffmpeg: Ffmpeg, files: ReadonlyMap<string, RamFile>) {
    this.#ffmpeg = ffmpeg;
    this.#files = files;
  }

  /** Files by name; null is one that a command writes. */
  static async open(contents: Readonly<Record<string, Uint8Array | null>>): Promise<RamFiles> {
    const ffmpeg = await freshFfmpeg();
    const entries = Object.entries(contents).map(
      ([name, bytes]) => [name, new RamFile(bytes)] as const,
    );
    for (const [name, file] of entries) ffmpeg.mount(`/${name}`, file);
    return new RamFiles(ffmpeg, new Map(entries));
  }

  /** Throws with ffmpeg's words when it fails. */
  run(args: readonly string[]): void {
    const { ok, log } = this.#ffmpeg.run(["-y", ...args]);
    if (!ok) throw new Error(log.join("\n"));
  }

  probe(name: string): Probe {
    const probe = readProbe(this.#ffmpeg.probe(`/${name}`));
    if (typeof probe === "string") throw new Error(`${name}: ${probe}`);
    return probe;
  }

  bytes(name: string): Uint8Array {
    return this.#files.get(name)!.content;
  }
}
