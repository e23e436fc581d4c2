import { joined, sliceCount, sliceFrames, type Slices } from "../../loudness/slices";

/** Where the slices of a long programme lie: a file of a worker's own. */
export interface RandomAccessFile {
  read(position: number, target: Uint8Array): number;
  write(position: number, bytes: Uint8Array): void;
}

/** 4 MB: 12 minutes at 44.1 and 48 kHz. */
const MOST_IN_MEMORY = 1 << 20;
/** Slices of one piece of memory. */
const PIECE = 1 << 16;

const bytesOf = (codes: Uint32Array): Uint8Array =>
  new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength);

/** The slices of a programme while it is measured and after: in memory, or in a file. */
export class SliceStore implements Slices {
  readonly sampleRate: number;
  readonly #file: RandomAccessFile | null;
  readonly #pieces: Uint32Array[] = [];
  #count = 0;
  #frames = 0;

  constructor(sampleRate: number, file: RandomAccessFile | null = null) {
    this.sampleRate = sampleRate;
    this.#file = file;
  }

  /** Whether the slices of so many seconds may stand in memory. */
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
    if (this.#file === null) {
      this.#eachPiece(from, target, (piece, part) => part.set(piece));
      return;
    }
    const bytes = bytesOf(target);
    for (let read = 0; read < bytes.length;) {
      const more = this.#file.read(from * 4 + read, bytes.subarray(read));
      if (more === 0) throw new Error("The slices end early");
      read += more;
    }
  }

  write(from: number, codes: Uint32Array): void {
    if (this.#file === null) this.#eachPiece(from, codes, (piece, part) => piece.set(part));
    else this.#file.write(from * 4, bytesOf(codes));
  }

  #eachPiece(
    from: number,
    codes: Uint32Array,
    visit: (piece: Uint32Array, part: Uint32Array) => void,
  ): void {
    for (let done = 0; done < codes.length;) {
      const at = (from + done) % PIECE;
      const length = Math.min(codes.length - done, PIECE - at);
      const piece = (this.#pieces[Math.floor((from + done) / PIECE)] ??= new Uint32Array(PIECE));
      visit(piece.subarray(at, at + length), codes.subarray(done, done + length));
      done += length;
    }
  }
}
