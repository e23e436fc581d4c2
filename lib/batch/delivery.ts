import { fingerprint } from "@/lib/files/checksum";
import type { PickedFile } from "@/lib/files/picked-file";
import { refusedFrom } from "@/lib/files/safe-write";
import type { Saving, Sink } from "@/lib/files/sinks";
import type { SongSource } from "@/lib/files/source-of";
import type { LevelOutcome, Measured, Refused } from "@/lib/song/outcome";
import type { RefusalReason } from "@/lib/song/refusals";
import type { SongId } from "@/lib/song/song";
import type { SongBytes } from "@/lib/storage/song-bytes";
import type { LostResults } from "./destinations";
import type { LaneLog } from "./lane-log";
import { batchLines } from "./log";
import { deliveredRow, failedRow } from "./outcome-row";
import { rowOf, type RunRecord } from "./run-record";
import type { SongTable } from "./song-table";

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
  readonly dualMono: boolean;
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

  constructor(setup: DeliverySetup) {
    this.#setup = setup;
    this.#ended = setup.endedBefore;
  }

  /** Saves what came of a song. */
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

  /** What was measured belongs to the file as it was read. */
  keepMeasured(id: SongId, measured: Measured, file: File): void {
    const { table, dualMono } = this.#setup;
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
      if ((status !== "leveled" && status !== "skipped") || !lost.holds(table.record(id).file))
        return;
      this.#ended--;
      this.fail({ id, number: index + 1 }, worker ?? 1, lost.reason, lost.detail);
    });
  }

  async #save(
    song: NumberedSong,
    lane: number,
    outcome: Exclude<LevelOutcome, { kind: "refused" }>,
    source: SongSource,
  ): Promise<void> {
    const { id } = song;
    const { table } = this.#setup;
    const { file } = table.record(id);
    this.keepMeasured(id, outcome.measured, source.file);
    const row = deliveredRow(outcome);
    table.update(id, { ...row, status: "saving", progress: 0 });
    const saving: Saving = {
      source: source.onDisk,
      ...(source.from === "original" && { original: source.file }),
      announce: (output, bytes) => this.#recordSaving(song, { ...row, output }, bytes),
    };
    try {
      const sink = this.#setup.sinkFor(file);
      const output =
        outcome.kind === "leveled"
          ? await sink.save(file, outcome.bytes, outcome.extension, saving)
          : await sink.saveUnchanged(file, saving);
      if (outcome.kind === "leveled") table.record(id).resultDetail = outcome.resultDetail;
      table.update(id, { ...row, progress: 1, output });
      this.complete(song, lane);
      await this.#recordEnd(song);
    } catch (error) {
      const { reason, detail } = refusedFrom(error);
      this.fail(song, lane, reason, detail);
    } finally {
      if (outcome.kind === "leveled" && outcome.scratch) {
        this.#setup.releaseScratch(outcome.scratch);
      }
    }
  }

  /** Should the power fail after this, it tells whether the file on disk is the new one already. */
  async #recordSaving(
    { id, number }: NumberedSong,
    row: ReturnType<typeof deliveredRow> & { readonly output: string },
    bytes: SongBytes,
  ): Promise<void> {
    const { record, table, log } = this.#setup;
    await record?.record(number - 1, {
      state: "saving",
      fingerprint: await fingerprint(bytes),
      row: rowOf({ ...table.get(id), ...row }),
      lines: log.linesOf(id),
    });
  }

  async #recordEnd({ id, number }: NumberedSong): Promise<void> {
    const { record, table, log } = this.#setup;
    const lines = log.linesOf(id);
    log.drop(id);
    await record?.record(number - 1, { state: "ended", row: rowOf(table.get(id)), lines });
  }
}
