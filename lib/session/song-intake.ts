import type { SongTable } from "@/lib/batch/song-table";
import { type Intake, intakeOf, takeDrop, takeFiles, withoutDuplicates } from "@/lib/files/intake";
import { type Picked, pickFiles, pickFolder } from "@/lib/files/pickers";
import { loadSamples } from "@/lib/files/samples";
import type { SongId } from "@/lib/song/song";
import type { Notices } from "./notices";
import type { Publish } from "./session-state";

interface IntakeSetup {
  readonly table: SongTable;
  readonly notices: Notices;
  readonly publish: Publish;
  /** Told of the songs that were added, and when none were; what was added is in the table then. */
  onAdded(ids: readonly SongId[]): Promise<void>;
}

/** The ways in which songs come into the list. */
export class SongIntake {
  readonly #setup: IntakeSetup;

  constructor(setup: IntakeSetup) {
    this.#setup = setup;
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
      this.#setup.notices.say("The sample songs could not be loaded.", String(error));
      return [];
    }
  }

  async #addPicked(picked: Picked): Promise<void> {
    const coming = intakeOf(picked);
    if (coming) await this.#add(coming);
  }

  /** Gives the songs that are new. */
  async #add(coming: Promise<Intake>): Promise<readonly SongId[]> {
    const { table, notices, publish } = this.#setup;
    const nothing = { added: 0, duplicates: 0, notAudio: { count: 0, names: [] } };
    publish({ intake: { ...nothing, busy: true } });
    let intake: Intake;
    try {
      intake = await coming;
    } catch (error) {
      publish({ intake: null });
      notices.say("What was added could not be read.", String(error));
      return [];
    }
    const { songs, notAudio, problems } = intake;
    const fresh = await withoutDuplicates(songs, table.files);
    const ids = table.add(fresh);
    const [problem] = problems;
    if (problem) {
      const more = problems.length > 1 ? ` and ${problems.length - 1} more` : "";
      notices.say(`Could not read ${problem.path}${more}.`, problem.error);
    }
    publish({
      intake: {
        added: fresh.length,
        duplicates: songs.length - fresh.length,
        notAudio: { count: notAudio.length, names: notAudio.slice(0, 100) },
        busy: false,
      },
    });
    const folder = fresh.find((file) => file.folder)?.folder;
    if (folder) publish({ folderName: folder.name });
    await this.#setup.onAdded(ids);
    return ids;
  }
}
