import type { SessionNotice } from "./session-state";

const MOST_NAMED = 20;

/** A list for a sentence, which stays short. */
export const firstOf = (names: readonly string[]): string =>
  names.length <= MOST_NAMED
    ? names.join(", ")
    : `${names.slice(0, MOST_NAMED).join(", ")} and ${(names.length - MOST_NAMED).toLocaleString("en")} more`;

/** A way back, beside the sentence that tells what was done. */
interface WayBack {
  /** What its button says. */
  readonly label: string;
  take(): void;
  /** The way back is gone: it was taken, or something else is said. */
  lapse?(taken: boolean): void;
}

/** What the page says of the whole session: one notice at a time, the newest. */
export class Notices {
  readonly #show: (notice: SessionNotice | null) => void;
  #shown: SessionNotice | null = null;
  #back: WayBack | null = null;

  constructor(show: (notice: SessionNotice | null) => void) {
    this.#show = show;
  }

  say(message: string, hint: string): void {
    this.#set({ message, hint });
  }

  /** Says what was done, with a way back for as long as nothing else is said. */
  offer(message: string, hint: string, back: WayBack): void {
    this.#set({ message, hint, back: back.label }, back);
  }

  /** Advice waits for nothing: false where something more urgent is being said. */
  advise(message: string, hint: string, advisedWorkers: number): boolean {
    if (this.#shown) return false;
    this.#set({ message, hint, advisedWorkers });
    return true;
  }

  /** Takes the way back that is offered. Twice is once. */
  takeBack(): void {
    const back = this.#back;
    this.#back = null;
    if (!back) return;
    back.lapse?.(true);
    this.#set(null);
    back.take();
  }

  dismiss(): void {
    this.#set(null);
  }

  /** Something else was done, after which there is no way back any more. */
  endOffer(): void {
    if (this.#back) this.#set(null);
  }

  #set(notice: SessionNotice | null, back: WayBack | null = null): void {
    this.#back?.lapse?.(false);
    this.#back = back;
    this.#shown = notice;
    this.#show(notice);
  }
}
