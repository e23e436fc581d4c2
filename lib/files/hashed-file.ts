import { audioPrint } from "./audio/audio-print";
import type { FilePrint } from "./manifest/entry";
import { sha256 } from "./sha256";

/** A file that is hashed once, and only when somebody asks. */
export class HashedFile {
  readonly file: File;
  #hash: Promise<string> | null = null;
  #audio: Promise<string | null> | null = null;

  constructor(file: File) {
    this.file = file;
  }

  async is({ sha256: hash, size }: FilePrint): Promise<boolean> {
    return size === this.file.size && hash === (await this.#sha256());
  }

  /** It has the sound of what the print is of; its tags may be others. */
  async soundsLike({ audio }: FilePrint): Promise<boolean> {
    return audio !== undefined && audio === (await (this.#audio ??= audioPrint(this.file)));
  }

  async print(): Promise<FilePrint> {
    const { size, lastModified } = this.file;
    return { sha256: await this.#sha256(), size, lastModified };
  }

  #sha256(): Promise<string> {
    return (this.#hash ??= sha256(this.file));
  }
}
