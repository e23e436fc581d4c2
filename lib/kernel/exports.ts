import { designInterpolation } from "./interpolation";

/** What lib/kernel/assembly/index.ts exports. Pointers are byte offsets into `memory`. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
  quarterCoefficients(): number;
  sixteenthCoefficients(): number;
  setBounds(worst: number, linear: number, curvature: number, between: number): void;

  meterBegin(
    sampleRate: number,
    channels: number,
    frames: number,
    truePeak: boolean,
    sliceFrames: number,
  ): void;
  meterInput(): number;
  meterWeights(): number;
  meterCoefficients(): number;
  meterSteps(): number;
  meterCheck(from: number, to: number): number;
  meterBlock(frames: number, last: boolean): number;
  meterRest(): number;
  meterBlockPeak(): number;
  meterSamplePeak(): number;
  meterTruePeak(): number;
  meterOver(): number;
  sliceCodes(): number;
  slicesDone(): number;

  slicePeaksBegin(
    channels: number,
    frames: number,
    truePeak: boolean,
    runFrames: number,
    least: number,
  ): void;
  slicePeaksInput(): number;
  slicePeaks(): number;
  slicePeaksBlock(frames: number, last: boolean): number;

  limitingBegin(
    channels: number,
    samples: number,
    limits: number,
    steps: number,
    block: number,
    bridge: number,
    near: number,
    hold: number,
    smoothing: number,
    recovery: number,
  ): void;
  limitingInput(): number;
  limitingSteps(index: number): number;
  reductionTaps(): number;
  reductionFractions(): number;
  reductionCodes(): number;
  reductionGains(): number;
  startReduction(index: number, limit: number, mostCode: number): void;
  takeCodes(count: number): void;
  reduce(index: number, count: number, kept: number, fresh: number): number;
  takeAllEnergy(count: number, frame: number, sliceFrames: number, stepFrames: number): number;
  takeEnergy(
    index: number,
    skipped: number,
    count: number,
    from: number,
    frame: number,
    sliceFrames: number,
    stepFrames: number,
  ): void;
  turnDown(
    frames: number,
    first: number,
    slice: number,
    length: number,
    factor: number,
    offset: number,
  ): void;

  gainBegin(samples: number): void;
  gainInput(): number;
  gainBlock(samples: number, factor: number): void;

  integersBegin(samples: number): void;
  integersInput(): number;
  integersBlock(samples: number, scale: number, width: number): void;

  ditherBegin(samples: number): void;
  ditherInput(): number;
  ditherBlock(samples: number, first: number): void;
}

const interpolation = designInterpolation();

/** To be called after each `…Begin`, which clears the memory. */
export function writeInterpolation(wasm: KernelExports): void {
  const { sixteenths, quarters, bounds } = interpolation;
  const { buffer } = wasm.memory;
  new Float32Array(buffer, wasm.sixteenthCoefficients(), sixteenths.length).set(sixteenths);
  new Float32Array(buffer, wasm.quarterCoefficients(), quarters.length).set(quarters);
  wasm.setBounds(bounds.worst, bounds.linear, bounds.curvature, bounds.between);
}

/** Instances are kept and used again: a page levels hundreds of songs, one after another. */
export class InstancePool {
  readonly #module: WebAssembly.Module;
  readonly #idle: KernelExports[] = [];

  constructor(module: WebAssembly.Module) {
    this.#module = module;
  }

  take(): KernelExports {
    return this.#idle.pop() ?? this.#instantiate();
  }

  #instantiate(): KernelExports {
    return new WebAssembly.Instance(this.#module, {}).exports as unknown as KernelExports;
  }

  giveBack(wasm: KernelExports): void {
    this.#idle.push(wasm);
  }
}
