import { Mixer, type Buffers, type Gains } from "./mixer";
import { playGains, type Level, type Version } from "./levels";

/** Decoded sound of one version. */
export interface Samples extends Level {
  readonly sampleRate: number;
  readonly channels: readonly Float32Array<ArrayBuffer>[];
}

export interface PlayerState {
  readonly playing: boolean;
  readonly version: Version;
  readonly matched: boolean;
}

/**
 * What is asked for now is done this much later, in seconds: the context renders ahead of its clock,
 * and a fade that begins in what is rendered already would be a jump.
 */
const AHEAD = 0.02;

export const soon = ({ currentTime, baseLatency }: AudioContext): number =>
  currentTime + Math.max(AHEAD, 2 * baseLatency);

/** A context that is closed while it is still to begin has nothing to play any more. */
export function begin(context: AudioContext): void {
  context.resume().catch((error: unknown) => {
    if (context.state !== "closed") throw error;
  });
}

/** Plays two versions of a song on one clock. Holds memory until it is closed. */
export class Player {
  readonly duration: number;
  readonly #buffers: Buffers;
  readonly #levels: Readonly<Record<Version, Level>>;
  #context: AudioContext | null = null;
  #mixer: Mixer | null = null;
  /** Position in the song, and the time of the context at which it was there. */
  #from = 0;
  #since = 0;
  #end: ReturnType<typeof setTimeout> | undefined;
  #state: PlayerState;
  readonly #listeners = new Set<() => void>();

  constructor(versions: Readonly<Record<Version, Samples>>, matched: boolean) {
    const before = bufferOf(versions.before);
    // A planned version is the source itself at another gain.
    const same = versions.after.channels === versions.before.channels;
    this.#buffers = { before, after: same ? before : bufferOf(versions.after) };
    this.#levels = { before: levelOf(versions.before), after: levelOf(versions.after) };
    this.duration = Math.max(before.duration, this.#buffers.after.duration);
    this.#state = { playing: false, version: "after", matched };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly get = (): PlayerState => this.#state;

  /** Seconds from the start of the song. */
  get position(): number {
    if (!this.#mixer || !this.#context) return this.#from;
    const played = Math.max(0, this.#context.currentTime - this.#since);
    return Math.min(this.duration, this.#from + played);
  }

  /** Call it from a click or a key: browsers keep silent before one. */
  play(): void {
    if (this.#mixer) return;
    this.#context ??= new AudioContext({ sampleRate: this.#buffers.before.sampleRate });
    begin(this.#context);
    if (this.#from >= this.duration) this.#from = 0;
    this.#start(this.#from);
    this.#set({ playing: true });
  }

  pause(): void {
    if (!this.#mixer) return;
    this.#from = this.position;
    this.#halt();
    this.#set({ playing: false });
  }

  seek(position: number): void {
    const to = Math.min(this.duration, Math.max(0, position));
    if (!this.#mixer) {
      this.#from = to;
      this.#changed();
      return;
    }
    this.#halt();
    this.#start(to);
    this.#changed();
  }

  hear(version: Version): void {
    this.#set({ version });
    this.#mixer?.hear(version, this.#gains, soon(this.#context!));
  }

  match(matched: boolean): void {
    this.#set({ matched });
    this.#mixer?.hear(this.#state.version, this.#gains, soon(this.#context!));
  }

  close(): void {
    this.#halt();
    this.#listeners.clear();
    void this.#context?.close();
    this.#context = null;
  }

  get #gains(): Gains {
    return playGains(this.#levels, this.#state.matched);
  }

  #start(position: number): void {
    const context = this.#context!;
    const when = soon(context);
    const { version } = this.#state;
    this.#mixer = new Mixer(context, this.#buffers, version, this.#gains, {
      when,
      offset: position,
    });
    this.#from = position;
    this.#since = when;
    this.#watchEnd();
  }

  /** The clock of the context may stand still (a locked device), so the end is looked for again. */
  #watchEnd(): void {
    const left = this.duration - this.position;
    if (left > 0) {
      this.#end = setTimeout(() => this.#watchEnd(), Math.max(20, left * 1000));
      return;
    }
    this.#halt();
    this.#from = this.duration;
    this.#set({ playing: false });
  }

  #halt(): void {
    clearTimeout(this.#end);
    this.#mixer?.end(soon(this.#context!));
    this.#mixer = null;
  }

  #set(change: Partial<PlayerState>): void {
    this.#state = { ...this.#state, ...change };
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

const levelOf = ({ integrated, truePeak, gain }: Level): Level => ({ integrated, truePeak, gain });

export function bufferOf({ channels, sampleRate }: Pick<Samples, "channels" | "sampleRate">) {
  const buffer = new AudioBuffer({
    length: Math.max(1, channels[0]!.length),
    numberOfChannels: channels.length,
    sampleRate,
  });
  channels.forEach((samples, channel) => buffer.copyToChannel(samples, channel));
  return buffer;
}

export const canPlay = (): boolean => typeof AudioContext !== "undefined";
