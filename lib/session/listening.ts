import type { PickedFile } from "@/lib/files/picked-file";
import { keptOriginal } from "@/lib/files/originals";
import { ReplaceSink, type Sink } from "@/lib/files/sinks";
import { sourceOf } from "@/lib/files/source-of";
import { integratedGate } from "@/lib/loudness/gating";
import type { MeasurementDetail } from "@/lib/loudness/measurement";
import { gatedSpans, spansOver, type Span } from "@/lib/loudness/spans";
import { decibels, dbtp, type Decibels, type Lufs } from "@/lib/loudness/units";
import { levelTask } from "@/lib/batch/level-task";
import type { Settings } from "@/lib/settings/settings";
import type { BlindListening } from "@/lib/song/blind-listening";
import { asTheBatch, ownSettings } from "@/lib/song/choice";
import type { DecodedStretch } from "@/lib/song/outcome";
import { removeScratch } from "@/lib/storage/scratch-folder";
import { asBlob } from "@/lib/storage/song-bytes";
import type { ListenTask } from "@/lib/song/task";
import { EngineUnavailable } from "@/lib/browser/engine";
import { refusalText, skipText } from "@/lib/song/texts";
import type { Song, SongId } from "@/lib/song/song";
import type { SongTable } from "@/lib/batch/song-table";
import type { SongWorkerHandle } from "@/lib/batch/song-worker";
import { WorkerDied } from "@/lib/pool/worker-handle";

/** Decoded sound with its loudness. */
export type Sound = DecodedStretch;

/** A song for comparing: what it was, and what it is or will be. */
export interface HeardSong {
  readonly kind: "heard";
  /** Null when the original was replaced and no copy of it was kept. */
  readonly before: Sound | null;
  /** The delivered file; null where there is none: then it is the source at `gain`. */
  readonly after: Sound | null;
  readonly gain: Decibels;
}

/** A few seconds of a song as it is leveled, or will be. */
interface HeardPart {
  readonly kind: "heard";
  readonly sound: Sound;
  /** To be applied to the sound; 0 for a delivered file. */
  readonly gain: Decibels;
  /** Where in the song it begins, in seconds. */
  readonly from: number;
}

type OtherWay = "encoded" | "lossless";

interface HeardOther {
  readonly kind: "heard";
  readonly sound: Sound;
}

interface Unheard {
  readonly kind: "unheard";
  readonly message: string;
  readonly hint: string;
}

/** One measured song from near. */
export interface CloseUp {
  /** Short-term loudness every 100 ms, LUFS. */
  readonly before: Float32Array;
  readonly after: Float32Array | null;
  readonly gate: Lufs;
  /** Where the song is too quiet to count for its loudness. */
  readonly gated: readonly Span[];
  /** Where its peaks pass the ceiling at its gain. */
  readonly over: readonly Span[];
}

export interface Listening {
  /** Decodes source and delivered file. Settles also when aborted; rejects never. */
  song(id: SongId, signal: AbortSignal): Promise<HeardSong | Unheard>;
  /** `seconds` of a song from its loudest part, at a sample rate in Hz. */
  part(
    id: SongId,
    wanted: { readonly seconds: number; readonly sampleRate: number },
    signal: AbortSignal,
  ): Promise<HeardPart | Unheard>;
  /** The way that a leveled song could have gone as well; null where there is one alone. */
  otherWay(song: Song): OtherWay | null;
  /** Levels the song that way, and writes it nowhere. Settles also when aborted; rejects never. */
  otherSound(id: SongId, signal: AbortSignal): Promise<HeardOther | Unheard>;
  /** Notes how a blind test of the song ended. */
  keep(id: SongId, test: BlindListening): void;
  /** Null before the song is measured. */
  closeUp(song: Song, ceiling: number): CloseUp | null;
}

/** Short-term loudness looks this far back, in seconds. */
const SHORT_TERM = 3;

/** Hears songs of the table. One call at a time decodes; each has a worker of its own. */
export class SongListening implements Listening {
  readonly #table: SongTable;
  readonly #startWorker: () => Promise<SongWorkerHandle>;
  /** Those that songs were leveled with last. */
  readonly #settings: () => Settings;
  /** Where each song was last saved. */
  readonly #sinks = new WeakMap<PickedFile, Sink>();

  constructor(
    table: SongTable,
    startWorker: () => Promise<SongWorkerHandle>,
    settings: () => Settings,
  ) {
    this.#table = table;
    this.#startWorker = startWorker;
    this.#settings = settings;
  }

  /** What is saved through the sink can be heard from then on. */
  rememberSink(file: PickedFile, sink: Sink): void {
    this.#sinks.set(file, sink);
  }

  song(id: SongId, signal: AbortSignal): Promise<HeardSong | Unheard> {
    return this.#withWorker(id, signal, async (listen) => {
      const song = this.#table.get(id);
      const { before, after } = await this.#files(id);
      const whole = { from: 0, length: null };
      const first = before && (await listen({ ...whole, file: before, sampleRate: null }));
      const sampleRate = first?.sampleRate ?? null;
      const second = after && (await listen({ ...whole, file: after, sampleRate }));
      return { kind: "heard", before: first, after: second, gain: gainOf(song) };
    });
  }

  part(
    id: SongId,
    { seconds, sampleRate }: { readonly seconds: number; readonly sampleRate: number },
    signal: AbortSignal,
  ): Promise<HeardPart | Unheard> {
    return this.#withWorker(id, signal, async (listen) => {
      const song = this.#table.get(id);
      const from = loudestPart(song, seconds);
      const { before, after } = await this.#files(id);
      const file = after ?? before!;
      const sound = await listen({ file, from, length: seconds, sampleRate });
      return { kind: "heard", sound, gain: after ? decibels(0) : gainOf(song), from };
    });
  }

  otherWay({ id, status, route, album }: Song): OtherWay | null {
    const measured = this.#table.has(id) ? this.#table.record(id).measured?.is : null;
    if (status !== "leveled" || album || !measured || measured.format.lossless) return null;
    if (route === "lossless") return "encoded";
    return route === "encode" && measured.ownGain !== null ? "lossless" : null;
  }

  otherSound(id: SongId, signal: AbortSignal): Promise<HeardOther | Unheard> {
    return this.#withWorker(id, signal, async (listen, worker) => {
      const song = this.#table.get(id);
      const { before: file } = await this.#files(id);
      const way = this.otherWay(song);
      if (way === null || file === null) throw new NotHeard(unheard("file-gone"));
      const settings = ownSettings(this.#settings(), song.applied ?? asTheBatch);
      const known = this.#table.measuredOf(id, file, settings.dualMono);
      const task = levelTask(
        {
          ...settings,
          reencoding: way === "encoded" ? "always" : "never",
          ...{ loudnessTags: "leave", saveTo: "download" },
        },
        { file, known, album: null },
      );
      const outcome = await worker.call((calls) => calls.level(task), { signal });
      if (outcome.kind === "refused") throw new NotHeard(unheard(outcome.reason));
      if (outcome.kind === "skipped") throw new NotHeard(notThatWay(skipText[outcome.reason]));
      const name = `other.${outcome.extension}`;
      const made = new File([asBlob(outcome.bytes)], name);
      try {
        const { sampleRate } = await listen({ file, from: 0, length: 0.1, sampleRate: null });
        const sound = await listen({ file: made, from: 0, length: null, sampleRate });
        return { kind: "heard", sound };
      } finally {
        if (outcome.scratch !== null) await removeScratch(outcome.scratch);
      }
    });
  }

  keep(id: SongId, test: BlindListening): void {
    this.#table.update(id, { listening: test });
    this.#table.flush();
  }

  closeUp(song: Song, ceiling: number): CloseUp | null {
    if (!this.#table.has(song.id)) return null;
    const { measured, resultDetail } = this.#table.record(song.id);
    if (!measured) return null;
    const { detail } = measured.is;
    return {
      before: detail.shortTermCurve,
      after: song.status === "leveled" ? afterOf(song, detail, resultDetail) : null,
      gate: integratedGate(detail.gatingBlocks),
      gated: gatedSpans(detail),
      over: spansOver(detail, gainOf(song), dbtp(ceiling)),
    };
  }

  /** Source and delivered file of a song; never both null. */
  async #files(id: SongId): Promise<{ before: File | null; after: File | null }> {
    const { file } = this.#table.record(id);
    const { status, output } = this.#table.get(id);
    if (status !== "leveled" || output === null) {
      return { before: (await sourceOf(file)).file, after: null };
    }
    const sink = this.#sinks.get(file);
    if (!sink) throw new NotHeard(leveledEarlier);
    // What was replaced is the delivered song now; only the copy that was kept is the source.
    const replaced = sink instanceof ReplaceSink && output === file.path;
    const before = replaced ? await keptOriginal(file) : (await sourceOf(file)).file;
    const delivered = await sink.reopen(file, output);
    const name = output.slice(output.lastIndexOf("/") + 1);
    return { before, after: new File([delivered], name) };
  }

  /** Whatever goes wrong becomes words. */
  async #withWorker<T>(
    id: SongId,
    signal: AbortSignal,
    work: (
      listen: (task: Omit<ListenTask, "dualMono">) => Promise<DecodedStretch>,
      worker: SongWorkerHandle,
    ) => Promise<T>,
  ): Promise<T | Unheard> {
    try {
      if (!this.#table.has(id)) return unheard("file-gone");
      const worker = await this.#startWorker();
      try {
        return await work(async (task) => {
          const outcome = await worker.call((calls) => calls.listen({ ...task, dualMono: false }), {
            signal,
          });
          if (outcome.kind === "refused") throw new NotHeard(unheard(outcome.reason));
          return outcome;
        }, worker);
      } finally {
        worker.terminate();
      }
    } catch (error) {
      if (error instanceof NotHeard) return error.why;
      if (error instanceof EngineUnavailable) return unheard("engine-unavailable");
      if (error instanceof WorkerDied) {
        return unheard(error.death === "hung" ? "worker-hung" : "worker-crashed");
      }
      if (error instanceof DOMException) {
        return unheard(error.name === "NotFoundError" ? "file-gone" : "file-unreadable");
      }
      return { kind: "unheard", ...refusalText.unexpected, hint: String(error) };
    }
  }
}

class NotHeard extends Error {
  readonly why: Unheard;

  constructor(why: Unheard) {
    super(why.message);
    this.why = why;
  }
}

const unheard = (reason: keyof typeof refusalText): Unheard => ({
  kind: "unheard",
  ...refusalText[reason],
});

const notThatWay = (why: string): Unheard => ({
  kind: "unheard",
  message: "This song cannot be leveled the other way.",
  hint: why,
});

/** Of a file that was not decoded as a whole: a lossless gain moves every value by the same. */
function afterOf(
  { route, gain }: Song,
  { shortTermCurve }: MeasurementDetail,
  result: MeasurementDetail | null,
): Float32Array | null {
  if (result) return result.shortTermCurve;
  return route === "lossless" ? shortTermCurve.map((value) => value + (gain ?? 0)) : null;
}

/** A resumed batch knows what became of its songs, not where in which folder. */
const leveledEarlier: Unheard = {
  kind: "unheard",
  message: "This song was leveled before the page was reloaded.",
  hint: "Open the leveled file in any player.",
};

/** The gain that a song got, or is to get. */
const gainOf = (song: Song): Decibels => song.gain ?? song.plannedGain ?? decibels(0);

/** Where `seconds` that have the loudest three of the song in their middle begin. */
function loudestPart({ curve, duration }: Song, seconds: number): number {
  let loudest = -1;
  curve?.forEach((value, index) => {
    if (loudest < 0 || value > curve[loudest]!) loudest = index;
  });
  const middle = (loudest + 1) / 10 - SHORT_TERM / 2;
  return Math.max(0, Math.min(middle - seconds / 2, (duration ?? 0) - seconds));
}
