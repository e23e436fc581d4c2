import { refusedFrom } from "@/lib/files/safe-write";
import { removeScratch } from "@/lib/storage/scratch-folder";
import { startDownload, type ReadyDownload } from "@/lib/files/zip-download";
import type { Settings } from "@/lib/settings/settings";
import { Batch, type BatchMode, type LostResults } from "@/lib/batch/batch";
import { destinationText, openDestinations, type Destinations } from "@/lib/batch/destinations";
import { EngineUnavailable } from "@/lib/browser/engine";
import { keepAwake } from "@/lib/browser/keep-awake";
import { BatchJournal, isBeingWorkedOn } from "@/lib/journal/journal";
import { BatchLog, batchLines } from "@/lib/batch/log";
import { rescore, targetOf } from "@/lib/batch/planned";
import { watchPressure } from "@/lib/browser/pressure";
import type { SessionContext } from "./session-context";
import type { SongId } from "@/lib/song/song";
import { slowSourceAdviser } from "@/lib/batch/slow-source";
import { BatchStopwatch } from "@/lib/batch/stopwatch";
import { SEQUENTIAL_UP_TO, workerCount } from "@/lib/batch/worker-count";

/** A batch that goes on where it was cut off. */
export interface ResumedBatch {
  readonly batch: string;
  readonly startedAt: string;
  readonly ended: ReadonlySet<SongId>;
  readonly lines: readonly string[];
}

/** The session's batch: at most one at a time, and what is known of the last one. */
export class Running {
  readonly #context: SessionContext;
  readonly #onEnd: () => Promise<void>;
  readonly log = new BatchLog(() => this.#context.table.schedule());
  #batch: Batch | null = null;
  #ids: readonly SongId[] = [];
  #mode: BatchMode = "level";
  #stopwatch = new BatchStopwatch();
  #startedAt: Date | null = null;
  #finishedAt: Date | null = null;
  /** Workers that the settings give. */
  #workers = 0;
  /** How many work at once. */
  #lanes = 0;
  /** How many of them rest while the processor is under pressure. */
  #spared = 0;
  #endWatching: () => void = () => undefined;
  #otherFolder: FileSystemDirectoryHandle | null = null;
  #replaceAccepted = false;

  constructor(context: SessionContext, onEnd: () => Promise<void>) {
    this.#context = context;
    this.#onEnd = onEnd;
  }

  get isRunning(): boolean {
    return this.#batch !== null;
  }

  get mode(): BatchMode {
    return this.#mode;
  }

  /** What `totalsOf` needs to know of the batch. */
  get clock() {
    const { seconds } = this.#stopwatch;
    return { ids: this.#ids, elapsed: seconds, measuring: this.#mode === "measure" };
  }

  /** What the report says of the batch as a whole. */
  get head() {
    const { settings } = this.#context.state;
    return {
      startedAt: this.#startedAt?.toISOString() ?? null,
      finishedAt: this.#finishedAt?.toISOString() ?? null,
      workers: this.#workers,
      settings,
    };
  }

  /** Songs were removed from the list. */
  prune(): void {
    this.#ids = this.#ids.filter((id) => this.#context.table.has(id));
  }

  /** Another destination than before is another decision. */
  forgetFolder(): void {
    this.#otherFolder = null;
  }

  forgetReplacing(): void {
    this.#replaceAccepted = false;
  }

  /** What was decided for the batch when it was started first. */
  recall(settings: Settings, otherFolder: FileSystemDirectoryHandle | null): void {
    this.#replaceAccepted = settings.saveTo === "replace";
    this.#otherFolder = otherFolder;
  }

  dropDownload(): void {
    const { download } = this.#context.state;
    if (!download) return;
    URL.revokeObjectURL(download.url);
    this.#context.store.setState({ download: null });
  }

  pause(): void {
    if (!this.#batch || this.#context.state.phase === "paused") return;
    this.#batch.pause();
    this.#stopwatch.pause();
    this.#context.store.setState({ phase: "paused" });
    this.#context.table.flush();
  }

  resume(): void {
    if (!this.#batch || this.#context.state.phase !== "paused") return;
    this.#stopwatch.resume();
    this.#context.store.setState({ phase: this.#phase });
    this.#batch.resume();
  }

  stop(now: boolean): void {
    this.#batch?.stop(now);
  }

  /** Only the number of workers may change under a running batch. */
  adapt(settings: Settings, before: Settings): void {
    this.#workers = this.#workerCount(settings);
    if (settings.keepResponsive !== before.keepResponsive) this.#watchPressure(settings);
    this.#resize();
  }

  #resize(): void {
    const lanes = Math.max(1, this.#workers - this.#spared);
    if (lanes === this.#lanes) return;
    this.#lanes = lanes;
    this.#batch?.resize(lanes);
  }

  #watchPressure({ keepResponsive }: Settings): void {
    this.#endWatching();
    this.#spared = 0;
    this.#endWatching = () => undefined;
    if (!keepResponsive || !this.#batch) return;
    this.#endWatching = watchPressure(
      () => this.#workers,
      (spared) => {
        this.#spared = spared;
        this.#resize();
      },
    );
  }

  async run(
    mode: BatchMode,
    ids: readonly SongId[],
    resumed: ResumedBatch | null = null,
    settings: Settings = this.#context.state.settings,
  ): Promise<void> {
    if (this.isRunning || ids.length === 0) return;
    await this.#context.exclusively(async () => {
      try {
        const destinations = mode === "measure" ? null : await this.#destinations(ids, settings);
        if (mode !== "measure" && !destinations) return;
        if (mode !== "measure" && (await isBeingWorkedOn(this.#context.roots))) {
          this.#context.notify(
            "Another LevelUp tab is working on this folder.",
            "Wait until it has finished, or close it.",
          );
          return;
        }
        await this.#context.engine.load();
        await this.#runBatch(mode, ids, settings, destinations, resumed);
      } catch (error) {
        const unavailable = error instanceof EngineUnavailable;
        this.#context.notify(
          unavailable ? "The audio engine could not be loaded." : "The batch ended unexpectedly.",
          error instanceof Error ? error.message : String(error),
        );
      }
    });
  }

  async #runBatch(
    mode: BatchMode,
    ids: readonly SongId[],
    settings: Settings,
    destinations: Destinations | null,
    resumed: ResumedBatch | null,
  ): Promise<void> {
    const { store, table } = this.#context;
    this.dropDownload();
    this.#context.dismissNotice();
    this.#ids = ids;
    this.#mode = mode;
    this.#workers = this.#workerCount(settings);
    this.#lanes = this.#workers;
    this.#startedAt = resumed ? new Date(resumed.startedAt) : new Date();
    this.#finishedAt = null;
    const parallel = settings.enableParallelProcessing && ids.length > SEQUENTIAL_UP_TO;
    const earlier = resumed
      ? [...batchLines.start(ids.length, this.#workers, parallel), ...resumed.lines]
      : [];
    this.log.begin(earlier);
    const journal = await this.#openJournal(settings, resumed);
    this.#stopwatch = new BatchStopwatch();
    let download: ReadyDownload | null = null;
    this.#batch = new Batch({
      mode,
      ids,
      settings,
      target: targetOf(settings),
      table,
      workers: this.#workers,
      parallel,
      resumed,
      journal,
      startWorker: () => this.#context.workers.take(),
      sinkFor: (file) => this.#context.listening.through(file, destinations!.sinkFor(file)),
      // A zip still reads the scratch file after it was added; the next session clears it away.
      releaseScratch: (name) => void (destinations?.download ? undefined : removeScratch(name)),
      finishSaving: async () => {
        const ended = await finishDownload(destinations);
        if (ended?.kind === "ready") download = ended.download;
        if (ended?.kind === "lost") this.#context.notify(...lostText);
        return ended?.kind === "lost" ? ended : null;
      },
      log: (line) => this.log.add(line),
      onLanes: (workers) => store.setState({ workers }),
      onRead: slowSourceAdviser(
        () => this.#lanes,
        (fewer) => this.#context.advise(...slowText, fewer),
      ),
    });
    table.flush();
    store.setState({ phase: this.#phase });
    const rest = keepAwake();
    this.#watchPressure(settings);
    try {
      await this.#batch.run();
      store.setState({ download });
      // Asked for, it comes by itself; elsewhere the page offers it.
      if (download && settings.saveTo === "download") startDownload(download);
    } finally {
      rest();
      await journal?.end();
      await this.#onEnd();
      this.#batch = null;
      this.#watchPressure(settings);
      this.#stopwatch.pause();
      this.#finishedAt = new Date();
      rescore(table, this.#context.state.settings);
      // The last figures first: whoever waits for the end reads them when it comes.
      table.flush();
      store.setState({ phase: "finished", workers: [] });
      // What was measured is leveled next.
      if (mode === "measure") this.#context.workers.prepare();
    }
  }

  /** Null for batches that cannot be resumed: songs or results without a place on disk. */
  async #openJournal(
    settings: Settings,
    resumed: ResumedBatch | null,
  ): Promise<BatchJournal | null> {
    const { roots, table } = this.#context;
    const mode = this.#mode;
    const songs = this.#ids.flatMap((id) => {
      const { folder, path } = table.record(id).file;
      return folder ? [{ root: roots.indexOf(folder.handle), path }] : [];
    });
    if (mode === "measure" || settings.saveTo === "download" || songs.length < this.#ids.length) {
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
      this.#context.notify("This batch cannot be resumed after the tab is closed.", String(error)),
    );
  }

  async #destinations(ids: readonly SongId[], settings: Settings): Promise<Destinations | null> {
    const files = ids.map((id) => this.#context.table.record(id).file);
    if (settings.saveTo === "replace" && !this.#replaceAccepted) {
      const question = { kind: "replace-originals", songs: ids.length } as const;
      this.#replaceAccepted = await this.#context.ask(question);
      if (!this.#replaceAccepted) return null;
    }
    const opened = await openDestinations(settings, files, () => this.#chooseOutput());
    if (typeof opened !== "string") return opened;
    this.#context.notify(...destinationText[opened]);
    return null;
  }

  async #chooseOutput(): Promise<FileSystemDirectoryHandle | null> {
    if (this.#otherFolder) return this.#otherFolder;
    const picked = await window
      .showDirectoryPicker({ id: "leveled", startIn: "music", mode: "readwrite" })
      .catch(() => null);
    return (this.#otherFolder = picked);
  }

  #workerCount(settings: Settings): number {
    const memory = (navigator as { deviceMemory?: number }).deviceMemory ?? null;
    const { cores } = this.#context.state.capabilities;
    return workerCount(this.#ids.length, settings, { cores, memory });
  }

  get #phase(): "measuring" | "leveling" {
    return this.#mode === "measure" ? "measuring" : "leveling";
  }
}

type EndedDownload =
  | { readonly kind: "ready"; readonly download: ReadyDownload | null }
  | ({ readonly kind: "lost" } & LostResults);

/** Null when nothing of the batch is a download. */
async function finishDownload(destinations: Destinations | null): Promise<EndedDownload | null> {
  if (!destinations?.download) return null;
  try {
    return { kind: "ready", download: await destinations.download.finish() };
  } catch (error) {
    const { reason, detail } = refusedFrom(error);
    return { kind: "lost", reason, detail, holds: (file) => destinations.isDownload(file) };
  }
}

const slowText = [
  "Reading the songs takes long.",
  "They seem to lie on a network drive or a slow disk. Fewer workers wait less for each other.",
] as const;

const lostText = [
  "The download could not be finished, so its songs are not saved anywhere.",
  "Make room on the disk, then press Retry failed.",
] as const;
