import type { Kernel, PcmFormat } from "@/lib/kernel";
import type { RenderGoal } from "@/lib/loudness/correction";
import type { Measurement } from "@/lib/loudness/measurement";
import { dbtp, decibels, lufs, type Decibels } from "@/lib/loudness/units";
import type { Scratch } from "@/lib/storage/scratch";
import { pcmChunks } from "./pcm";

/** A song's decoded samples and what they measure. */
export interface Programme {
  readonly pcm: Scratch;
  readonly format: PcmFormat;
  /** ffmpeg's name of the channel layout; null = the usual one for the number of channels. */
  readonly layout: string | null;
  readonly measurement: Pick<Measurement, "integrated" | "truePeak">;
}

/** One way to make the samples that go into the encoder. */
export interface Rendering {
  readonly gain: Decibels;
  /** Limit to this ceiling; null = gain alone. */
  readonly ceiling: RenderGoal["ceiling"] | null;
  /** What the rendered samples measure. */
  readonly expected: Pick<Measurement, "integrated" | "truePeak">;
  readonly limited: Decibels;
  /** The peaks did not allow the loudness that was aimed for. */
  readonly heldBack: boolean;
}

/** Loudness that a limited rendering may miss its goal by, and the dry runs it may take. */
const LIMITED_TOLERANCE = 0.015;
const MOST_DRY_RUNS = 5;
/** LU that a decibel of gain brings at least; below that a step of the search could leap too far. */
const LEAST_YIELD = 0.2;
/** Limiting deeper than this beyond what was allowed is refused by lowering the gain. */
const LIMITING_SLACK = 0.05;

/**
 * Finds the gain that brings the programme to the goal. Gain alone is exact by definition. A
 * limiter takes loudness away, by how much only a dry run tells: so the kernel limits and measures
 * without encoding until the loudness fits.
 */
export function planRendering(
  kernel: Kernel,
  programme: Programme,
  goal: RenderGoal,
  mayLimit: boolean,
  mostLimiting: Decibels,
): Rendering {
  const { measurement } = programme;
  const wanted = goal.loudness - measurement.integrated;
  const headroom = goal.ceiling - measurement.truePeak;
  if (wanted <= headroom || !mayLimit) {
    const gain = Math.min(wanted, headroom);
    return gainAlone(programme, decibels(gain), wanted - gain > LIMITED_TOLERANCE);
  }
  const most = headroom + mostLimiting + LIMITING_SLACK;
  let gain = Math.min(wanted, most);
  let before: { readonly gain: number; readonly loudness: number } | null = null;
  for (let run = 1; ; run++) {
    const rendering = dryRun(kernel, programme, decibels(gain), goal.ceiling);
    const loudness = rendering.expected.integrated;
    const missing = goal.loudness - loudness;
    // The deeper the limiter works, the less loudness a decibel of gain brings: what it brought
    // between the last two runs tells how much is needed (the secant method).
    const yielded: number = before ? (loudness - before.loudness) / (gain - before.gain) : 1;
    const next = Math.min(gain + missing / Math.min(1, Math.max(LEAST_YIELD, yielded)), most);
    if (
      run === MOST_DRY_RUNS ||
      Math.abs(missing) <= LIMITED_TOLERANCE ||
      Math.abs(next - gain) <= LIMITED_TOLERANCE
    ) {
      return { ...rendering, heldBack: missing > LIMITED_TOLERANCE && next >= most };
    }
    before = { gain, loudness };
    gain = next;
  }
}

const gainAlone = ({ measurement }: Programme, gain: Decibels, heldBack: boolean): Rendering => ({
  gain,
  ceiling: null,
  limited: decibels(0),
  heldBack,
  expected: {
    integrated: lufs(measurement.integrated + gain),
    truePeak: dbtp(measurement.truePeak + gain),
  },
});

function dryRun(
  kernel: Kernel,
  { pcm, format }: Programme,
  gain: Decibels,
  ceiling: RenderGoal["ceiling"],
): Rendering {
  const limiter = kernel.limiter({ format, gain, ceiling });
  const meter = kernel.meter(format);
  const next = pcmChunks(pcm, format.channels);
  for (let chunk = next(); chunk !== null; chunk = next()) meter.push(limiter.process(chunk));
  meter.push(limiter.flush());
  const limited = limiter.maxReduction;
  limiter.dispose();
  return { gain, ceiling, limited, expected: meter.finish().measurement, heldBack: false };
}
