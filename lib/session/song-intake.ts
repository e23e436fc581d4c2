import type { SongTable } from "@/lib/batch/song-table";
import {
  type Intake,
  intakeOf,
  takeDrop,
  takeFiles,
  takeFolder,
  takeHandles,
  withoutDuplicates,
} from "@/lib/files/intake";
import type { Surroundings } from "@/lib/files/beside/kinds";
import type { PickedFile } from "@/lib/files/picked-file";
import type { Picked } from "@/lib/files/pickers";
import type { SongId } from "@/lib/song/song";
import type { Notices } from "./notices";
import type { Pickers, SongSelection } from "./platform";
import type { LeftOutFile, Publish } from "./session-state";

interface IntakeSetup {
  readonly table: SongTable;
  readonly notices: Notices;
  readonly publish: Publish;
  readonly pickers: Pickers;
  readonly selection: SongSelection | undefined;
  /** Told of the songs that were added, and when none were; what was added is in the table then. */
  onAdded(ids: readonly SongId[]): Promise<void>;
}

const nothing: Surroundings = { files: [], songs: [] };

const looking = {
  ...{ added: 0, duplicates: 0, hidesNames: false, busy: true },
  ...{ notAudio: { count: 0, names: [] }, others: { count: 0, shown: [] } },
} as const;

/** While folders are walked, every so many files. */
const TOLD_EVERY = 100;

/** Names that are shown; the rest is a number. */
const MOST_SHOWN = 100;

/** The ways in which songs come into the list. */
export class SongIntake {
  readonly #setup: IntakeSetup;
  #leftOut: readonly LeftOutFile[] = [];
  #surroundings: Surroundings = nothing;

  constructor(setup: IntakeSetup) {
    this.#setup = setup;
  }

  /** What was left out since the list was cleared, for the report. */
  get leftOut(): readonly LeftOutFile[] {
    return this.#leftOut;
  }

  /** Of the songs that were added since the list was cleared. */
  get surroundings(): Surroundings {
    return this.#surroundings;
  }

  /** The same for songs that were found again without having been added. */
  async lookAround(songs: readonly PickedFile[]): Promise<void> {
    const folders = new Set(songs.flatMap(({ folder }) => folder ?? []));
    for (const folder of folders) await this.#keepSurroundings(await takeFolder(folder));
  }

  async #keepSurroundings({ beside, songs }: Intake): Promise<void> {
    const { files, songs: before } = this.#surroundings;
    const fresh = await withoutDuplicates(beside, files);
    this.#surroundings = { files: [...files, ...fresh], songs: [...before, ...songs] };
  }

  /** Gives what makes it known again. */
  forget(): () => void {
    const [leftOut, surroundings] = [this.#leftOut, this.#surroundings];
    this.#leftOut = [];
    this.#surroundings = nothing;
    return () => {
      this.#leftOut = leftOut;
      this.#surroundings = surroundings;
    };
  }

  async chooseFolder(): Promise<void> {
    await this.#addPicked(await this.#setup.pickers.folder());
  }

  async chooseFiles(): Promise<void> {
    await this.#addPicked(await this.#setup.pickers.files());
  }

  async drop(transfer: DataTransfer): Promise<void> {
    await this.#add(takeDrop(transfer, this.#counting()));
  }

  async files(files: readonly File[]): Promise<void> {
    await this.#add(takeFiles(files));
  }

  async handles(handles: readonly FileSystemFileHandle[]): Promise<void> {
    await this.#add(takeHandles(handles));
  }

  /** Gives those that are new. */
  async samples(): Promise<readonly SongId[]> {
    try {
      return await this.#add(takeFiles(await this.#setup.pickers.samples()));
    } catch (error) {
      this.#setup.notices.say("The sample songs could not be loaded.", String(error));
      return [];
    }
  }

  async #addPicked(picked: Picked): Promise<void> {
    const coming = intakeOf(picked, this.#counting());
    if (coming) await this.#add(coming, picked.kind === "folder");
  }

  /** Tells how many files were found, now and then. */
  #counting(): () => void {
    let found = 0;
    return () => {
      if (++found % TOLD_EVERY === 0) {
        this.#setup.publish({ intake: { ...looking, added: found } });
      }
    };
  }

  /** Gives the songs that are new. */
  async #add(coming: Promise<Intake>, hidesNames = false): Promise<readonly SongId[]> {
    const { table, notices, publish, selection } = this.#setup;
    publish({ intake: { ...looking, hidesNames } });
    let intake: Intake;
    let taken: Pick<Intake, "songs" | "leftOut">;
    try {
      intake = await coming;
      taken = (await selection?.takes(intake)) ?? intake;
    } catch (error) {
      publish({ intake: null });
      notices.say("What was added could not be read.", String(error));
      return [];
    }
    const { songs, leftOut } = taken;
    await this.#keepSurroundings(intake);
    const named = leftOut.map(({ path, reason }): LeftOutFile => ({ name: path, reason }));
    this.#leftOut = distinct([...this.#leftOut, ...named]);
    const notAudio = named.filter(({ reason }) => reason === "not-audio");
    const others = named.filter(({ reason }) => reason !== "not-audio");
    const problems = leftOut.filter(({ reason }) => /unreadable$/.test(reason));
    const fresh = await withoutDuplicates(songs, table.files);
    const ids = table.add(fresh);
    const [problem] = problems;
    if (problem) {
      const more = problems.length > 1 ? ` and ${problems.length - 1} more` : "";
      notices.say(`Could not read ${problem.path}${more}.`, problem.detail ?? "");
    }
    publish({
      intake: {
        added: fresh.length,
        duplicates: songs.length - fresh.length,
        notAudio: {
          count: notAudio.length,
          names: notAudio.slice(0, MOST_SHOWN).map(({ name }) => name),
        },
        others: { count: others.length, shown: others.slice(0, MOST_SHOWN) },
        hidesNames,
        busy: false,
      },
    });
    await this.#setup.onAdded(ids);
    return ids;
  }
}

/** The same folder may be added twice. */
const distinct = (files: readonly LeftOutFile[]): LeftOutFile[] => [
  ...new Map(files.map((each) => [`${each.reason} ${each.name}`, each])).values(),
];
