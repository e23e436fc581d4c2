import { joined, sliceCount, sliceFrames, type Slices } from "../../loudness/slices";

/** Bytes elsewhere, where slices go that memory has no room for: a file of a worker's own. */
export interface Overflow {
  read(position: number, target: Uint8Array): number;
  write(position: number, bytes: Uint8Array): void;
}

/** 4 MB: 12 minutes at 44.1 and 48 kHz. */
const MOST_IN_MEMORY = 1 << 20;
/** Slices of one piece of memory. */
const PIECE = 1 << 16;

const bytesOf = (codes: Uint32Array): Uint8Array =>
  new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength);

/**
 * The slices of a programme while it is measured and after. The first 4 MB stand in memory, the rest
 * in what `overflow` gives; without it everything stands in memory.
 */
export class SliceStore implements Slices {
  readonly sampleRate: number;
  readonly #overflow: (() => Overflow) | null;
  readonly #pieces: Uint32Array[] = [];
  #elsewhere: Overflow | null = null;
  #count = 0;
  #frames = 0;

  constructor(sampleRate: number, overflow: (() => Overflow) | null = null) {
    this.sampleRate = sampleRate;
    this.#overflow = overflow;
  }

  /** Seconds at this rate whose slices all stand in memory. */
  static fits(sampleRate: number, duration: number): boolean {
    return (duration * sampleRate) / sliceFrames(sampleRate) < MOST_IN_MEMORY;
  }

  get count(): number {
    return this.#count;
  }

  get frames(): number {
    return this.#frames;
  }

  append(codes: Uint32Array): void {
    const from = this.#count;
    this.#count += codes.length;
    this.write(from, codes);
  }

  /** The programme has ended: what no slice of its own is made for goes to the last one. */
  finish(frames: number): void {
    this.#frames = frames;
    const count = sliceCount(frames, sliceFrames(this.sampleRate));
    const rest = new Uint32Array(this.#count - count + 1);
    this.read(count - 1, rest);
    this.write(count - 1, Uint32Array.of(rest.reduce(joined)));
    this.#count = count;
  }

  read(from: number, target: Uint32Array): void {
    this.#each(from, target, (piece, at, part) => part.set(piece.subarray(at, at + part.length)));
    const rest = this.#beyond(from, target);
    if (rest === null) return;
    const { part, position } = rest;
    const bytes = bytesOf(part);
    for (let read = 0; read < bytes.length;) {
      const more = this.#elsewhere!.read(position + read, bytes.subarray(read));
      if (more === 0) throw new Error("The slices end early");
      read += more;
    }
  }

  write(from: number, codes: Uint32Array): void {
    this.#each(from, codes, (piece, at, part) => piece.set(part, at));
    const rest = this.#beyond(from, codes);
    if (rest === null) return;
    this.#elsewhere ??= this.#overflow!();
    this.#elsewhere.write(rest.position, bytesOf(rest.part));
  }

  get #inMemory(): number {
    return this.#overflow === null ? Infinity : MOST_IN_MEMORY;
  }

  #each(
    from: number,
    codes: Uint32Array,
    visit: (piece: Uint32Array, at: number, part: Uint32Array) => void,
  ): void {
    const end = Math.min(codes.length, this.#inMemory - from);
    for (let done = 0; done < end;) {
      const index = Math.floor((from + done) / PIECE);
      const at = (from + done) % PIECE;
      const length = Math.min(end - done, PIECE - at);
      visit(
        (this.#pieces[index] ??= new Uint32Array(PIECE)),
        at,
        codes.subarray(done, done + length),
      );
      done += length;
    }
  }

  /** The part of `codes` that does not stand in memory, and where it does. */
  #beyond(from: number, codes: Uint32Array): { part: Uint32Array; position: number } | null {
    const first = Math.max(from, this.#inMemory);
    if (first >= from + codes.length) return null;
    return { part: codes.subarray(first - from), position: (first - this.#inMemory) * 4 };
  }
}
