import { fingerprint } from "@/lib/files/checksum";
import type { Saving, Sink } from "@/lib/files/sinks";
import { refusedFrom } from "@/lib/files/safe-write";
import type { PickedFile } from "@/lib/files/picked-file";
import { decibels } from "@/lib/loudness/units";
import type { Leveled, LevelOutcome, Measured } from "@/lib/song/outcome";
import type { RefusalReason } from "@/lib/song/refusals";
import type { SongBytes } from "@/lib/storage/song-bytes";
import { journalRow, type BatchJournal } from "@/lib/journal/journal";
import type { LostResults } from "./batch";
import type { LaneLog } from "./lane-log";
import { batchLines } from "./log";
import { leveledText, refusalText, skipText } from "@/lib/song/texts";
import type { SongId } from "@/lib/song/song";
import { notBegun, type SongTable } from "./song-table";

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
  readonly #setup: EndsSetup;
  #ended: number;

  constructor(
    setup: EndsSetup,
    /** Songs that ended before the batch was cut off. */
    before: number,
  ) {
    this.#setup = setup;
    this.#ended = before;
  }

  /** Saves what came of a song. */
  async deliver(
    song: NumberedSong,
    lane: number,
    outcome: LevelOutcome,
    file: File,
  ): Promise<void> {
    const { log } = this.#setup;
    log.beginSaving(song.id, lane);
    if (outcome.kind === "refused") this.refuse(song, lane, outcome);
    else await this.#save(song, lane, outcome, file);
    log.endSaving(lane);
  }

  /** What was measured belongs to the file as it was read. */
  learn(id: SongId, measured: Measured, file: File): void {
    const { table, dualMono } = this.#setup;
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
    const { log, total } = this.#setup;
    this.#ended++;
    log.add(id, lane, batchLines.completed(lane, number, total, this.#ended));
  }

  refuse(
    song: NumberedSong,
    lane: number,
    refused: Extract<LevelOutcome, { kind: "refused" }>,
  ): void {
    if (refused.format) this.#setup.table.update(song.id, { format: refused.format });
    this.fail(song, lane, refused.reason, refused.detail);
  }

  fail({ id, number }: NumberedSong, lane: number, reason: RefusalReason, detail: string): void {
    const { log, table, total } = this.#setup;
    const { message, hint } = refusalText[reason];
    this.#ended++;
    log.add(id, lane, batchLines.failed(lane, number, total, message));
    log.forget(id);
    table.update(id, {
      ...notBegun,
      status: "failed",
      worker: lane,
      reason,
      message,
      hint,
      detail: detail || null,
    });
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
    source: File,
  ): Promise<void> {
    const { id, number } = song;
    const { table, journal, log } = this.#setup;
    const { file } = table.record(id);
    this.learn(id, outcome.measured, source);
    const row = outcome.kind === "leveled" ? leveledRow(outcome) : skippedRow(outcome);
    table.update(id, { ...row, status: "saving", progress: 0 });
    const announce = async (output: string, bytes: SongBytes) => {
      if (!journal) return;
      // Should the power fail now, this tells whether the file on disk is the new one already.
      await journal.write(number - 1, {
        state: "saving",
        fingerprint: await fingerprint(bytes),
        row: journalRow({ ...table.get(id), ...row, output }),
        lines: log.linesOf(id),
      });
    };
    const saving: Saving = { source, announce };
    try {
      const sink = this.#setup.sinkFor(file);
      const output =
        outcome.kind === "leveled"
          ? await sink.save(file, outcome.bytes, outcome.extension, saving)
          : await sink.saveUnchanged(file, saving);
      if (outcome.kind === "leveled") table.record(id).resultDetail = outcome.resultDetail;
      table.update(id, { ...row, progress: 1, output });
      this.complete(song, lane);
      await this.#journalEnd(song);
    } catch (error) {
      const { reason, detail } = refusedFrom(error);
      this.fail(song, lane, reason, detail);
    } finally {
      if (outcome.kind === "leveled" && outcome.scratch) {
        this.#setup.releaseScratch(outcome.scratch);
      }
    }
  }

  /** Failed songs have no entry: they are tried again when the batch is resumed. */
  async #journalEnd({ id, number }: NumberedSong): Promise<void> {
    const lines = this.#setup.log.linesOf(id);
    this.#setup.log.forget(id);
    const row = journalRow(this.#setup.table.get(id));
    await this.#setup.journal?.write(number - 1, { state: "ended", row, lines });
  }
}

function leveledRow(outcome: Leveled) {
  const { gain, limited, route, passes, result, shortfall, seconds } = outcome;
  const message = leveledText(outcome);
  const row = { gain, limited, route, passes, result, reason: shortfall, message, seconds };
  return { ...row, status: "leveled" } as const;
}

function skippedRow({ reason, seconds }: Skipped) {
  const row = { gain: decibels(0), reason, message: skipText[reason], seconds };
  return { ...row, status: "skipped" } as const;
}

type Skipped = Extract<LevelOutcome, { kind: "skipped" }>;
