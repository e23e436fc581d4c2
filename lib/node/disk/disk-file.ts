import type { Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { FilePart } from "@/lib/storage/joined-blob";
import { systemPath } from "./names";
import { asked } from "./refusals";

/** A stretch of a file as it was when it was opened; a file that changed since is not read. */
export interface DiskPart {
  readonly path: string;
  readonly size: number;
  readonly modified: number;
  readonly from: number;
  readonly to: number;
}

type Piece = DiskPart | Uint8Array;

/** What a file consists of, as it goes from one thread to another. */
export interface DiskFileParts {
  readonly name: string;
  readonly lastModified: number;
  readonly parts: readonly Piece[];
}

export const partSize = (part: Piece): number =>
  part instanceof Uint8Array ? part.length : part.to - part.from;

export const isAsOpened = (part: DiskPart, { size, mtimeMs }: Stats): boolean =>
  size === part.size && mtimeMs === part.modified;

/**
 * A file that is read where it lies. Node's own (`openAsBlob`) ends the process when it is read in
 * another thread than the one that opened it (Node 20.20), so this one opens its file for each read
 * and goes to other threads as its parts.
 */
export class DiskFile extends File {
  readonly parts: readonly Piece[];
  readonly #size: number;

  constructor({ name, lastModified, parts }: DiskFileParts) {
    super([], name, { lastModified });
    this.parts = parts;
    this.#size = parts.reduce((sum, part) => sum + partSize(part), 0);
  }

  static whole(path: string, name: string, { size, mtimeMs: modified }: Stats): DiskFile {
    const lastModified = Math.floor(modified);
    return new DiskFile({
      ...{ name, lastModified, parts: [{ path, size, modified, from: 0, to: size }] },
    });
  }

  override get size(): number {
    return this.#size;
  }

  override slice(start = 0, end = this.size): DiskFile {
    const bound = (at: number) => Math.max(0, Math.min(at < 0 ? this.size + at : at, this.size));
    const { name, lastModified } = this;
    return new DiskFile({
      name,
      lastModified,
      parts: within(this.parts, bound(start), bound(end)),
    });
  }

  /** The parts in order, of which some are stretches of this file. */
  joined(parts: readonly FilePart[]): DiskFile {
    const { name, lastModified } = this;
    const all = parts.flatMap((part): Piece[] =>
      part instanceof Uint8Array
        ? [part]
        : within(this.parts, part.offset, part.offset + part.length),
    );
    return new DiskFile({ name, lastModified, parts: all });
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    const bytes = new Uint8Array(this.size);
    let at = 0;
    for (const part of this.parts) {
      if (part instanceof Uint8Array) bytes.set(part, at);
      else await asked(() => readPart(part, bytes.subarray(at, at + partSize(part))));
      at += partSize(part);
    }
    return bytes.buffer;
  }

  override async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.arrayBuffer());
  }

  override async text(): Promise<string> {
    return new TextDecoder().decode(await this.arrayBuffer());
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const pieces = this.#pieces();
    return new ReadableStream({
      async pull(controller) {
        const { value, done } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    });
  }

  async *#pieces(): AsyncGenerator<Uint8Array<ArrayBuffer>, undefined> {
    for (let at = 0; at < this.size; at += PIECE) {
      yield new Uint8Array(await this.slice(at, at + PIECE).arrayBuffer());
    }
    return undefined;
  }
}

/** Bytes of a stream that are in memory at a time. */
const PIECE = 512 * 1024;

function within(parts: readonly Piece[], start: number, end: number): Piece[] {
  let at = 0;
  return parts.flatMap((part): Piece[] => {
    const [from, to] = [Math.max(0, start - at), Math.min(partSize(part), end - at)];
    at += partSize(part);
    if (from >= to) return [];
    if (part instanceof Uint8Array) return [part.subarray(from, to)];
    return [{ ...part, from: part.from + from, to: part.from + to }];
  });
}

async function readPart(part: DiskPart, target: Uint8Array): Promise<void> {
  const file = await open(systemPath(part.path));
  try {
    if (!isAsOpened(part, await file.stat())) throw changed();
    await readWhole(file, part.from, target);
  } finally {
    await file.close();
  }
}

async function readWhole(file: FileHandle, from: number, target: Uint8Array): Promise<void> {
  for (let at = 0; at < target.length;) {
    const { bytesRead } = await file.read(target, at, target.length - at, from + at);
    if (bytesRead === 0) throw changed();
    at += bytesRead;
  }
}

const changed = () =>
  new DOMException("The file is another than when it was opened.", "NotReadableError");
