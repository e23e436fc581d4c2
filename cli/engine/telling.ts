import type { WriteStream } from "node:tty";
import { roughly } from "@/app/ui/numbers";
import type { SessionState } from "@/lib/session/session-state";
import { statusText } from "@/lib/session/status-text";
import type { Song } from "@/lib/song/song";
import type { Report } from "../in-browser/report";
import { ProgressBar } from "../progress-bar";

/** How a run is told of. */
export interface Telling {
  progress(state: SessionState): void;
  /** A song of which nothing more will be done. */
  song(song: Song): void;
  note(text: string): void;
  end(status: string, report: Report): void;
}

const percentOf = ({ totals }: SessionState): number =>
  totals.audioSeconds > 0 ? (100 * totals.audioSecondsDone) / totals.audioSeconds : 0;

/** For a person: a bar that is drawn over, and sentences. */
export class TextTelling implements Telling {
  readonly #bar: ProgressBar;

  constructor(stream: WriteStream) {
    this.#bar = new ProgressBar(stream);
  }

  progress(state: SessionState): void {
    const { completed, inBatch, secondsLeft } = state.totals;
    const left = secondsLeft === null ? "" : `, ${roughly(secondsLeft)} left`;
    this.#bar.draw(percentOf(state), `${statusText(state)}: ${completed} of ${inBatch}${left}`);
  }

  song(): void {}

  note(text: string): void {
    this.#bar.clear();
    console.log(text);
  }

  end(status: string): void {
    this.note(status);
  }
}

/** For a program: an object a line, whose `event` says what it is. */
export class JsonTelling implements Telling {
  progress(state: SessionState): void {
    const { completed, inBatch, secondsLeft } = state.totals;
    const percent = Number(percentOf(state).toFixed(1));
    write({ event: "progress", percent, completed, songs: inBatch, secondsLeft });
  }

  song({ path, status, reason, message, output }: Song): void {
    write({ event: "song", path, status, reason, message, output });
  }

  note(text: string): void {
    write({ event: "note", text });
  }

  end(status: string, { files: _, ...head }: Report): void {
    write({ event: "end", status, report: head });
  }
}

const write = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
