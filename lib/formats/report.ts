import { isGaplessName, isLoudnessName, isReplacedName, isUndoName } from "./loudness-tags";
import type { Note, TransplantOptions } from "./types";

/** What happened to the tags on the way, and what has to go; every carrier adds to one of these. */
export class Report {
  readonly removed: string[] = [];
  readonly outdated: string[] = [];
  readonly sameSound: boolean;
  readonly #options: TransplantOptions;
  readonly #notes = new Set<Note>();

  constructor(options: TransplantOptions = {}) {
    this.#options = options;
    this.sameSound = options.sameSound === true;
  }

  /** Whether a tag of this name is wrong in the new file; it is noted then. */
  leavesOut(name: string): boolean {
    const { loudness, keepUndo } = this.#options;
    const isWrong = this.sameSound
      ? isReplacedName(name, loudness?.album !== undefined)
      : isLoudnessName(name) && !(keepUndo === true && isUndoName(name));
    if (isWrong) this.removed.push(name);
    else if (!this.sameSound && isGaplessName(name)) this.outdated.push(name);
    else return false;
    return true;
  }

  note(note: Note): void {
    this.#notes.add(note);
  }
  get notes(): Note[] {
    return [...this.#notes];
  }
}
