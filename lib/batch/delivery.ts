import { fingerprint } from "@/lib/files/checksum";
import type { PickedFile } from "@/lib/files/picked-file";
import { refusedFrom } from "@/lib/files/safe-write";
import type { Saving, Sink } from "@/lib/files/sinks";
import type { SongSource } from "@/lib/files/source-of";
import { doneWith, madeWith } from "@/lib/settings/made-with";
import type { Settings } from "@/lib/settings/settings";
import type { LevelOutcome, Measured, Refused } from "@/lib/song/outcome";
import type { RefusalReason } from "@/lib/song/refusals";
import { isDelivered, type SongId } from "@/lib/song/song";
import { type SongBytes, sizeOf } from "@/lib/storage/song-bytes";
import type { BatchMode } from "./jobs";
import type { LostResults } from "./destinations";
import type { LaneLog } from "./lane-log";
import { batchLines } from "./log";
import { deliveredRow, failedRow } from "./outcome-row";
import { planRow } from "./planned";
import { type FileState, rowOf, type RunRecord, type Written } from "./run-record";
import type { SongTable } from "./song-table";

/** What came of a song, and what its row says once it is in its place. */
interface Delivered {
  readonly outcome: Exclude<LevelOutcome, { kind: "refused" }>;
  readonly row: ReturnType<typeof deliveredRow>;
}

/** A song of a batch and its number there, from 1. */
interface NumberedSong {
  readonly id: SongId;
  readonly number: number;
}

interface DeliverySetup {
  /** Songs of the batch, and how many of them ended in an earlier run. */
  readonly total: number;
  readonly endedBefore: number;
  readonly table: SongTable;
  readonly settings: Settings;
  readonly mode: BatchMode;
  readonly log: LaneLog;
  readonly record: RunRecord | null;
  /** Where a song's result goes; not asked for when measuring. */
  sinkFor(file: PickedFile): Sink;
  /** A saved result's scratch file is not needed any more. */
  releaseScratch(name: string): void;
}

/** Delivers what came of a batch's songs, and shows their ends in table, log and record. */
export class Delivery {
  readonly #setup: DeliverySetup;
  #ended: number;
  /** Savings that have not ended, also those that only wait to be swapped in. */
  readonly #saving = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  /** How long a swap waits, and when the last of them may be made (`performance.now`), in ms. */
  #age = 0;
  #until = 0;
  /** What is being written for each song. */
  readonly #written = new Map<SongId, Written>();

  constructor(setup: DeliverySetup) {
    this.#setup = setup;
    this.#ended = setup.endedBefore;
  }

  /** Saves what came of a song. Comes back when its bytes are written; they may wait for their swap. */
  async deliver(
    song: NumberedSong,
    lane: number,
    outcome: LevelOutcome,
    source: SongSource,
  ): Promise<void> {
    const { log } = this.#setup;
    log.beginSaving(song.id, lane);
    if (outcome.kind === "refused") this.refuse(song, lane, outcome);
    else await this.#save(song, lane, outcome, source);
    log.endSaving(lane);
  }

  /** Comes back when everything that was delivered is in its place, or was given up. */
  async inPlace(): Promise<void> {
    await Promise.all(this.#saving);
  }

  /** Gives up the swaps that wait: those songs stay as they were, and their rows where they are. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Seconds that a swap waits for its bytes, and that the last of them still waits. */
  get swaps(): { readonly age: number; readonly left: number } {
    const left = Math.max(0, this.#until - performance.now());
    return { age: this.#age / 1000, left: left / 1000 };
  }

  /** What was measured belongs to the file as it was read. */
  keepMeasured(id: SongId, measured: Measured, file: File): void {
    const { table, settings, mode } = this.#setup;
    const { dualMono } = settings;
    if (!table.has(id)) return;
    const { size, lastModified } = file;
    table.record(id).measured = { is: measured, size, lastModified, dualMono };
    table.update(id, {
      format: measured.format,
      duration: measured.duration,
      source: measured.measurement,
      damage: measured.damage,
      curve: measured.detail.shortTermCurve,
    });
    if (mode !== "undo") planRow(table, id, settings);
  }

  complete({ id, number }: NumberedSong, lane: number): void {
    const { log, total } = this.#setup;
    this.#ended++;
    log.add(id, lane, batchLines.completed(lane, number, total, this.#ended));
  }

  refuse({ id, number }: NumberedSong, lane: number, refused: Omit<Refused, "kind">): void {
    const { log, table, total } = this.#setup;
    const { format, measured } = refused;
    this.#ended++;
    const row = failedRow(lane, refused);
    log.add(id, lane, batchLines.failed(lane, number, total, row.message));
    log.drop(id);
    table.update(id, {
      ...row,
      ...(format && { format }),
      ...(measured && { damage: measured.damage }),
    });
  }

  fail(song: NumberedSong, lane: number, reason: RefusalReason, detail: string): void {
    this.refuse(song, lane, { reason, detail, format: null, measured: null });
  }

  /** Songs whose results were lost after all have failed. */
  lose(ids: readonly SongId[], lost: LostResults | null): void {
    const { table } = this.#setup;
    ids.forEach((id, index) => {
      if (!lost || !table.has(id)) return;
      const { status, worker } = table.get(id);
      if (!isDelivered(status) || !lost.holds(table.record(id).file)) return;
      this.#ended--;
      this.fail({ id, number: index + 1 }, worker ?? 1, lost.reason, lost.detail);
    });
  }

  async #save(
    song: NumberedSong,
    lane: number,
    outcome: Delivered["outcome"],
    source: SongSource,
  ): Promise<void> {
    const { id } = song;
    const { table } = this.#setup;
    this.keepMeasured(id, outcome.measured, source.file);
    const row = deliveredRow(outcome, source.from);
    const { choice } = table.get(id);
    table.update(id, { ...row, status: "saving", progress: 0, applied: choice });
    await new Promise<void>((written) => {
      const saving: Saving = {
        source: source.onDisk,
        ...(this.#setup.mode === "level" && { made: madeWith(this.#setup.settings) }),
        ...(source.file !== source.onDisk && { original: source.file }),
        announce: (output, bytes) =>
          this.#recordSaving(song, { ...row, output }, bytes, source.onDisk),
        onWaiting: (milliseconds) => {
          this.#age = milliseconds;
          this.#until = performance.now() + milliseconds;
          table.update(id, { status: "written", progress: 1 });
          written();
        },
        signal: this.#stopping.signal,
      };
      const put = this.#put(song, lane, { outcome, row }, saving).finally(() =>
        this.#saving.delete(put),
      );
      this.#saving.add(put);
      put.then(written, written);
    });
    if (outcome.kind === "leveled" && outcome.scratch) {
      this.#setup.releaseScratch(outcome.scratch);
    }
  }

  /** Until the song is in its place, or has failed, or was given up. */
  async #put(
    song: NumberedSong,
    lane: number,
    { outcome, row }: Delivered,
    saving: Saving,
  ): Promise<void> {
    const { id } = song;
    const { table, log } = this.#setup;
    const { file } = table.record(id);
    try {
      const sink = this.#setup.sinkFor(file);
      const output =
        outcome.kind === "leveled"
          ? await sink.save(file, outcome.bytes, outcome.extension, saving)
          : await sink.saveUnchanged(file, saving);
      if (outcome.kind === "leveled") table.record(id).resultDetail = outcome.resultDetail;
      const { mode, settings } = this.#setup;
      const doneBy = mode === "level" ? doneWith(settings) : null;
      table.update(id, { ...row, progress: 1, output, doneBy });
      this.complete(song, lane);
      await this.#recordEnd(song, saving.source);
    } catch (error) {
      if (error === this.#stopping.signal.reason) {
        log.drop(id);
        this.#written.delete(id);
        return;
      }
      const { reason, detail } = refusedFrom(error);
      this.fail(song, lane, reason, detail);
    }
  }

  /** Should the power fail after this, it tells whether the file on disk is the new one already. */
  async #recordSaving(
    { id, number }: NumberedSong,
    row: ReturnType<typeof deliveredRow> & { readonly output: string },
    bytes: SongBytes,
    source: Saving["source"],
  ): Promise<void> {
    const { record, table, log } = this.#setup;
    const written = { fingerprint: await fingerprint(bytes), size: sizeOf(bytes) };
    this.#written.set(id, written);
    await record?.record(number - 1, {
      ...{ state: "saving", written, source: stateOf(source), lines: log.linesOf(id) },
      row: rowOf({ ...table.get(id), ...row }),
    });
  }

  async #recordEnd({ id, number }: NumberedSong, source: Saving["source"]): Promise<void> {
    const { record, table, log } = this.#setup;
    const lines = log.linesOf(id);
    log.drop(id);
    const written = this.#written.get(id) ?? null;
    this.#written.delete(id);
    const row = rowOf(table.get(id));
    const entry = { written, source: stateOf(source), row, lines };
    await record?.record(number - 1, { state: "ended", ...entry });
  }
}

/** A `File` is no plain value: it would be stored with all its bytes. */
const stateOf = ({ size, lastModified }: FileState): FileState => ({ size, lastModified });
