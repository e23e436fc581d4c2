import type { Kernel, PcmFormat, SliceStore } from "@/lib/kernel";
import { MARGIN, type Neighbours } from "@/lib/loudness/limiting";
import { gainToGoal, renderingAt, type RenderPlan } from "@/lib/loudness/gain-to-goal";
import type { RenderGoal } from "@/lib/loudness/correction";
import type { Measurement, MeasurementDetail } from "@/lib/loudness/measurement";
import type { Prediction } from "@/lib/loudness/prediction";
import { RaisedSlices, type Encoded, type Raise } from "@/lib/loudness/raised-slices";
import type { Slices } from "@/lib/loudness/slices";
import { dbtp, decibels, type Decibels } from "@/lib/loudness/units";
import type { Scratch } from "@/lib/storage/scratch";
import { pcmChunks } from "./pcm";

/** A song's decoded samples and what they measure. */
export interface Programme {
  readonly pcm: Scratch;
  readonly format: PcmFormat;
  /** ffmpeg's name of the channel layout; null = the usual one for the number of channels. */
  readonly layout: string | null;
  readonly measured: {
    readonly measurement: Measurement;
    readonly detail: MeasurementDetail;
  };
  readonly slices: SliceStore;
  /** Of an album: what plays before and after. */
  readonly neighbours: Neighbours | null;
}

/** A programme with slices that are only read. */
export type RenderedProgramme = Omit<Programme, "slices"> & { readonly slices: Slices };

/** dB below what a limiter has to turn down to which peaks are made exact, for a further pass. */
const LOOK_BELOW = 0.5;

/** Finds how a programme is rendered, without rendering it. */
export class Foresight {
  readonly #kernel: Kernel;
  readonly #programme: Programme;
  /** dB from which on the slices' peaks are exact. */
  #exactFrom = Infinity;
  /** With what an encoder made of them, once one did. */
  #raised: RaisedSlices | null = null;
  /** dB that all peaks were raised by. */
  #lowered = 0;

  constructor(kernel: Kernel, programme: Programme) {
    this.#kernel = kernel;
    this.#programme = programme;
  }

  /** What is rendered: the programme, its slices as they are taken to be. */
  get programme(): RenderedProgramme {
    return { ...this.#programme, slices: this.#raised ?? this.#programme.slices };
  }

  /** Turns down further what came out of the encoder too high. */
  turnDown(encoded: Encoded, raise: Raise): void {
    this.#raised ??= new RaisedSlices(this.#programme.slices);
    this.#raised.raise(encoded, raise);
    this.#lowered += raise.all;
  }

  /** `mostLimiting`: null = peaks must not be touched. */
  toGoal(goal: RenderGoal, mostLimiting: Decibels | null): RenderPlan {
    return this.#exact((prediction) => gainToGoal(prediction, goal, mostLimiting));
  }

  /** With a gain that is settled. */
  withGain(gain: Decibels, ceiling: RenderGoal["ceiling"] | null): RenderPlan {
    return this.#exact((prediction) => renderingAt(prediction, gain, ceiling));
  }

  /** A rendering, and all of it quieter by so many dB. */
  turnedDown({ gain, ceiling }: RenderPlan, by: Decibels): RenderPlan {
    const lower = ceiling === null ? null : dbtp(ceiling - by);
    return { ...this.withGain(decibels(gain - by), lower), heldBack: true };
  }

  /** Loudness is foreseen well enough by the peaks that the meter keeps; limiting needs exact ones. */
  #exact(find: (prediction: Prediction) => RenderPlan): RenderPlan {
    for (;;) {
      const prediction = this.#kernel.prediction(this.programme);
      const found = find(prediction);
      prediction.dispose();
      if (found.ceiling === null) return found;
      const limit = found.ceiling - found.gain - this.#lowered;
      if (limit - MARGIN >= this.#exactFrom) return found;
      this.#lookFrom(limit - LOOK_BELOW);
    }
  }

  #lookFrom(level: number): void {
    const { pcm, format, slices } = this.#programme;
    const look = this.#kernel.slicePeaks({ format, slices, above: dbtp(level) });
    const next = pcmChunks(pcm, format.channels);
    for (let chunk = next(); chunk !== null; chunk = next()) look.push(chunk);
    look.finish();
    this.#exactFrom = level;
  }
}
