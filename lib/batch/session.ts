import { get as readStored, set as store } from "idb-keyval";
import { createStore } from "zustand/vanilla";
import type { StoreApi } from "zustand/vanilla";
import { intakeOf, takeDrop, takeFiles, withoutDuplicates } from "@/lib/files/intake";
import type { Intake } from "@/lib/files/intake";
import { canPickFolders, pickFiles, pickFolder } from "@/lib/files/pickers";
import type { Picked } from "@/lib/files/pickers";
import { discardOriginals, originalsOf } from "@/lib/files/originals";
import { refusedFrom } from "@/lib/files/safe-write";
import { startDownload } from "@/lib/files/zip-download";
import type { ReadyDownload } from "@/lib/files/zip-download";
import { loadSamples } from "@/lib/files/samples";
import { clearScratch, removeScratch } from "@/lib/files/scratch-folder";
import { parseSettings } from "@/lib/settings/settings";
import type { Settings } from "@/lib/settings/settings";
import { APP_VERSION } from "./app-version";
import { Batch } from "./batch";
import type { BatchMode } from "./batch";
import { destinationText, mayWrite, openDestinations } from "./destinations";
import type { Destinations } from "./destinations";
import { EngineUnavailable } from "./engine";
import type { Engine } from "./engine";
import { EngineHolder } from "./engine-holder";
import { initialState } from "./initial-state";
import { keepAwake } from "./keep-awake";
import {
  BatchJournal,
  forgetBatch,
  isBeingWorkedOn,
  summaryOf,
  unfinishedBatches,
} from "./journal";
import type { UnfinishedBatch } from "./journal";
import { BatchLog, batchLines } from "./log";
import { rescore, targetOf } from "./planned";
import { csvReport, jsonReport } from "./report";
import type { SessionActions, SessionState } from "./session-state";
import type { SongId } from "./song";
import { recover } from "./resuming";
import { refusalText } from "./refusals";
import { restoreAll } from "./restoring";
import { SongTable } from "./song-table";
import { BatchStopwatch } from "./stopwatch";
import { hasEnded, totalsOf } from "./totals";
import { SEQUENTIAL_UP_TO, workerCount } from "./worker-count";
import { startWorker } from "./worker-handle";

export interface Session {
  readonly store: StoreApi<SessionState>;
  readonly actions: SessionActions;
}

const SETTINGS_KEY = "settings";

/** The page's one session: its songs, its settings, and the batch that may be running. */
export function createSession(): Session {
  const controller = new SessionController();
  controller.begin();
  return { store: controller.store, actions: controller };
}

class SessionController implements SessionActions {
  readonly store: StoreApi<SessionState>;
  readonly #table = new SongTable(() => this.#publish());
  readonly #engine = new EngineHolder((engine) => this.store.setState({ engine }));
  #batch: Batch | null = null;
  #batchIds: readonly SongId[] = [];
  #batchMode: BatchMode = "level";
  #stopwatch = new BatchStopwatch();
  #startedAt: Date | null = null;
  #finishedAt: Date | null = null;
  #workers = 0;
  #otherFolder: FileSystemDirectoryHandle | null = null;
  #replaceAccepted = false;
  #answer: (accepted: boolean) => void = () => undefined;
  readonly #log = new BatchLog(() => this.#table.schedule());
  #unfinished: UnfinishedBatch | null = null;
  /** From the click to the first song, while permissions are asked for: no second start. */
  #starting = false;

  constructor() {
    const cores = navigator.hardwareConcurrency || 1;
    const folders = canPickFolders();
    this.store = createStore<SessionState>(() => initialState({ folders, cores }));
  }

  begin(): void {
    void clearScratch();
    void this.#findUnfinished();
    readStored<unknown>(SETTINGS_KEY)
      .then((stored) => {
        if (stored !== undefined) this.#applySettings(parseSettings(stored));
      })
      // A private window without storage: defaults serve, and nothing is lost.
      .catch(() => undefined);
  }

  // Adding songs.

  async chooseFolder(): Promise<void> {
    await this.#addPicked(await pickFolder("read"));
  }

  async chooseFiles(): Promise<void> {
    await this.#addPicked(await pickFiles());
  }

  async addDrop(transfer: DataTransfer): Promise<void> {
    await this.#add(takeDrop(transfer));
  }

  async addFiles(files: readonly File[]): Promise<void> {
    await this.#add(takeFiles(files));
  }

  async addSamples(): Promise<void> {
    try {
      await this.addFiles(await loadSamples(document.baseURI));
    } catch (error) {
      this.#notify("The sample songs could not be loaded.", String(error));
    }
  }

  remove(ids: readonly SongId[]): void {
    if (this.#isRunning) return;
    this.#table.remove(ids);
    this.#batchIds = this.#batchIds.filter((id) => this.#table.has(id));
    this.#table.flush();
  }

  clear(): void {
    if (this.#isRunning) return;
    this.#table.remove(this.#table.ids);
    this.#batchIds = [];
    this.#otherFolder = null;
    this.#replaceAccepted = false;
    this.#dropDownload();
    this.store.setState({ phase: "ready", intake: null, folderName: null });
    this.#table.flush();
  }

  // Running.

  measure(): Promise<void> {
    return this.#run("measure", this.#pending("measure"));
  }

  start(): Promise<void> {
    return this.#run("level", this.#pending("level"));
  }

  async retryFailed(): Promise<void> {
    const failed = this.#table.ids.filter((id) => this.#table.get(id).status === "failed");
    await this.#run(this.#batchMode, failed);
  }

  undoLossless(ids: readonly SongId[] = this.#table.ids): Promise<void> {
    return this.#run("undo", ids);
  }

  pause(): void {
    if (!this.#batch || this.store.getState().phase === "paused") return;
    this.#batch.pause();
    this.#stopwatch.pause();
    this.store.setState({ phase: "paused" });
    this.#table.flush();
  }

  resume(): void {
    if (!this.#batch || this.store.getState().phase !== "paused") return;
    this.#stopwatch.resume();
    this.store.setState({ phase: this.#runningPhase });
    this.#batch.resume();
  }

  stop(mode: "now" | "after-current"): void {
    this.#batch?.stop(mode === "now");
  }

  answer(accepted: boolean): void {
    this.#answer(accepted);
  }

  async resumeUnfinished(): Promise<void> {
    const unfinished = this.#unfinished;
    if (!unfinished || this.#isRunning || this.#starting) return;
    const { head } = unfinished;
    for (const folder of [...head.roots, ...(head.target ? [head.target] : [])]) {
      if (!(await mayWrite(folder))) {
        this.#notify(...destinationText["permission-denied"]);
        return;
      }
    }
    this.clear();
    this.#setUnfinished(null);
    this.#applySettings(head.settings);
    this.#replaceAccepted = head.settings.saveTo === "replace";
    this.#otherFolder = head.target;
    const songs = await recover(unfinished);
    const ids = this.#table.add(songs.map(({ file }) => file));
    const ended = new Set<SongId>();
    ids.forEach((id, index) => {
      const { row } = songs[index]!;
      if (!row) return;
      ended.add(id);
      this.#table.update(id, { ...row, progress: 1 });
    });
    this.store.setState({ folderName: head.roots[0]?.name ?? null });
    const lines = songs.flatMap((song) => song.lines);
    await this.#run(head.mode, ids, { batch: head.batch, startedAt: head.startedAt, ended, lines });
  }

  async discardUnfinished(): Promise<void> {
    const unfinished = this.#unfinished;
    if (!unfinished) return;
    this.#setUnfinished(null);
    await forgetBatch(unfinished.head.batch).catch(() => undefined);
    await this.#findUnfinished();
  }

  async restoreOriginals(): Promise<void> {
    await this.#withOriginals(async (roots) => {
      const restored = await restoreAll(this.#table, roots);
      const message =
        restored === 1
          ? "One original is back in its place."
          : `${restored} originals are back in their places.`;
      this.#notify(
        message,
        "Those of songs that are not in this list stay in the folder Originals.",
      );
    });
  }

  async discardOriginals(): Promise<void> {
    await this.#withOriginals(async (roots) => {
      for (const root of roots) await discardOriginals(root);
    });
  }

  update(change: Partial<Settings>): void {
    const { settings } = this.store.getState();
    const updated = parseSettings({ ...settings, ...change });
    if (change.saveTo !== undefined) this.#otherFolder = null;
    this.#applySettings(updated);
    store(SETTINGS_KEY, updated).catch(() => undefined);
  }

  report(format: "json" | "csv"): { name: string; type: string; text: string } {
    this.#table.flush();
    const songs = this.#table.ids.map((id) => this.#table.get(id));
    const stamp = (this.#finishedAt ?? new Date()).toISOString().slice(0, 19).replaceAll(":", "-");
    const name = `levelup-report-${stamp}.${format}`;
    if (format === "csv") return { name, type: "text/csv", text: csvReport(songs) };
    const head = {
      app: APP_VERSION,
      startedAt: this.#startedAt?.toISOString() ?? null,
      finishedAt: this.#finishedAt?.toISOString() ?? null,
      workers: this.#workers,
      settings: this.store.getState().settings,
    };
    return { name, type: "application/json", text: jsonReport(head, songs) };
  }

  dismissNotice(): void {
    this.store.setState({ notice: null });
  }

  // Inside.

  async #withOriginals(
    work: (roots: readonly FileSystemDirectoryHandle[]) => Promise<void>,
  ): Promise<void> {
    if (this.#isRunning || this.#starting) return;
    this.#starting = true;
    const roots = this.#roots;
    try {
      for (const root of roots) {
        if (await mayWrite(root)) continue;
        this.#notify(...destinationText["permission-denied"]);
        return;
      }
      await work(roots);
    } catch (error) {
      const { reason, detail } = refusedFrom(error);
      this.#notify(refusalText[reason].message, detail);
    } finally {
      this.#starting = false;
      await this.#lookForOriginals();
      this.#table.flush();
    }
  }

  /** The picked folders of all songs. */
  get #roots(): FileSystemDirectoryHandle[] {
    return [...new Set(this.#table.files.flatMap(({ folder }) => folder?.handle ?? []))];
  }

  async #lookForOriginals(): Promise<void> {
    const found = await Promise.all(this.#roots.map(originalsOf));
    this.store.setState({ originalsKept: found.some((folder) => folder !== null) });
  }

  async #findUnfinished(): Promise<void> {
    // Without storage there is nothing to resume, and nothing to say about it.
    const [newest] = await unfinishedBatches().catch(() => []);
    this.#setUnfinished(newest ?? null);
  }

  #setUnfinished(unfinished: UnfinishedBatch | null): void {
    this.#unfinished = unfinished;
    this.store.setState({ unfinished: unfinished && summaryOf(unfinished) });
  }

  /** Null for batches that cannot be resumed: songs or results without a place on disk. */
  async #openJournal(
    mode: BatchMode,
    ids: readonly SongId[],
    settings: Settings,
    resumed: ResumedBatch | null,
  ): Promise<BatchJournal | null> {
    const roots = this.#roots;
    const songs = ids.flatMap((id) => {
      const { folder, path } = this.#table.record(id).file;
      return folder ? [{ root: roots.indexOf(folder.handle), path }] : [];
    });
    if (mode === "measure" || settings.saveTo === "download" || songs.length < ids.length) {
      return null;
    }
    const head = {
      batch: resumed?.batch ?? crypto.randomUUID(),
      mode,
      startedAt: this.#startedAt!.toISOString(),
      settings,
      roots,
      target: settings.saveTo === "folder" ? this.#otherFolder : null,
      songs,
    };
    return BatchJournal.begin(head, (error) =>
      this.#notify("This batch cannot be resumed after the tab is closed.", String(error)),
    );
  }

  async #addPicked(picked: Picked): Promise<void> {
    const coming = intakeOf(picked);
    if (coming) await this.#add(coming);
  }

  async #add(coming: Promise<Intake>): Promise<void> {
    const nothing = { added: 0, duplicates: 0, notAudio: { count: 0, names: [] } };
    this.store.setState({ intake: { ...nothing, busy: true } });
    let intake: Intake;
    try {
      intake = await coming;
    } catch (error) {
      this.store.setState({ intake: null });
      this.#notify("What was added could not be read.", String(error));
      return;
    }
    const { songs, notAudio, problems } = intake;
    const fresh = await withoutDuplicates(songs, this.#table.files);
    this.#table.add(fresh);
    const [problem] = problems;
    if (problem) {
      const more = problems.length > 1 ? ` and ${problems.length - 1} more` : "";
      this.#notify(`Could not read ${problem.path}${more}.`, problem.error);
    }
    this.store.setState({
      intake: {
        added: fresh.length,
        duplicates: songs.length - fresh.length,
        notAudio: { count: notAudio.length, names: notAudio.slice(0, 100) },
        busy: false,
      },
      folderName:
        fresh.find(({ folder }) => folder)?.folder?.name ?? this.store.getState().folderName,
    });
    if (fresh.length > 0 && this.store.getState().phase === "finished") {
      this.store.setState({ phase: "ready" });
    }
    this.#table.flush();
    await this.#lookForOriginals();
    // Needed soon, and the person is still looking at the list. A failure is told at the start.
    if (fresh.length > 0) this.#engine.load().catch(() => undefined);
  }

  /** Songs that the button would work on: those not done yet, or all when all are done. */
  #pending(mode: BatchMode): SongId[] {
    const { ids } = this.#table;
    const open = ids.filter((id) => {
      const song = this.#table.get(id);
      return (
        !hasEnded(song) ||
        song.status === "cancelled" ||
        (mode === "level" && song.status === "measured")
      );
    });
    return open.length > 0 ? open : ids;
  }

  async #run(
    mode: BatchMode,
    ids: readonly SongId[],
    resumed: ResumedBatch | null = null,
  ): Promise<void> {
    if (this.#isRunning || this.#starting || ids.length === 0) return;
    this.#starting = true;
    try {
      const { settings } = this.store.getState();
      const destinations = mode === "measure" ? null : await this.#destinations(ids);
      if (mode !== "measure" && !destinations) return;
      if (mode !== "measure" && (await isBeingWorkedOn(this.#roots))) {
        this.#notify(
          "Another LevelUp tab is working on this folder.",
          "Wait until it has finished, or close it.",
        );
        return;
      }
      const engine = await this.#engine.load();
      await this.#runBatch(mode, ids, settings, destinations, engine, resumed);
    } catch (error) {
      const unavailable = error instanceof EngineUnavailable;
      this.#notify(
        unavailable ? "The audio engine could not be loaded." : "The batch ended unexpectedly.",
        error instanceof Error ? error.message : String(error),
      );
    } finally {
      this.#starting = false;
    }
  }

  async #runBatch(
    mode: BatchMode,
    ids: readonly SongId[],
    settings: Settings,
    destinations: Destinations | null,
    engine: Engine,
    resumed: ResumedBatch | null,
  ): Promise<void> {
    this.#dropDownload();
    this.#batchIds = ids;
    this.#batchMode = mode;
    this.#workers = this.#workerCount(settings);
    this.#startedAt = resumed ? new Date(resumed.startedAt) : new Date();
    this.#finishedAt = null;
    const parallel = settings.enableParallelProcessing && ids.length > SEQUENTIAL_UP_TO;
    const earlier = resumed
      ? [...batchLines.start(ids.length, this.#workers, parallel), ...resumed.lines]
      : [];
    this.#log.begin(earlier);
    const journal = await this.#openJournal(mode, ids, settings, resumed);
    this.#stopwatch = new BatchStopwatch();
    this.#batch = new Batch({
      mode,
      ids,
      settings,
      target: targetOf(settings),
      table: this.#table,
      workers: this.#workers,
      parallel,
      resumed,
      journal,
      startWorker: () => startWorker(engine),
      sinkFor: (file) => destinations!.sinkFor(file),
      // A zip still reads the scratch file after it was added; the next session clears it away.
      releaseScratch: (name) => void (destinations?.download ? undefined : removeScratch(name)),
      log: (line) => this.#log.add(line),
      onLanes: (workers) => this.store.setState({ workers }),
    });
    this.#table.flush();
    this.store.setState({ phase: this.#runningPhase, notice: null });
    const rest = keepAwake();
    try {
      await this.#batch.run();
      const download = await this.#finishDownload(destinations);
      this.store.setState({ download });
      // Asked for, it comes by itself; elsewhere the page offers it.
      if (download && settings.saveTo === "download") startDownload(download);
    } finally {
      rest();
      await journal?.end();
      await this.#lookForOriginals();
      this.#batch = null;
      this.#stopwatch.pause();
      this.#finishedAt = new Date();
      rescore(this.#table, this.store.getState().settings);
      this.store.setState({ phase: "finished", workers: [] });
      this.#table.flush();
    }
  }

  async #finishDownload(destinations: Destinations | null): Promise<ReadyDownload | null> {
    try {
      return (await destinations?.download?.finish()) ?? null;
    } catch (error) {
      const { detail } = refusedFrom(error);
      this.#notify(
        "The download could not be finished, so its songs are not saved anywhere.",
        `Make room on the disk and press Start again. (${detail})`,
      );
      return null;
    }
  }

  async #destinations(ids: readonly SongId[]): Promise<Destinations | null> {
    const { settings } = this.store.getState();
    const files = ids.map((id) => this.#table.record(id).file);
    if (settings.saveTo === "replace" && !this.#replaceAccepted) {
      this.#replaceAccepted = await this.#ask(ids.length);
      if (!this.#replaceAccepted) return null;
    }
    const opened = await openDestinations(settings, files, () => this.#chooseOutput());
    if (typeof opened !== "string") return opened;
    const [message, hint] = destinationText[opened];
    this.#notify(message, hint);
    return null;
  }

  async #chooseOutput(): Promise<FileSystemDirectoryHandle | null> {
    if (this.#otherFolder) return this.#otherFolder;
    const picked = await window
      .showDirectoryPicker({ id: "leveled", startIn: "music", mode: "readwrite" })
      .catch(() => null);
    return (this.#otherFolder = picked);
  }

  #ask(songs: number): Promise<boolean> {
    this.store.setState({ question: { kind: "replace-originals", songs } });
    return new Promise((resolve) => {
      this.#answer = (accepted) => {
        this.#answer = () => undefined;
        this.store.setState({ question: null });
        resolve(accepted);
      };
    });
  }

  #applySettings(settings: Settings): void {
    const { capabilities, settings: before } = this.store.getState();
    const saveTo = capabilities.folders ? settings.saveTo : "download";
    if (saveTo !== "replace") this.#replaceAccepted = false;
    this.store.setState({ settings: { ...settings, saveTo } });
    if (this.#batch) {
      // Only the number of workers may change under a running batch.
      const workers = this.#workerCount(settings);
      if (workers !== this.#workerCount(before)) this.#batch.resize((this.#workers = workers));
      return;
    }
    rescore(this.#table, settings);
    this.#table.flush();
  }

  #workerCount(settings: Settings): number {
    const memory = (navigator as { deviceMemory?: number }).deviceMemory ?? null;
    const { cores } = this.store.getState().capabilities;
    return workerCount(this.#batchIds.length, settings, { cores, memory });
  }

  get #isRunning(): boolean {
    return this.#batch !== null;
  }

  get #runningPhase(): "measuring" | "leveling" {
    return this.#batchMode === "measure" ? "measuring" : "leveling";
  }

  #publish(): void {
    const songs = this.#table.snapshot();
    this.store.setState({
      songs,
      order: this.#sameOrder([...songs.keys()]),
      totals: totalsOf(songs, {
        ids: this.#batchIds,
        elapsed: this.#stopwatch.seconds,
        measuring: this.#batchMode === "measure",
      }),
      log: this.#log.snapshot(),
    });
  }

  /** Keeps the identity of an order that did not change. */
  #sameOrder(order: readonly SongId[]): readonly SongId[] {
    const { order: before } = this.store.getState();
    const same = before.length === order.length && before.every((id, index) => id === order[index]);
    return same ? before : order;
  }

  #notify(message: string, hint: string): void {
    this.store.setState({ notice: { message, hint } });
  }

  #dropDownload(): void {
    const { download } = this.store.getState();
    if (!download) return;
    URL.revokeObjectURL(download.url);
    this.store.setState({ download: null });
  }
}

/** A batch that goes on where it was cut off. */
interface ResumedBatch {
  readonly batch: string;
  readonly startedAt: string;
  readonly ended: ReadonlySet<SongId>;
  readonly lines: readonly string[];
}
