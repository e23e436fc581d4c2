import { createStore, type StoreApi } from "zustand/vanilla";
import type { BatchMode } from "@/lib/batch/jobs";
import { BatchLog } from "@/lib/batch/log";
import { rescore } from "@/lib/batch/planned";
import { SongTable } from "@/lib/batch/song-table";
import { patienceFor, type SongWorkerHandle } from "@/lib/batch/song-worker";
import { browserClock } from "@/lib/browser/clock";
import { EngineUnavailable } from "@/lib/browser/engine";
import type { ReadyDownload } from "@/lib/files/zip-download";
import { readyWorker } from "@/lib/pool/worker-handle";
import { WorkerSupply } from "@/lib/pool/worker-supply";
import { Journal } from "@/lib/journal/journal";
import type { ResumedBatch } from "@/lib/journal/unfinished-batch";
import type { Settings } from "@/lib/settings/settings";
import type { SongChoice } from "@/lib/song/choice";
import type { Song, SongId } from "@/lib/song/song";
import { DestinationChoice } from "./destination-choice";
import { DoneBeforeSongs } from "./done-before";
import { initialState } from "./initial-state";
import { KeptOriginals } from "./kept-originals";
import { SongListening } from "./listening";
import { tellNotArrived } from "./not-arrived";
import { Notices } from "./notices";
import type { Platform, SongEngine } from "./platform";
import { reportFile } from "./report-file";
import type { RunRequest, RunServices } from "./run";
import { type PreparationSetup, prepareRun } from "./run-preparation";
import { type Runnable, Runs } from "./runs";
import type {
  Publish,
  Question,
  ReportFile,
  ReportFormat,
  SessionActions,
  SessionState,
  StopMode,
} from "./session-state";
import { SessionSettings } from "./session-settings";
import { SongIntake } from "./song-intake";
import { songsShown } from "./songs-shown";
import { songsToDo } from "./songs-to-do";
import { UndoRecords } from "./undo-records";
import { requestOf, UnfinishedOffer } from "./unfinished-offer";

export interface Session {
  readonly store: StoreApi<SessionState>;
  readonly actions: SessionActions;
  /** Comes back when what an earlier visit left is in the store: its settings, what was cut off. */
  readonly ready: Promise<void>;
  /** Ends what waits for songs to come. */
  close(): void;
}

/** The one session: its songs, its settings, and the batch that may be running. */
export function createSession(platform: Platform): Session {
  const controller = new SessionController(platform);
  return {
    ...{ store: controller.store, actions: controller, ready: controller.begin() },
    close: () => controller.close(),
  };
}

/** Its actions are bound to it, so that the page may pass them around. */
class SessionController implements SessionActions {
  readonly store: StoreApi<SessionState>;
  readonly #publish: Publish = (change) => this.store.setState(change);
  readonly #ask = (question: Question) => this.#runs.ask(question);
  readonly #table = new SongTable(() =>
    this.#publish(songsShown(this.#table, this.#log, this.#runs.facts, this.#state)),
  );
  readonly #log: BatchLog;
  readonly #notices = new Notices((notice) => this.#publish({ notice }));
  readonly #settings: SessionSettings;
  readonly #runs: Runs;
  readonly #engine: SongEngine;
  readonly #supply: WorkerSupply<SongWorkerHandle>;
  readonly #choice: DestinationChoice;
  readonly #originals: KeptOriginals;
  readonly #intake: SongIntake;
  readonly #undo: UndoRecords;
  readonly #before: DoneBeforeSongs;
  readonly #unfinished: UnfinishedOffer;
  readonly #preparation: PreparationSetup;
  readonly listening: SongListening;

  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
    const { machine, pickers } = platform;
    this.#log = new BatchLog(() => this.#table.schedule(), platform.writeLog);
    const capabilities = { folders: platform.folders, cores: machine.cores };
    this.store = createStore<SessionState>(() => initialState(capabilities));
    this.#settings = new SessionSettings({
      initial: this.#state.settings,
      folders: capabilities.folders,
      onChange: (settings) => this.#onSettings(settings),
      onOwn: (ownPresets) => this.#publish({ ownPresets }),
    });
    this.#runs = new Runs((shown) => {
      // The last figures first: whoever waits for a phase reads them when it comes.
      if (shown.phase !== this.#state.phase) this.#table.flush();
      this.store.setState(shown);
    });
    this.#supply = new WorkerSupply(async () =>
      readyWorker(await this.#engine.startWorker(), patienceFor, browserClock),
    );
    const [table, notices, publish] = [this.#table, this.#notices, this.#publish];
    const journal = new Journal(platform.journal.store, platform.journal.locks);
    this.#engine = platform.engine((engine) => publish({ engine }));
    this.#choice = new DestinationChoice(this.#ask, notices, pickers.target);
    this.#originals = new KeptOriginals({
      ...{ table, notices, publish, journal, ask: this.#ask },
      choose: (question) => this.#runs.choose(question),
    });
    this.#undo = new UndoRecords(table, publish);
    this.#before = new DoneBeforeSongs(table, () => this.#settings.current, platform.selection);
    const onAdded = (ids: readonly SongId[]) => this.#onAdded(ids);
    const { selection } = platform;
    this.#intake = new SongIntake({ table, notices, publish, pickers, selection, onAdded });
    this.listening = new SongListening(
      table,
      () => this.#supply.take(),
      () => this.#runs.facts?.settings ?? this.#settings.current,
    );
    this.#unfinished = new UnfinishedOffer({ notices, publish, journal, ask: this.#ask });
    const services: RunServices = {
      ...{ table, notices, journal, machine, log: this.#log },
      startWorker: () => this.#supply.take(),
      onSink: (file, sink) => this.listening.rememberSink(file, sink),
      wrapSink: (sink) => platform.wrapSink?.(sink) ?? sink,
      onLanes: (workers) => publish({ workers }),
      onDownload: (download) => this.#offer(download),
      removeScratch: (name) => platform.removeScratch(name),
      onEnd: () => this.#onRunEnd(),
    };
    const [engine, choice] = [this.#engine, this.#choice];
    this.#preparation = { table, notices, engine, choice, services };
  }

  async begin(): Promise<void> {
    void this.#platform.clearScratch();
    await Promise.all([this.#unfinished.look(), this.#settings.load()]);
  }

  close(): void {
    this.#supply.dismiss();
  }

  // The list.

  readonly chooseFolder = () => this.#intake.chooseFolder();
  readonly chooseFiles = () => this.#intake.chooseFiles();
  readonly addDrop = (transfer: DataTransfer) => this.#intake.drop(transfer);
  readonly addFiles = (files: readonly File[]) => this.#intake.files(files);
  readonly addHandles = (handles: readonly FileSystemFileHandle[]) => this.#intake.handles(handles);

  readonly addSamples = async () => {
    // One click shows the whole job: on these songs alone, and nothing is written unasked. Songs
    // that lie in no folder come as a download, which the page offers.
    const ids = await this.#intake.samples();
    await this.#run("level", ids, { ...this.#settings.current, saveTo: "leveled" });
  };

  readonly remove = (ids: readonly SongId[]) => {
    if (this.#runs.active || ids.length === 0) return;
    const putBack = this.#table.remove(ids);
    this.#table.flush();
    this.#notices.offer(removedText(ids.length), UNTOUCHED, {
      label: "Put back",
      take: () => {
        putBack();
        this.#showAgain();
      },
    });
  };

  readonly choose = (ids: readonly SongId[], change: (now: SongChoice) => Partial<SongChoice>) => {
    if (this.#runs.active) return;
    for (const id of ids.filter((each) => this.#table.has(each))) {
      const { choice } = this.#table.get(id);
      this.#table.update(id, { choice: { ...choice, ...change(choice) } });
    }
    rescore(this.#table, this.#settings.current);
    this.#table.flush();
  };

  readonly clear = () => {
    if (this.#runs.active || this.#table.ids.length === 0) return;
    const songs = this.#table.ids.length;
    const { intake, download } = this.#state;
    const revoke = () => download && URL.revokeObjectURL(download.url);
    const putBack = this.#empty();
    this.#notices.offer(removedText(songs), UNTOUCHED, {
      label: "Undo",
      take: () => {
        putBack();
        this.#publish({ intake, download });
        this.#showAgain();
      },
      lapse: (taken) => !taken && revoke(),
    });
  };

  readonly takeBack = () => this.#notices.takeBack();

  // The batch.

  readonly measure = (by: "button" | "key" = "button") => this.#runLeft("measure", by === "key");
  readonly start = (ids?: readonly SongId[]) =>
    ids ? this.#run("level", ids) : this.#runLeft("level", true);
  readonly levelAll = () => this.#run("level", this.#table.ids);
  readonly undoLossless = (ids?: readonly SongId[]) => {
    const undoable = this.#songs.filter((song) => song.undoable).map(({ id }) => id);
    return this.#run("undo", ids ?? undoable);
  };

  readonly retryFailed = () => {
    const failed = this.#songs.filter(({ status }) => status === "failed");
    const mode = this.#runs.facts?.mode ?? "level";
    return this.#run(
      mode,
      failed.map(({ id }) => id),
    );
  };

  readonly pause = () => this.#runs.pause();
  readonly resume = () => this.#runs.resume();
  readonly stop = (mode: StopMode) => this.#runs.stop(mode === "now");
  readonly answer = (accepted: boolean, chosen?: readonly number[]) =>
    this.#runs.answer(accepted, chosen);

  // A batch that was cut off.

  readonly resumeUnfinished = () =>
    this.#begin(async () => {
      const begun = await this.#unfinished.accept((resumed) => this.#goOn(resumed));
      return begun?.run;
    });

  readonly discardUnfinished = () => this.#begin(() => this.#unfinished.discard());

  // Originals that were kept.

  readonly restoreOriginals = async () => {
    await this.#begin(() => this.#originals.restore());
    this.#before.look(this.#table.ids);
  };
  readonly discardOriginals = () => this.#begin(() => this.#originals.discard());

  // Settings, and what comes of it all.

  readonly update = (change: Partial<Settings>) => {
    if (change.saveTo !== undefined) this.#choice.reset();
    void this.#settings.update(change);
  };

  readonly keepSettings = (name: string) => void this.#settings.keepAs(name);
  readonly useKept = (name: string) => {
    this.#choice.reset();
    void this.#settings.choose(name);
  };
  readonly renameKept = (from: string, to: string) => void this.#settings.rename(from, to);
  readonly forgetKept = (name: string) => void this.#settings.forget(name);

  readonly report = (format: ReportFormat): ReportFile => {
    this.#table.flush();
    const { facts } = this.#runs;
    return reportFile(format, this.#songs, this.#settings.current, facts, this.#intake.leftOut);
  };

  readonly dismissNotice = () => this.#notices.dismiss();

  get #state(): SessionState {
    return this.store.getState();
  }

  get #songs(): Song[] {
    return this.#table.ids.map((id) => this.#table.get(id));
  }

  /** Does what is left, or all where nothing is, which it asks for first: it is easily meant otherwise. */
  async #runLeft(mode: "measure" | "level", asks: boolean): Promise<void> {
    if (this.#table.ids.length === 0) return;
    await this.#begin(async () => {
      await this.#before.looked();
      const settings = this.#settings.current;
      if (mode === "level" && this.#platform.runsOverAll && settings.onlyNew) {
        return this.#prepare(this.#requestOverAll(settings));
      }
      const left = songsToDo(this.#songs, mode, settings).map(({ id }) => id);
      if (left.length > 0) return this.#prepare(this.#requestFor(mode, left, settings));
      const wanted = this.#songs.filter(({ choice }) => !choice.excluded);
      if (wanted.length === 0) return null;
      const ids = wanted.map(({ id }) => id);
      // What an earlier visit did is not on the page, which says that Start levels it again.
      const isHere = wanted.some(({ reason }) => reason !== "done-before");
      const again = { kind: "again", mode, songs: ids.length } as const;
      if (asks && isHere && !(await this.#ask(again))) return null;
      return this.#prepare(this.#requestFor(mode, ids, settings));
    });
  }

  /** The page without songs, and what brings all of them back. */
  #empty(): () => void {
    const back = [
      this.#table.remove(this.#table.ids),
      this.#intake.forget(),
      this.#runs.clear(),
    ] as const;
    this.#supply.dismiss();
    this.#choice.reset();
    this.#table.flush();
    this.#publish({ intake: null, download: null });
    return () => back.forEach((each) => each());
  }

  /** Rows that were away for a while may have been planned with other settings. */
  #showAgain(): void {
    rescore(this.#table, this.#settings.current);
    this.#before.show();
    this.#table.flush();
    void this.#originals.look();
  }

  #requestFor(mode: BatchMode, ids: readonly SongId[], settings: Settings): RunRequest {
    return { mode, ids, settings, surroundings: this.#intake.surroundings, resumed: null };
  }

  #requestOverAll(settings: Settings): RunRequest {
    const songs = this.#songs.filter(({ choice }) => !choice.excluded);
    const left = new Set(songsToDo(songs, "level", settings));
    const done = new Set(songs.filter((song) => !left.has(song)).map(({ id }) => id));
    const ids = songs.map(({ id }) => id);
    return { ...this.#requestFor("level", ids, settings), done };
  }

  async #run(
    mode: BatchMode,
    asked: readonly SongId[],
    settings: Settings = this.#settings.current,
  ): Promise<void> {
    const ids = asked.filter((id) => this.#table.has(id) && !this.#table.get(id).choice.excluded);
    if (ids.length === 0) return;
    await this.#begin(() => this.#prepare(this.#requestFor(mode, ids, settings)));
  }

  async #begin(work: () => Promise<Runnable | null | void>): Promise<void> {
    try {
      await this.#runs.begin(work);
    } catch (error) {
      const unavailable = error instanceof EngineUnavailable;
      this.#notices.say(
        unavailable ? "The audio engine could not be loaded." : "The batch ended unexpectedly.",
        error instanceof Error ? error.message : String(error),
      );
    }
  }

  /** The list is that of the batch then. Null where nothing comes of it. */
  async #goOn(resumed: ResumedBatch): Promise<{ readonly run: Runnable | null } | null> {
    const { batch, mode, settings, target, songs } = resumed;
    this.#offer(null);
    this.#empty();
    if (mode === "level" || mode === "undo") {
      this.#settings.use(settings);
      this.#choice.restore(settings.saveTo, target);
      await this.#intake.lookAround(songs.map(({ file }) => file));
      const request = requestOf(resumed, mode, this.#table);
      const run = await this.#prepare({ ...request, surroundings: this.#intake.surroundings });
      return run && { run };
    }
    this.#table.add(songs.map(({ file }) => file));
    return (await this.#originals.goOn(mode, batch)) ? { run: null } : null;
  }

  #prepare(request: RunRequest): Promise<Runnable | null> {
    if (request.settings.saveTo === "replace") this.#originals.keepCopies();
    return prepareRun(request, this.#preparation);
  }

  async #onAdded(ids: readonly SongId[]): Promise<void> {
    if (ids.length > 0) {
      this.#runs.songsAdded();
      this.#notices.endOffer();
      this.#before.look(ids);
    }
    this.#table.flush();
    void this.#undo.look(ids);
    await this.#originals.look();
    void tellNotArrived(this.#table.files, this.#notices);
    // Needed soon, and the person is still looking at the list. A failure is told at the start.
    if (ids.length > 0) this.#supply.prepare();
  }

  async #onRunEnd(): Promise<void> {
    await this.#originals.look();
    rescore(this.#table, this.#settings.current);
    // What was measured is leveled next.
    if (this.#runs.facts?.mode === "measure") this.#supply.prepare();
    this.#offerToGoOn();
  }

  /** After a stop: the songs that it left, with the settings that they were begun with. */
  #offerToGoOn(): void {
    const { facts } = this.#runs;
    if (!facts) return;
    const { mode, ids, settings } = facts;
    const stopped = ids.filter(
      (id) => this.#table.has(id) && this.#table.get(id).status === "cancelled",
    );
    if (stopped.length === 0) return;
    this.#notices.offer(stoppedText(stopped.length), "What is finished stays finished.", {
      label: "Go on with them",
      take: () => {
        const left = stopped.filter((id) => this.#table.has(id));
        void this.#run(mode, left, settings);
      },
    });
  }

  #onSettings(settings: Settings): void {
    this.#publish({ settings });
    if (this.#runs.active) {
      this.#runs.active.changeSettings(settings);
      return;
    }
    rescore(this.#table, settings);
    this.#before.show();
    this.#table.flush();
  }

  /** What stands ready; what stood ready before is gone. */
  #offer(download: ReadyDownload | null): void {
    const before = this.#state.download;
    if (before) URL.revokeObjectURL(before.url);
    this.#publish({ download });
  }
}

const songsCount = (songs: number): string =>
  songs === 1 ? "1 song" : `${songs.toLocaleString("en")} songs`;

const removedText = (songs: number): string =>
  `${songsCount(songs)} ${songs === 1 ? "was" : "were"} taken off the list.`;

const UNTOUCHED = "Nothing on disk was touched.";

const stoppedText = (songs: number): string =>
  `Stopped: ${songsCount(songs)} ${songs === 1 ? "is" : "are"} not done.`;
