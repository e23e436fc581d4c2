import { decibelsToAmplitude, type Decibels } from "../loudness/units";
import { begin, bufferOf, soon, type Samples } from "./player";

/** A few seconds of one song of the row. */
export interface Excerpt extends Pick<Samples, "sampleRate" | "channels"> {
  readonly gain: Decibels;
}

export interface RowState {
  /** Which song of the row. */
  readonly index: number;
  readonly status: "opening" | "playing" | "ended";
}

/** Opens the excerpt of a song at a sample rate; null when it cannot be heard. */
export type OpenExcerpt<Song> = (
  song: Song,
  sampleRate: number,
  signal: AbortSignal,
) => Promise<Excerpt | null>;

/** Seconds over which excerpts of songs come and go. */
const FADE = 0.08;

/**
 * Plays an excerpt of one song after another. The next is opened while the present one plays; songs
 * that cannot be heard are passed over. Make it in a click: browsers keep silent before one.
 */
export class Row<Song> {
  readonly #songs: readonly Song[];
  readonly #open: OpenExcerpt<Song>;
  /** Of all songs alike. */
  readonly #gain: Decibels;
  readonly #onChange: (state: RowState) => void;
  readonly #context = new AudioContext();
  readonly #opened = new Map<number, Promise<Excerpt | null>>();
  readonly #abort = new AbortController();
  #source: AudioBufferSourceNode | null = null;
  #fader: GainNode | null = null;
  #state: RowState = { index: 0, status: "opening" };

  constructor(
    songs: readonly Song[],
    open: OpenExcerpt<Song>,
    /** Of all songs alike. */
    gain: Decibels,
    onChange: (state: RowState) => void,
  ) {
    this.#songs = songs;
    this.#open = open;
    this.#gain = gain;
    this.#onChange = onChange;
    begin(this.#context);
  }

  /** Goes to a song of the row; `step` is the way to go on where one cannot be heard. */
  async go(index: number, step: 1 | -1 = 1): Promise<void> {
    this.#silence();
    if (index < 0 || index >= this.#songs.length) return this.end();
    this.#set({ index, status: "opening" });
    const excerpt = await this.#excerpt(index);
    if (this.#state.status !== "opening" || this.#state.index !== index) return;
    if (!excerpt) return this.go(index + step, step);
    this.#play(excerpt, () => void this.go(index + 1));
    this.#set({ index, status: "playing" });
    // One ahead; those behind are opened again when asked for, so that memory stays small.
    for (const kept of this.#opened.keys()) {
      if (kept !== index && kept !== index + 1) this.#opened.delete(kept);
    }
    if (index + 1 < this.#songs.length) void this.#excerpt(index + 1);
  }

  next(): Promise<void> {
    return this.go(this.#state.index + 1);
  }

  /** The song before, or the first once more. */
  previous(): Promise<void> {
    return this.go(Math.max(0, this.#state.index - 1), this.#state.index > 1 ? -1 : 1);
  }

  end(): void {
    if (this.#state.status === "ended") return;
    this.#silence();
    this.#abort.abort();
    this.#opened.clear();
    this.#set({ ...this.#state, status: "ended" });
    void this.#context.close();
  }

  #excerpt(index: number): Promise<Excerpt | null> {
    const known = this.#opened.get(index);
    if (known) return known;
    const opening = this.#open(this.#songs[index]!, this.#context.sampleRate, this.#abort.signal);
    this.#opened.set(index, opening);
    return opening;
  }

  #play(excerpt: Excerpt, ended: () => void): void {
    const buffer = bufferOf(excerpt);
    const source = new AudioBufferSourceNode(this.#context, { buffer });
    const fader = new GainNode(this.#context, { gain: 0 });
    source.connect(fader).connect(this.#context.destination);
    const when = soon(this.#context);
    const level = decibelsToAmplitude(excerpt.gain + this.#gain);
    const fade = Math.min(FADE, buffer.duration / 2);
    fader.gain.setValueAtTime(0, when);
    fader.gain.linearRampToValueAtTime(level, when + fade);
    fader.gain.setValueAtTime(level, when + buffer.duration - fade);
    fader.gain.linearRampToValueAtTime(0, when + buffer.duration);
    source.onended = ended;
    source.start(when);
    [this.#source, this.#fader] = [source, fader];
  }

  #silence(): void {
    if (!this.#source || !this.#fader) return;
    const when = soon(this.#context);
    this.#source.onended = null;
    this.#fader.gain.cancelScheduledValues(when);
    this.#fader.gain.setTargetAtTime(0, when, FADE / 5);
    this.#source.stop(when + FADE);
    [this.#source, this.#fader] = [null, null];
  }

  #set(state: RowState): void {
    this.#state = state;
    this.#onChange(state);
  }
}
