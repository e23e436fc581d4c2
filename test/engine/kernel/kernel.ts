import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  createKernel,
  SliceStore,
  type Kernel,
  type MeterResult,
  type PcmFormat,
} from "@/lib/kernel";
import type { Neighbours } from "@/lib/loudness/limiting";
import type { Dbtp, Decibels } from "@/lib/loudness/units";
import type { Pcm } from "../../support/signals";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Builds the wasm if it is older than its sources. */
export function loadKernel(): Kernel {
  execFileSync(process.execPath, [`${root}scripts/build/build-kernel.mjs`]);
  const bytes = readFileSync(`${root}lib/kernel/build/kernel.wasm`);
  return createKernel(new WebAssembly.Module(bytes));
}

export const formatOf = ({ sampleRate, channels }: Omit<Pcm, "samples">): PcmFormat => ({
  sampleRate,
  channels,
  weights: Array.from({ length: channels }, () => 1),
});

export function measure(
  kernel: Kernel,
  pcm: Pcm,
  format: PcmFormat = formatOf(pcm),
  chunk = 65536,
): MeterResult {
  const meter = kernel.meter(format);
  for (let i = 0; i < pcm.samples.length; i += chunk) {
    meter.push(pcm.samples.subarray(i, i + chunk));
  }
  return meter.finish();
}

/** A programme measured for limiting, with exact peaks where they pass the ceiling. */
export interface Sliced {
  readonly pcm: Pcm;
  readonly slices: SliceStore;
  readonly measured: MeterResult;
}

export function slice(kernel: Kernel, pcm: Pcm, chunk = 65536): Sliced {
  const slices = new SliceStore(pcm.sampleRate);
  const meter = kernel.meter(formatOf(pcm), slices);
  for (let i = 0; i < pcm.samples.length; i += chunk) {
    meter.push(pcm.samples.subarray(i, i + chunk));
  }
  return { pcm, slices, measured: meter.finish() };
}

/** Makes the peaks exact that come within half a decibel of the ceiling. */
export function lookCloser(kernel: Kernel, { pcm, slices }: Sliced, gain: number, ceiling: number) {
  const look = kernel.slicePeaks({
    format: formatOf(pcm),
    slices,
    above: (ceiling - gain - 0.5) as Dbtp,
  });
  look.push(pcm.samples);
  look.finish();
}

/** Limits a whole programme; `chunk` in frames. */
export function limitWhole(
  kernel: Kernel,
  pcm: Pcm,
  gain: number,
  ceiling: number,
  { chunk = 8192, neighbours = null }: { chunk?: number; neighbours?: Neighbours | null } = {},
): Sliced {
  const sliced = slice(kernel, pcm);
  lookCloser(kernel, sliced, gain, ceiling);
  const samples = pcm.samples.slice();
  const limiting = kernel.limiting({
    format: formatOf(pcm),
    slices: sliced.slices,
    neighbours,
    gain: gain as Decibels,
    ceiling: ceiling as Dbtp,
  });
  const step = chunk * pcm.channels;
  for (let i = 0; i < samples.length; i += step) limiting.process(samples.subarray(i, i + step));
  limiting.dispose();
  return { ...sliced, pcm: { ...pcm, samples } };
}

/** Index of the first sample that differs in any bit but that of zero's sign, or -1; quick. */
export function firstDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Math.min(a.length, b.length);
  return a.findIndex((value, i) => value !== b[i]);
}
