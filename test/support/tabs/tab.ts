import { BatchLog } from "@/lib/batch/log";
import { SongTable } from "@/lib/batch/song-table";
import { walkFolder } from "@/lib/files/walk";
import type { Locks } from "@/lib/journal/batch-lock";
import { Journal } from "@/lib/journal/journal";
import type { JournalStore } from "@/lib/journal/storage";
import { DestinationChoice } from "@/lib/session/destination-choice";
import { KeptOriginals } from "@/lib/session/kept-originals";
import { Notices } from "@/lib/session/notices";
import type { RunServices } from "@/lib/session/run";
import { prepareRun } from "@/lib/session/run-preparation";
import { Runs } from "@/lib/session/runs";
import type { Question, SessionNotice } from "@/lib/session/session-state";
import { requestOf, UnfinishedOffer } from "@/lib/session/unfinished-offer";
import type { Settings } from "@/lib/settings/settings";
import type { Song } from "@/lib/song/song";
import type { TabLife } from "./chromium-disk";
import { fakeSongWorker } from "./fake-song";

const nothing = { files: [], songs: [] };

/** The session of a page put together without the page, over folders that are picked already. */
export class Tab {
  readonly life: TabLife;
  readonly #folder: (path: string) => FileSystemDirectoryHandle;
  readonly table = new SongTable(() => undefined);
  readonly log = new BatchLog(() => undefined);
  notice: SessionNotice | null = null;
  readonly #notices = new Notices((notice) => (this.notice = notice));
  readonly #runs: Runs;
  readonly #journal: Journal;
  readonly #choice: DestinationChoice;
  readonly #originals: KeptOriginals;
  readonly #unfinished: UnfinishedOffer;
  readonly #services: RunServices;
  /** The batch that it went on with. */
  resumed: string | null = null;
  /** Names of the files that a worker was asked to level. */
  readonly leveled: string[] = [];
  /** What the person answers; which of the songs that are asked about. */
  answer: (question: Question) => boolean | readonly number[] = () => true;

  constructor(
    life: TabLife,
    folder: (path: string) => FileSystemDirectoryHandle,
    store: JournalStore,
    locks: Locks,
  ) {
    this.life = life;
    this.#folder = folder;
    this.#runs = new Runs(({ question }) => question && this.#answer(question));
    this.#journal = new Journal(store, locks);
    const [table, notices, journal] = [this.table, this.#notices, this.#journal];
    const publish = () => undefined;
    const ask = (question: Question) => this.#runs.ask(question);
    const choose = (question: Question) => this.#runs.choose(question);
    this.#choice = new DestinationChoice(ask, notices, () => Promise.resolve(null));
    this.#originals = new KeptOriginals({ table, notices, publish, journal, ask, choose });
    this.#unfinished = new UnfinishedOffer({ journal, notices, publish, ask });
    this.#services = {
      ...{ table, notices, journal, log: this.log, machine: { cores: 2, memory: null } },
      startWorker: async () => {
        await life.step();
        return fakeSongWorker((name) => this.leveled.push(name));
      },
      onSink: () => undefined,
      wrapSink: (sink) => sink,
      onLanes: () => undefined,
      onDownload: () => undefined,
      removeScratch: () => Promise.resolve(),
      onEnd: () => Promise.resolve(),
    };
  }

  get songs(): Song[] {
    return this.table.ids.map((id) => this.table.get(id));
  }

  /** Puts what lies in a folder now into the list; the songs of before leave it. */
  async add(path: string): Promise<void> {
    const handle = this.#folder(path);
    const files = await walkFolder({ handle, name: handle.name }, () => undefined);
    this.#clear();
    this.table.add(files.filter(({ name }) => name.endsWith(".mp3")));
  }

  async run(mode: "level" | "undo", settings: Settings): Promise<void> {
    const { ids } = this.table;
    if (ids.length === 0) return;
    this.#choice.reset();
    await this.#runs.begin(() =>
      this.#prepare({ mode, ids, settings, resumed: null, surroundings: nothing }),
    );
  }

  restore = () => this.#runs.begin(() => this.#originals.restore());
  discardOriginals = () => this.#runs.begin(() => this.#originals.discard());

  /** Looks for what was cut off, as a page does when it is opened. */
  look = () => this.#unfinished.look();

  resume(): Promise<void> {
    return this.#runs.begin(async () => {
      const begun = await this.#unfinished.accept(async (resumed) => {
        const { batch, mode, settings, target, songs } = resumed;
        this.resumed = batch;
        this.#clear();
        if (mode === "level" || mode === "undo") {
          this.#choice.restore(settings.saveTo, target);
          const request = requestOf(resumed, mode, this.table);
          const run = await this.#prepare({ ...request, surroundings: nothing });
          return run && { run };
        }
        this.table.add(songs.map(({ file }) => file));
        return (await this.#originals.goOn(mode, batch)) ? { run: null } : null;
      });
      return begun?.run;
    });
  }

  forget = () => this.#runs.begin(() => this.#unfinished.discard());

  #clear(): void {
    this.table.remove(this.table.ids);
    this.#runs.clear();
  }

  #prepare(request: Parameters<typeof prepareRun>[0]) {
    const [table, notices, choice, services] = [
      this.table,
      this.#notices,
      this.#choice,
      this.#services,
    ];
    const engine = { load: () => Promise.resolve() };
    return prepareRun(request, { table, notices, engine, choice, services });
  }

  #answer(question: Question): void {
    const answer = this.answer(question);
    // The dialog is answered after it is shown.
    queueMicrotask(() =>
      typeof answer === "boolean" ? this.#runs.answer(answer) : this.#runs.answer(true, answer),
    );
  }
}
