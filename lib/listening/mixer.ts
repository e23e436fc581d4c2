import { decibelsToAmplitude, type Decibels } from "../loudness/units";
import type { Version } from "./levels";

/** Seconds of a change from one version to the other, and of every start and end. */
const FADE = 0.006;

/** Both versions, decoded at one sample rate. */
export type Buffers = Readonly<Record<Version, AudioBuffer>>;
export type Gains = Readonly<Record<Version, Decibels>>;

/** A gain that moves in straight lines, and knows where it stands at any time. */
class Fader {
  readonly node: GainNode;
  #from = 0;
  #to = 0;
  #start = 0;

  constructor(context: BaseAudioContext, value: number) {
    this.node = new GainNode(context, { gain: value });
    this.node.gain.setValueAtTime(value, 0);
    this.#from = this.#to = value;
  }

  /** From `when` on to `value`. Asking the node instead would tell of now, not of then. */
  fade(value: number, when: number): void {
    const { gain } = this.node;
    this.#from = this.#at(when);
    this.#to = value;
    this.#start = when;
    gain.cancelScheduledValues(when);
    // Up to here as it was going: a fade may be cut short by the next.
    gain.linearRampToValueAtTime(this.#from, when);
    gain.linearRampToValueAtTime(value, when + FADE);
  }

  #at(time: number): number {
    const share = Math.min(1, Math.max(0, (time - this.#start) / FADE));
    return this.#from + (this.#to - this.#from) * share;
  }
}

/**
 * Both versions of a song playing at once from the same sample on, one of them audible. A switch is
 * a crossfade of equal gain: the versions are the same music, so their sum neither dips nor bulges.
 * Made of nothing but a `BaseAudioContext`, so that it can be rendered as well as played.
 */
export class Mixer {
  #audible: Version;
  #gains: Gains;
  readonly #sources: AudioBufferSourceNode[] = [];
  readonly #faders: Record<Version, Fader>;
  readonly #out: Fader;

  constructor(
    context: BaseAudioContext,
    buffers: Buffers,
    audible: Version,
    gains: Gains,
    { when, offset }: { readonly when: number; readonly offset: number },
  ) {
    this.#audible = audible;
    this.#gains = gains;
    this.#out = new Fader(context, 0);
    const add = (version: Version): Fader => {
      const source = new AudioBufferSourceNode(context, { buffer: buffers[version] });
      const fader = new Fader(context, this.#gainOf(version));
      source.connect(fader.node).connect(this.#out.node);
      source.start(when, offset);
      this.#sources.push(source);
      return fader;
    };
    this.#faders = { before: add("before"), after: add("after") };
    this.#out.node.connect(context.destination);
    this.#out.fade(1, when);
  }

  /** Makes `version` audible at these gains. */
  hear(version: Version, gains: Gains, when: number): void {
    this.#audible = version;
    this.#gains = gains;
    for (const each of ["before", "after"] as const) {
      this.#faders[each].fade(this.#gainOf(each), when);
    }
  }

  /** Fades out and gives the buffers free. */
  end(when: number): void {
    this.#out.fade(0, when);
    for (const source of this.#sources) source.stop(when + FADE);
  }

  #gainOf(version: Version): number {
    return version === this.#audible ? decibelsToAmplitude(this.#gains[version]) : 0;
  }
}
