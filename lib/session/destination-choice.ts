import { type Destinations, destinationText, openDestinations } from "@/lib/batch/destinations";
import type { PickedFile } from "@/lib/files/picked-file";
import type { SaveTo, Settings } from "@/lib/settings/settings";
import type { Notices } from "./notices";
import type { Pickers } from "./platform";
import type { ReplacePreview } from "./replacing/preview";
import type { Question } from "./session-state";

/** Where a batch writes to, with every permission for it. */
export interface OpenedDestinations {
  readonly destinations: Destinations;
  /** What *Another folder* is; null for every other choice. */
  readonly folder: FileSystemDirectoryHandle | null;
}

/** What the person agreed to. A batch that was cut off was agreed to as a whole. */
type Accepted = "resumed" | { readonly way: string; readonly files: ReadonlySet<PickedFile> };

/** Asks where results go, once for each choice of *Save to*, and whether originals may be replaced. */
export class DestinationChoice {
  readonly #ask: (question: Question) => Promise<boolean>;
  readonly #notices: Notices;
  readonly #pickTarget: Pickers["target"];
  #folder: FileSystemDirectoryHandle | null = null;
  #accepted: Accepted | null = null;

  constructor(
    ask: (question: Question) => Promise<boolean>,
    notices: Notices,
    pickTarget: Pickers["target"],
  ) {
    this.#ask = ask;
    this.#notices = notices;
    this.#pickTarget = pickTarget;
  }

  /** Another choice than before: what was answered does not count for it. */
  reset(): void {
    this.#folder = null;
    this.#accepted = null;
  }

  /** What was answered before the batch was cut off. */
  restore(saveTo: SaveTo, folder: FileSystemDirectoryHandle | null): void {
    this.#folder = folder;
    this.#accepted = saveTo === "replace" ? "resumed" : null;
  }

  /**
   * Null when the person does not want it after all, or it is not possible, which is said.
   * `preview`: what the person is told before originals are replaced.
   */
  async open(
    files: readonly PickedFile[],
    settings: Settings,
    preview: () => ReplacePreview,
  ): Promise<OpenedDestinations | null> {
    if (settings.saveTo === "replace" && !(await this.#mayReplace(files, settings, preview))) {
      return null;
    }
    const destinations = await openDestinations(settings, files, () => this.#chooseFolder());
    if (typeof destinations === "string") {
      this.#notices.say(...destinationText[destinations]);
      return null;
    }
    return { destinations, folder: settings.saveTo === "folder" ? this.#folder : null };
  }

  /** Asks unless all of it was accepted before: these songs, in this way. */
  async #mayReplace(
    files: readonly PickedFile[],
    { keepOriginals, outputFormat, loudnessTags }: Settings,
    preview: () => ReplacePreview,
  ): Promise<boolean> {
    const way = `${outputFormat} ${keepOriginals} ${loudnessTags === "only"}`;
    const before = this.#accepted;
    const isAccepted =
      before === "resumed" ||
      (before?.way === way && files.every((file) => before.files.has(file)));
    if (!isAccepted && !(await this.#ask({ kind: "replace-originals", ...preview() })))
      return false;
    const known = before === "resumed" || before === null ? [] : before.files;
    this.#accepted = { way, files: new Set([...known, ...files]) };
    return true;
  }

  async #chooseFolder(): Promise<FileSystemDirectoryHandle | null> {
    return (this.#folder ??= await this.#pickTarget());
  }
}
