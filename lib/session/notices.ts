import type { SessionNotice } from "./session-state";

const MOST_NAMED = 20;

/** A list for a sentence, which stays short. */
export const firstOf = (names: readonly string[]): string =>
  names.length <= MOST_NAMED
    ? names.join(", ")
    : `${names.slice(0, MOST_NAMED).join(", ")} and ${names.length - MOST_NAMED} more`;

/** What the page says of the whole session: one notice at a time, the newest. */
export class Notices {
  readonly #show: (notice: SessionNotice | null) => void;
  #shown: SessionNotice | null = null;

  constructor(show: (notice: SessionNotice | null) => void) {
    this.#show = show;
  }

  say(message: string, hint: string): void {
    this.#set({ message, hint });
  }

  /** Advice waits for nothing: false where something more urgent is being said. */
  advise(message: string, hint: string, advisedWorkers: number): boolean {
    if (this.#shown) return false;
    this.#set({ message, hint, advisedWorkers });
    return true;
  }

  dismiss(): void {
    this.#set(null);
  }

  #set(notice: SessionNotice | null): void {
    this.#shown = notice;
    this.#show(notice);
  }
}
