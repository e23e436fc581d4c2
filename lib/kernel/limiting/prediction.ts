import { loudnessAfterGain } from "../../loudness/gating";
import { MARGIN, type Neighbours } from "../../loudness/limiting";
import type { MeterResult } from "../meter";
import type { Predicted, Prediction } from "../../loudness/prediction";
import { peakOf, sliceFrames, type Slices } from "../../loudness/slices";
import {
  amplitudeToDecibels,
  dbtp,
  decibels,
  lu,
  lufs,
  type Dbtp,
  type Decibels,
  type Lu,
} from "../../loudness/units";
import type { InstancePool, KernelExports } from "../exports";
import { Reduction, type FoundGains } from "./reduction";

/** What the energies of all limits that are worked out together may take, bytes. */
const MOST_STEP_BYTES = 2 ** 21;
/** More are not asked for at once. */
const MOST_LIMITS = 10;

/** Gating blocks move in steps of 100 ms and have four (BS.1770-5 §5.1). */
const STEPS_PER_SECOND = 10;
const BLOCK_STEPS = 4;

export interface PredictedProgramme {
  readonly measured: {
    readonly measurement: Pick<MeterResult["measurement"], "truePeak">;
    readonly detail: Pick<MeterResult["detail"], "gatingBlocks">;
  };
  readonly slices: Slices;
  readonly neighbours?: Neighbours | null;
}

export class WasmPrediction implements Prediction {
  readonly #pool: InstancePool;
  readonly #programme: PredictedProgramme;
  readonly #stepFrames: number;
  readonly #sliceFrames: number;
  /** Energy of every step before any gain. */
  readonly #steps: Float64Array;
  /** The most limits that are worked out together. */
  readonly #limits: number;
  #wasm: KernelExports | null;
  readonly #reduction: Reduction;
  readonly highest: Dbtp;

  constructor(pool: InstancePool, programme: PredictedProgramme) {
    this.#pool = pool;
    this.#programme = programme;
    const { slices, neighbours } = programme;
    this.#stepFrames = slices.sampleRate / STEPS_PER_SECOND;
    this.#sliceFrames = sliceFrames(slices.sampleRate);
    const steps = Math.ceil(slices.frames / this.#stepFrames) + BLOCK_STEPS;
    this.#limits = Math.max(1, Math.min(MOST_LIMITS, Math.floor(MOST_STEP_BYTES / (8 * steps))));
    const wasm = pool.take();
    this.#wasm = wasm;
    const use = { channels: 1, samples: 0, steps, limits: this.#limits };
    this.#reduction = new Reduction(wasm, slices, neighbours ?? null, use);
    let highest = 0;
    for (const { first, count } of this.#reduction.pieces()) {
      const frame = first * this.#sliceFrames;
      const code = wasm.takeAllEnergy(count, frame, this.#sliceFrames, this.#stepFrames);
      highest = Math.max(highest, code);
    }
    this.highest = dbtp(amplitudeToDecibels(peakOf(highest)));
    this.#steps = new Float64Array(wasm.memory.buffer, wasm.limitingSteps(0), steps).map((v) => -v);
  }

  at(gain: Decibels, ceiling: Dbtp | null): Predicted {
    const { measurement, detail } = this.#programme.measured;
    const alone = loudnessAfterGain(detail.gatingBlocks, gain);
    const truePeak = measurement.truePeak + gain;
    if (ceiling === null || truePeak <= ceiling) {
      return { integrated: alone, truePeak: dbtp(truePeak), limited: decibels(0) };
    }
    const over = Math.max(measurement.truePeak, this.highest) + gain - ceiling;
    return {
      integrated: lufs(alone - this.lossesAt([gain], ceiling)[0]!),
      truePeak: dbtp(ceiling - MARGIN),
      limited: decibels(over + MARGIN),
    };
  }

  lossesAt(gains: readonly Decibels[], ceiling: Dbtp): Lu[] {
    const { gatingBlocks } = this.#programme.measured.detail;
    const losses: Lu[] = [];
    for (let first = 0; first < gains.length; first += this.#limits) {
      const some = gains.slice(first, first + this.#limits);
      const steps = this.#limitedSteps(some.map((gain) => ceiling - gain));
      for (const [index, gain] of some.entries()) {
        const limited = loudnessAfterGain(this.#limited(steps[index]!), gain);
        losses.push(lu(loudnessAfterGain(gatingBlocks, gain) - limited));
      }
    }
    return losses;
  }

  dispose(): void {
    if (this.#wasm !== null) this.#pool.giveBack(this.#wasm);
    this.#wasm = null;
  }

  /** The steps' energies once peaks are limited to each of these, dB. */
  #limitedSteps(limits: readonly number[]): Float64Array[] {
    const wasm = this.#wasm;
    if (wasm === null) throw new Error("This prediction has been disposed of");
    const all = limits.map((_, index) => {
      const { buffer } = wasm.memory;
      const steps = new Float64Array(buffer, wasm.limitingSteps(index), this.#steps.length);
      steps.set(this.#steps);
      return steps;
    });
    const reduction = this.#reduction;
    reduction.start(limits);
    let before: readonly boolean[] = [];
    for (let found = reduction.next(); found !== null; found = reduction.next()) {
      for (let index = 0; index < limits.length; index++) {
        // The first slice's energy hangs on the gains before the block too.
        if (found.moved[index] || before[index]) this.#takeEnergy(wasm, index, found);
      }
      before = found.moved;
    }
    return all;
  }

  #takeEnergy(wasm: KernelExports, index: number, found: FoundGains): void {
    // The first of them is the one before those found.
    const skipped = Math.max(0, 1 - found.first);
    const from = found.first - 1 + skipped;
    const end = Math.min(this.#programme.slices.count, found.first + found.count - 1);
    if (end <= from) return;
    wasm.takeEnergy(
      index,
      skipped,
      end - from,
      this.#reduction.placeOf(from),
      from * this.#sliceFrames,
      this.#sliceFrames,
      this.#stepFrames,
    );
  }

  /**
   * The gating blocks once the steps' energies are these. They are scaled, not made anew, so that
   * a block near the gate lies on the side where it was measured. A programme shorter than a block
   * is one of its own length.
   */
  #limited(steps: Float64Array): Float64Array {
    const { gatingBlocks } = this.#programme.measured.detail;
    const length = gatingBlocks.length === 1 ? steps.length : BLOCK_STEPS;
    return gatingBlocks.map((power, i) => {
      let [before, after] = [0, 0];
      for (let k = i; k < i + length; k++) {
        before += this.#steps[k]!;
        after += steps[k]!;
      }
      return before > 0 ? (power * after) / before : power;
    });
  }
}
