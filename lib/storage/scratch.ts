/**
 * Random-access bytes that a worker fills and reads back: decoded PCM, or an encoded song. Small
 * ones live in memory, large ones in the origin-private file system, where a worker can read and
 * write synchronously, so that memory stays bounded for files of any length.
 */
export interface Scratch {
  /** Name of the file behind it in the origin-private file system; null = in memory. */
  readonly name: string | null;
  readonly size: number;
  read(position: number, target: Uint8Array): number;
  write(position: number, bytes: Uint8Array): void;
  /** The file behind it, closed; the scratch is spent afterwards. Null = in memory. */
  toFile(): Promise<Blob> | null;
  /** The memory behind it, in blocks; the scratch is spent afterwards. Null = on disk. */
  toBlocks(): readonly Block[] | null;
  /** Frees memory or disk. */
  dispose(): void;
}

/** Thrown by a write that would exceed the budget of a scratch in memory. */
export class ScratchBudgetExceeded extends Error {
  override name = "ScratchBudgetExceeded";
}

/** There is no room on the disk for a scratch, or no more of it. */
export class ScratchDiskFull extends Error {
  override name = "ScratchDiskFull";
}

/** A multiple of 4, so that a block is whole f32 samples. */
export const BLOCK_BYTES = 1 << 20;
/** Blocks that wait for the next song: as many as one of six minutes needs. */
const MOST_IDLE = 128;

export type Block = Uint8Array<ArrayBuffer>;

/**
 * Blocks go from one song of a worker to the next, those of a finished song by way of the page that
 * saves it. Fresh memory costs as much as decoding a tenth of the song into it: the system hands
 * out and clears every page of it anew.
 */
export class BlockPool {
  readonly #idle: Block[] = [];

  take(): Block {
    return this.#idle.pop() ?? new Uint8Array(BLOCK_BYTES);
  }

  giveBack(blocks: readonly Block[]): void {
    this.#idle.push(...blocks.slice(0, MOST_IDLE - this.#idle.length));
  }
}

export class MemoryScratch implements Scratch {
  readonly #budget: number;
  readonly #onDispose: () => void;
  readonly #pool: BlockPool;
  readonly name = null;
  #blocks: Block[] = [];
  #size = 0;

  constructor(budget: number, onDispose: () => void = () => undefined, pool = new BlockPool()) {
    this.#budget = budget;
    this.#onDispose = onDispose;
    this.#pool = pool;
  }

  get size(): number {
    return this.#size;
  }

  read(position: number, target: Uint8Array): number {
    const wanted = Math.max(0, Math.min(target.length, this.#size - position));
    this.#eachPart(position, wanted, (block, from, length, done) =>
      target.set(block.subarray(from, from + length), done),
    );
    return wanted;
  }

  write(position: number, bytes: Uint8Array): void {
    const end = position + bytes.length;
    if (end > this.#budget) throw new ScratchBudgetExceeded(`${end} of ${this.#budget} bytes`);
    while (this.#blocks.length * BLOCK_BYTES < end) this.#blocks.push(this.#pool.take());
    // What an earlier song left in a block must not show in a gap.
    this.#eachPart(this.#size, Math.max(0, position - this.#size), (block, from, length) =>
      block.fill(0, from, from + length),
    );
    this.#eachPart(position, bytes.length, (block, from, length, done) =>
      block.set(bytes.subarray(done, done + length), from),
    );
    this.#size = Math.max(this.#size, end);
  }

  toFile(): null {
    return null;
  }

  toBlocks(): readonly Block[] {
    const last = this.#size % BLOCK_BYTES || BLOCK_BYTES;
    const blocks = this.#blocks.map((block, index) =>
      index === this.#blocks.length - 1 ? block.subarray(0, last) : block,
    );
    this.#blocks = [];
    this.#size = 0;
    return blocks;
  }

  dispose(): void {
    this.#pool.giveBack(this.#blocks);
    this.#blocks = [];
    this.#size = 0;
    this.#onDispose();
  }

  #eachPart(
    position: number,
    length: number,
    visit: (block: Uint8Array, from: number, length: number, done: number) => void,
  ): void {
    for (let done = 0; done < length;) {
      const from = (position + done) % BLOCK_BYTES;
      const part = Math.min(length - done, BLOCK_BYTES - from);
      visit(this.#blocks[Math.floor((position + done) / BLOCK_BYTES)]!, from, part, done);
      done += part;
    }
  }
}
