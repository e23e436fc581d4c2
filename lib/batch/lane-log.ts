import type { SongId } from "@/lib/song/song";

/**
 * A lane's lines are in the order of its songs, although saving overlaps with the next song. What
 * ends after its saving did (a swap that waits) is told when it does.
 */
export class LaneLog {
  readonly #write: (line: string) => void;
  /** Songs being saved while their lane is at the next one; that one's lines wait for them. */
  readonly #saving = new Map<number, SongId>();
  readonly #waiting = new Map<number, string[]>();
  /** What was said of a song that has not ended. */
  readonly #lines = new Map<SongId, string[]>();
  /** Those of them whose lane waits for them no longer. */
  readonly #released = new Set<SongId>();

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  add(id: SongId, lane: number, line: string): void {
    this.#lines.set(id, [...(this.#lines.get(id) ?? []), line]);
    const saving = this.#saving.get(lane);
    if (saving === undefined || saving === id || this.#released.has(id)) this.#write(line);
    else this.#waiting.set(lane, [...(this.#waiting.get(lane) ?? []), line]);
  }

  /** From now on the lane's other songs wait until this one is saved. */
  beginSaving(id: SongId, lane: number): void {
    this.#saving.set(lane, id);
  }

  endSaving(lane: number): void {
    const id = this.#saving.get(lane);
    if (id !== undefined && this.#lines.has(id)) this.#released.add(id);
    this.#saving.delete(lane);
    this.#waiting.get(lane)?.forEach((line) => this.#write(line));
    this.#waiting.delete(lane);
  }

  linesOf(id: SongId): readonly string[] {
    return this.#lines.get(id) ?? [];
  }

  /** It has ended. */
  drop(id: SongId): void {
    this.#lines.delete(id);
    this.#released.delete(id);
  }
}
