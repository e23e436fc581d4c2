import { intakeOf, takeDrop, takeFiles, withoutDuplicates, type Intake } from "@/lib/files/intake";
import { pickFiles, pickFolder, type Picked } from "@/lib/files/pickers";
import { loadSamples } from "@/lib/files/samples";
import type { SessionContext } from "./session-context";
import type { SongId } from "@/lib/song/song";

/** The ways in which songs come into the list. */
export class Adding {
  readonly #context: SessionContext;
  /** Songs were added, or none were found. */
  readonly #onAdded: () => Promise<void>;

  constructor(
    context: SessionContext,
    /** Songs were added, or none were found. */
    onAdded: () => Promise<void>,
  ) {
    this.#context = context;
    this.#onAdded = onAdded;
  }

  async chooseFolder(): Promise<void> {
    await this.#addPicked(await pickFolder("read"));
  }

  async chooseFiles(): Promise<void> {
    await this.#addPicked(await pickFiles());
  }

  async drop(transfer: DataTransfer): Promise<void> {
    await this.#add(takeDrop(transfer));
  }

  async files(files: readonly File[]): Promise<void> {
    await this.#add(takeFiles(files));
  }

  /** Gives those that are new. */
  async samples(): Promise<readonly SongId[]> {
    try {
      return await this.#add(takeFiles(await loadSamples(document.baseURI)));
    } catch (error) {
      this.#context.notify("The sample songs could not be loaded.", String(error));
      return [];
    }
  }

  async #addPicked(picked: Picked): Promise<void> {
    const coming = intakeOf(picked);
    if (coming) await this.#add(coming);
  }

  /** Gives the songs that are new. */
  async #add(coming: Promise<Intake>): Promise<readonly SongId[]> {
    const { store, table, workers } = this.#context;
    const nothing = { added: 0, duplicates: 0, notAudio: { count: 0, names: [] } };
    store.setState({ intake: { ...nothing, busy: true } });
    let intake: Intake;
    try {
      intake = await coming;
    } catch (error) {
      store.setState({ intake: null });
      this.#context.notify("What was added could not be read.", String(error));
      return [];
    }
    const { songs, leftOut } = intake;
    const notAudio = leftOut.filter(({ reason }) => reason === "not-audio").map(({ path }) => path);
    const problems = leftOut.filter(({ reason }) => /unreadable$/.test(reason));
    const fresh = await withoutDuplicates(songs, table.files);
    const ids = table.add(fresh);
    const [problem] = problems;
    if (problem) {
      const more = problems.length > 1 ? ` and ${problems.length - 1} more` : "";
      this.#context.notify(`Could not read ${problem.path}${more}.`, problem.detail ?? "");
    }
    store.setState({
      intake: {
        added: fresh.length,
        duplicates: songs.length - fresh.length,
        notAudio: { count: notAudio.length, names: notAudio.slice(0, 100) },
        busy: false,
      },
      folderName:
        fresh.find(({ folder }) => folder)?.folder?.name ?? this.#context.state.folderName,
    });
    if (fresh.length > 0 && this.#context.state.phase === "finished") {
      store.setState({ phase: "ready" });
    }
    table.flush();
    await this.#onAdded();
    // Needed soon, and the person is still looking at the list. A failure is told at the start.
    if (fresh.length > 0) workers.prepare();
    return ids;
  }
}
