import { sha256 } from "@/lib/files/checksum";
import type { Sink } from "@/lib/files/sinks";
import { refusedFrom, WriteRefused } from "@/lib/files/safe-write";
import type { PickedFile } from "@/lib/files/picked-file";
import { decibels } from "@/lib/loudness/units";
import type { Leveled, LevelOutcome, Measured, RefusalReason } from "@/lib/workers/protocol";
import { journalRow } from "./journal";
import type { BatchJournal, JournalRow } from "./journal";
import type { LaneLog } from "./lane-log";
import { batchLines } from "./log";
import { shortfallText, skipText } from "./outcome-text";
import { refusalText } from "./refusals";
import type { SongId } from "./song";
import { NOT_BEGUN } from "./song-table";
import type { SongTable } from "./song-table";

/** A song of a batch and its number there, from 1. */
export interface NumberedSong {
  readonly id: SongId;
  readonly number: number;
}

export interface EndsSetup {
  /** Songs of the batch. */
  readonly total: number;
  readonly table: SongTable;
  readonly dualMono: boolean;
  readonly log: LaneLog;
  readonly journal: Pick<BatchJournal, "write"> | null;
  /** Where a song's result goes; not asked for when measuring. */
  sinkFor(file: PickedFile): Sink;
  /** A saved result's scratch file is not needed any more. */
  releaseScratch(name: string): void;
}

/** How the songs of a batch end: saved, left as they are, or refused; in table, log and journal. */
export class SongEnds {
  #ended: number;

  constructor(
    private readonly setup: EndsSetup,
    /** Songs that ended before the batch was cut off. */
    before: number,
  ) {
    this.#ended = before;
  }

  /** Saves what came of a song. */
  async deliver(
    song: NumberedSong,
    lane: number,
    outcome: LevelOutcome,
    file: File,
  ): Promise<void> {
    const { log } = this.setup;
    log.beginSaving(song.id, lane);
    if (outcome.kind === "refused") this.refuse(song, lane, outcome);
    else await this.#save(song, lane, outcome, file);
    log.endSaving(lane);
  }

  /** What was measured belongs to the file as it was read. */
  learn(id: SongId, measured: Measured, file: File): void {
    const { table, dualMono } = this.setup;
    if (!table.has(id)) return;
    const { size, lastModified } = file;
    table.record(id).measured = { is: measured, size, lastModified, dualMono };
    table.update(id, {
      format: measured.format,
      duration: measured.duration,
      source: measured.measurement,
      curve: measured.detail.shortTermCurve,
    });
  }

  complete({ id, number }: NumberedSong, lane: number): void {
    const { log, total } = this.setup;
    this.#ended++;
    log.add(id, lane, batchLines.completed(lane, number, total, this.#ended));
  }

  refuse(
    song: NumberedSong,
    lane: number,
    refused: Extract<LevelOutcome, { kind: "refused" }>,
  ): void {
    if (refused.format) this.setup.table.update(song.id, { format: refused.format });
    this.fail(song, lane, refused.reason, refused.detail);
  }

  fail({ id, number }: NumberedSong, lane: number, reason: RefusalReason, detail: string): void {
    const { log, table, total } = this.setup;
    const { message, hint } = refusalText[reason];
    this.#ended++;
    log.add(id, lane, batchLines.failed(lane, number, total, message));
    table.update(id, {
      ...NOT_BEGUN,
      status: "failed",
      worker: lane,
      reason,
      message,
      hint,
      detail: detail || null,
    });
  }

  async #save(
    song: NumberedSong,
    lane: number,
    outcome: Exclude<LevelOutcome, { kind: "refused" }>,
    file: File,
  ): Promise<void> {
    this.learn(song.id, outcome.measured, file);
    try {
      if (outcome.kind === "leveled") await this.#saveLeveled(song, outcome);
      else await this.#saveSkipped(song.id, outcome);
      this.complete(song, lane);
      await this.#journalEnd(song);
    } catch (error) {
      const { reason, detail } = error instanceof WriteRefused ? error : refusedFrom(error);
      this.fail(song, lane, reason, detail);
    }
  }

  async #saveLeveled({ id, number }: NumberedSong, outcome: Leveled): Promise<void> {
    const { table, journal } = this.setup;
    const { file } = table.record(id);
    const { shortfall, note } = outcome;
    const message = [shortfall && shortfallText[shortfall], note].filter(Boolean).join(" ");
    table.update(id, {
      status: "saving",
      progress: 0,
      gain: outcome.gain,
      limited: outcome.limited,
      route: outcome.route,
      passes: outcome.passes,
      result: outcome.result,
      reason: shortfall,
      message: message || null,
      seconds: outcome.seconds,
    });
    if (journal) {
      // Should the power fail now, this tells whether the file on disk is the new one already.
      const checksum = await sha256(outcome.bytes);
      await journal.write(number - 1, { state: "saving", sha256: checksum, row: this.#row(id) });
    }
    const output = await this.setup.sinkFor(file).save(file, outcome.bytes, outcome.extension);
    if (outcome.scratch) this.setup.releaseScratch(outcome.scratch);
    table.update(id, { status: "leveled", progress: 1, output });
  }

  async #saveSkipped(
    id: SongId,
    { reason, seconds }: Extract<LevelOutcome, { kind: "skipped" }>,
  ): Promise<void> {
    const { table } = this.setup;
    const { file } = table.record(id);
    table.update(id, { status: "saving", progress: 0 });
    const output = await this.setup.sinkFor(file).saveUnchanged(file);
    table.update(id, {
      status: "skipped",
      progress: 1,
      gain: decibels(0),
      output,
      reason,
      message: skipText[reason],
      seconds,
    });
  }

  /** Failed songs have no entry: they are tried again when the batch is resumed. */
  async #journalEnd({ id, number }: NumberedSong): Promise<void> {
    const lines = this.setup.log.linesOf(id);
    this.setup.log.forget(id);
    await this.setup.journal?.write(number - 1, { state: "ended", row: this.#row(id), lines });
  }

  #row(id: SongId): JournalRow {
    return journalRow(this.setup.table.get(id));
  }
}
