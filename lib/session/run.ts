import { Batch, type WorkerLane } from "@/lib/batch/batch";
import { finishDownload, type LostResults } from "@/lib/batch/destinations";
import type { BatchMode } from "@/lib/batch/jobs";
import type { BatchLog } from "@/lib/batch/log";
import type { EarlierRun } from "@/lib/batch/run-record";
import { slowSourceAdviser } from "@/lib/batch/slow-source";
import type { SongTable } from "@/lib/batch/song-table";
import type { SongWorkerHandle } from "@/lib/batch/song-worker";
import { Stopwatch } from "@/lib/batch/stopwatch";
import { type Machine, workerCount } from "@/lib/batch/worker-count";
import { browserClock } from "@/lib/browser/clock";
import { keepAwake } from "@/lib/browser/keep-awake";
import { observePressure } from "@/lib/browser/pressure";
import { type BesideFile, copyBeside } from "@/lib/files/beside/copy";
import type { Surroundings } from "@/lib/files/beside/kinds";
import type { PickedFile } from "@/lib/files/picked-file";
import type { Sink } from "@/lib/files/sinks";
import { type ReadyDownload, startDownload } from "@/lib/files/zip-download";
import { type BatchJournal, type Journal, placesOf } from "@/lib/journal/journal";
import type { JournalSong } from "@/lib/journal/schema";
import { restUnderPressure } from "@/lib/pool/resting";
import { changedUnderRun, type Settings } from "@/lib/settings/settings";
import { isDelivered, type SongId } from "@/lib/song/song";
import type { OpenedDestinations } from "./destination-choice";
import type { Notices } from "./notices";
import type { RunFacts, Runnable } from "./runs";

/** What is to be run. */
export interface RunRequest {
  readonly mode: BatchMode;
  readonly ids: readonly SongId[];
  readonly settings: Settings;
  readonly surroundings: Surroundings;
  /** Where it goes on from, when it was cut off before. */
  readonly resumed: ResumedRun | null;
  /** Those of a new run that stay as an earlier one left them. */
  readonly done?: ReadonlySet<SongId>;
}

interface ResumedRun extends EarlierRun {
  /** Its name in the journal. */
  readonly batch: string;
  /** ISO date and time. */
  readonly startedAt: string;
}

/** What a run needs of its session. */
export interface RunServices {
  readonly table: SongTable;
  readonly log: BatchLog;
  readonly notices: Notices;
  readonly machine: Machine;
  readonly journal: Journal;
  startWorker(): Promise<SongWorkerHandle>;
  /** Told of the sink that a song is saved through, so that its result can be heard. */
  onSink(file: PickedFile, sink: Sink): void;
  /** What the platform adds to a sink. */
  wrapSink(sink: Sink): Sink;
  onLanes(lanes: readonly WorkerLane[]): void;
  onDownload(download: ReadyDownload | null): void;
  removeScratch(name: string): Promise<void>;
  /** The last that happens before the run counts as ended. */
  onEnd(): Promise<void>;
}

/** One run: a batch with its workers' number, its clock, its journal and its download. */
export class Run implements Runnable {
  readonly #services: RunServices;
  readonly #request: RunRequest;
  #settings: Settings;
  readonly #opened: OpenedDestinations | null;
  readonly #journal: BatchJournal | null;
  readonly #batch: Batch;
  readonly #stopwatch = new Stopwatch();
  readonly #startedAt: Date;
  #finishedAt: Date | null = null;
  #download: ReadyDownload | null = null;
  #beside: readonly BesideFile[] = [];
  #stopped = false;
  /** Workers that the settings give. */
  #workers: number;
  /** How many of them rest while the processor is under pressure. */
  #resting = 0;
  /** How many work at once. */
  #lanes: number;
  #endPressure: () => void = () => undefined;

  /**
   * `opened`: null when measuring, which writes nothing. "busy": another tab is at work on one of
   * the folders.
   */
  static async prepare(
    request: RunRequest,
    opened: OpenedDestinations | null,
    services: RunServices,
  ): Promise<Run | "busy"> {
    const { resumed } = request;
    const startedAt = resumed ? new Date(resumed.startedAt) : new Date();
    const journal = await openJournal(request, opened, startedAt, services);
    if (journal === "busy") return journal;
    return new Run(request, opened, startedAt, journal, services);
  }

  private constructor(
    request: RunRequest,
    opened: OpenedDestinations | null,
    startedAt: Date,
    journal: BatchJournal | null,
    services: RunServices,
  ) {
    const { mode, ids, settings, resumed, done } = request;
    this.#services = services;
    this.#request = request;
    this.#settings = settings;
    this.#opened = opened;
    this.#journal = journal;
    this.#startedAt = startedAt;
    this.#workers = workerCount(ids.length, settings, services.machine);
    this.#lanes = this.#workers;
    const { table, log, notices } = services;
    this.#batch = new Batch({
      ...{ mode, ids, settings, table, log },
      workers: this.#workers,
      earlier: resumed ?? (done?.size ? { done, lines: [] } : null),
      record: journal,
      startWorker: () => services.startWorker(),
      sinkFor: (file) => this.#sinkFor(file),
      // A zip still reads the scratch file after it was added; the next session clears it away.
      releaseScratch: (name) =>
        void (opened?.destinations.download ? undefined : services.removeScratch(name)),
      finishSaving: () => this.#finishSaving(),
      onLanes: (lanes) => services.onLanes(lanes),
      onRead: slowSourceAdviser(
        () => this.#lanes,
        (fewer) => notices.advise(...slowText, fewer),
      ),
    });
  }

  get facts(): RunFacts {
    return {
      mode: this.#request.mode,
      ids: this.#request.ids,
      settings: this.#settings,
      target: this.#opened?.folder?.name ?? null,
      beside: this.#beside,
      workers: this.#workers,
      startedAt: this.#startedAt,
      finishedAt: this.#finishedAt,
      elapsed: this.#stopwatch.seconds,
      swaps: this.#batch.swaps,
    };
  }

  async work(): Promise<void> {
    const mayDoze = keepAwake();
    this.#watchPressure();
    try {
      await this.#batch.run();
      this.#services.onDownload(this.#download);
      // Asked for, it comes by itself; elsewhere the page offers it.
      if (this.#download && this.#request.settings.saveTo === "download")
        startDownload(this.#download);
    } finally {
      mayDoze();
      this.#endPressure();
      await this.#journal?.end();
      await this.#services.onEnd();
      this.#stopwatch.pause();
      this.#finishedAt = new Date();
    }
  }

  pause(): void {
    this.#batch.pause();
    this.#stopwatch.pause();
  }

  resume(): void {
    this.#stopwatch.resume();
    this.#batch.resume();
  }

  stop(now: boolean): void {
    this.#stopped = true;
    this.#batch.stop(now);
  }

  changeSettings(settings: Settings): void {
    const { keepResponsive } = this.#settings;
    this.#settings = changedUnderRun(this.#settings, settings);
    this.#workers = workerCount(this.#request.ids.length, settings, this.#services.machine);
    if (settings.keepResponsive !== keepResponsive) this.#watchPressure();
    this.#resize();
  }

  #watchPressure(): void {
    this.#endPressure();
    this.#resting = 0;
    this.#endPressure = this.#settings.keepResponsive
      ? restUnderPressure(
          observePressure,
          browserClock,
          () => this.#workers,
          (resting) => {
            this.#resting = resting;
            this.#resize();
          },
        )
      : () => undefined;
  }

  #resize(): void {
    const lanes = Math.max(1, this.#workers - this.#resting);
    if (lanes === this.#lanes) return;
    this.#lanes = lanes;
    this.#batch.resize(lanes);
  }

  #sinkFor(file: PickedFile): Sink {
    const sink = this.#opened!.destinations.sinkFor(file);
    this.#services.onSink(file, sink);
    return this.#services.wrapSink(sink);
  }

  async #finishSaving(): Promise<LostResults | null> {
    this.#beside = await this.#copyBeside();
    const finished = await finishDownload(this.#opened?.destinations ?? null);
    if (finished.kind === "ready") {
      this.#download = finished.download;
      return null;
    }
    this.#services.notices.say(...lostText);
    const { reason, detail } = finished.results;
    const lost = { status: "failed", output: null, reason, detail } as const;
    this.#beside = this.#beside.map((file) => ({ ...file, ...lost }));
    return finished.results;
  }

  /** Not after a stop, which is meant for all of it: the next start copies them. */
  async #copyBeside(): Promise<readonly BesideFile[]> {
    const { mode, ids, surroundings } = this.#request;
    const { table } = this.#services;
    if (mode !== "level" || !this.#settings.copyBeside || this.#stopped) return [];
    const ofBatch = new Set(ids);
    return copyBeside({
      surroundings,
      listed: table.ids.map((id) => {
        const { status, output } = table.get(id);
        return { file: table.record(id).file, output: isDelivered(status) ? output : null };
      }),
      inBatch: table.ids.filter((id) => ofBatch.has(id)).map((id) => table.record(id).file),
      sinkFor: (file) => this.#services.wrapSink(this.#opened!.destinations.sinkFor(file)),
      isStopped: () => this.#stopped,
    });
  }
}

/** Null for batches that cannot be resumed: songs or results without a place on disk. */
async function openJournal(
  { mode, ids, settings, resumed }: RunRequest,
  opened: OpenedDestinations | null,
  startedAt: Date,
  { table, notices, journal }: RunServices,
): Promise<BatchJournal | null | "busy"> {
  if (mode === "measure" || settings.saveTo === "download") return null;
  const { roots } = table;
  const files = ids.map((id) => table.record(id).file);
  const songs = await placesOf(files, roots);
  if (!songs) return null;
  const choices = ids.map((id) => table.get(id).choice);
  const head = {
    ...{ mode, settings, roots, excluded: await excludedIn(table) },
    songs: songs.map((song, index) => ({ ...song, choice: choices[index]! })),
    batch: resumed?.batch ?? null,
    startedAt: startedAt.toISOString(),
    target: opened?.folder ?? null,
  };
  return journal.begin(head, (error) =>
    notices.say("This batch cannot be resumed if it is cut off.", String(error)),
  );
}

/** Songs that are left out, as far as they can be found again. */
async function excludedIn(table: SongTable): Promise<readonly JournalSong[]> {
  const left = table.ids.filter((id) => table.get(id).choice.excluded);
  const files = left.map((id) => table.record(id).file).filter(({ folder }) => folder !== null);
  return (await placesOf(files, table.roots)) ?? [];
}

const slowText = [
  "Reading the songs takes long.",
  "They seem to lie on a network drive or a slow disk. Fewer workers wait less for each other.",
] as const;

const lostText = [
  "The download could not be finished, so its songs are not saved anywhere.",
  "Make room on the disk, then press Retry failed.",
] as const;
