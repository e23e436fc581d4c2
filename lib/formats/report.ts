import type { Note } from "./types";

/** What happened to the tags on the way; every carrier adds to one of these. */
export class Report {
  readonly removed: string[] = [];
  readonly outdated: string[] = [];
  readonly #notes = new Set<Note>();

  note(note: Note): void {
    this.#notes.add(note);
  }
  get notes(): Note[] {
    return [...this.#notes];
  }
}
