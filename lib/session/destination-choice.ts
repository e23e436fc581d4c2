import { type Destinations, destinationText, openDestinations } from "@/lib/batch/destinations";
import type { PickedFile } from "@/lib/files/picked-file";
import type { SaveTo, Settings } from "@/lib/settings/settings";
import type { Notices } from "./notices";
import type { Question } from "./session-state";

/** Where a batch writes to, with every permission for it. */
export interface OpenedDestinations {
  readonly destinations: Destinations;
  /** What *Another folder* is; null for every other choice. */
  readonly folder: FileSystemDirectoryHandle | null;
}

/** Asks where results go, and whether originals may be replaced: once for each choice of *Save to*. */
export class DestinationChoice {
  readonly #ask: (question: Question) => Promise<boolean>;
  readonly #notices: Notices;
  #folder: FileSystemDirectoryHandle | null = null;
  #replaceAccepted = false;

  constructor(ask: (question: Question) => Promise<boolean>, notices: Notices) {
    this.#ask = ask;
    this.#notices = notices;
  }

  /** Another choice than before: what was answered does not count for it. */
  reset(): void {
    this.#folder = null;
    this.#replaceAccepted = false;
  }

  /** What was answered before the batch was cut off. */
  restore(saveTo: SaveTo, folder: FileSystemDirectoryHandle | null): void {
    this.#folder = folder;
    this.#replaceAccepted = saveTo === "replace";
  }

  /** Null when the person does not want it after all, or it is not possible, which is said. */
  async open(
    files: readonly PickedFile[],
    settings: Pick<Settings, "saveTo" | "keepOriginals">,
  ): Promise<OpenedDestinations | null> {
    if (settings.saveTo === "replace" && !this.#replaceAccepted) {
      const question = { kind: "replace-originals", songs: files.length } as const;
      this.#replaceAccepted = await this.#ask(question);
      if (!this.#replaceAccepted) return null;
    }
    const destinations = await openDestinations(settings, files, () => this.#chooseFolder());
    if (typeof destinations === "string") {
      this.#notices.say(...destinationText[destinations]);
      return null;
    }
    return { destinations, folder: settings.saveTo === "folder" ? this.#folder : null };
  }

  async #chooseFolder(): Promise<FileSystemDirectoryHandle | null> {
    this.#folder ??= await window
      .showDirectoryPicker({ id: "leveled", startIn: "music", mode: "readwrite" })
      .catch(() => null);
    return this.#folder;
  }
}
