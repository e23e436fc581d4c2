/**
 * Gain of AAC-LC without encoding: `global_gain` is an exponent of 2^(1/4) that scales the whole
 * spectrum of a channel (ISO/IEC 14496-3 §4.6.2.3), so one added to it is 1.505 dB, exactly, and
 * taken away again leaves no trace. In M4A and MP4 files and in ADTS; HE-AAC is refused, since the
 * levels in its SBR data are absolute (docs/decisions/0011).
 */
import { openAdts } from "./adts";
import type { AacGainReason, Carrier } from "./carrier";
import { openMp4 } from "./mp4-carrier";
import { leadsBackTo } from "../leads-back";

export interface AacGainRefusal {
  readonly kind: "refused";
  readonly reason: AacGainReason;
}

export interface AacGainPlan {
  readonly kind: "done";
  readonly container: Carrier["kind"];
  readonly frames: number;
  /** Hz */
  readonly sampleRate: number;
  /** Steps, from and to, that every field and all that it leads to can take. */
  readonly lowestSteps: number;
  readonly highestSteps: number;
  /** Steps that the file says were made before, ours or aacgain's; null without such a record. */
  readonly made: number | null;
}

export interface AacGainResult {
  readonly kind: "done";
  /** The whole file. With 0 steps the very array that came in. */
  readonly bytes: Uint8Array;
  /** What was added; from undo, what was taken back. */
  readonly steps: number;
}

const MOST_SCALE = 255;
/** Beyond these, decoders clip the energy of a noise band. */
const LEAST_NOISE = -100;
const MOST_NOISE = 155;
/** As many as undo information can say. */
const MOST_STEPS = 255;

const refuse = (reason: AacGainReason): AacGainRefusal => ({ kind: "refused", reason });

const open = (bytes: Uint8Array): Carrier | AacGainReason =>
  openMp4(bytes) ?? openAdts(bytes) ?? "not-aac";

const limits = ({ fields }: Carrier): { lowest: number; highest: number } => ({
  lowest: Math.max(-MOST_STEPS, 0 - fields.leastScale, LEAST_NOISE - fields.leastNoise),
  highest: Math.min(MOST_STEPS, MOST_SCALE - fields.mostScale, MOST_NOISE - fields.mostNoise),
});

/** A file whose frames were walked once, for whatever is asked of it then. */
export interface AacFile {
  /** What changing its gain would meet. */
  readonly plan: AacGainPlan;
  /**
   * Adds `steps` of 1.505 dB to every channel that is not silent, and to the undo information. No
   * field stops at a limit: what does not fit is refused. Steps that take all changes back give the
   * original itself. That undo leads back is tried, and refused where it does not. In MP4 files
   * loudness tags are taken out, which undo puts back; ADTS with loudness tags is refused.
   *
   * @param steps a whole number from -255 to 255; anything else is a RangeError.
   */
  apply(steps: number): AacGainResult | AacGainRefusal;
  /** Takes back every recorded change: unless others changed it too, the file is the first original. */
  undo(): AacGainResult | AacGainRefusal;
}

/** Reads only. `bytes` stay as they are as long as the file is used. */
export const openAac = (bytes: Uint8Array): AacFile | AacGainRefusal => {
  const carrier = open(bytes);
  if (typeof carrier === "string") return refuse(carrier);
  const { kind: container, frames, sampleRate, made } = carrier;
  const { lowest, highest } = limits(carrier);
  const undo = (): AacGainResult | AacGainRefusal => {
    if (made === null) return refuse("nothing-to-undo");
    if (-made < lowest || -made > highest) return refuse("undo-does-not-fit");
    const written = carrier.write(0 - made, 0);
    return typeof written === "string"
      ? refuse(written)
      : { kind: "done", bytes: written, steps: made };
  };
  return {
    plan: {
      ...{ kind: "done", container, frames, sampleRate, made },
      ...{ lowestSteps: lowest, highestSteps: highest },
    },
    undo,
    apply(steps) {
      if (!Number.isInteger(steps) || Math.abs(steps) > MOST_STEPS)
        throw new RangeError(`Steps must be a whole number from -255 to 255, not ${steps}`);
      if (steps === 0) return { kind: "done", bytes, steps };
      const total = (made ?? 0) + steps;
      if (steps < lowest || steps > highest || Math.abs(total) > MOST_STEPS)
        return refuse("out-of-range");
      const written = carrier.write(steps, total);
      if (typeof written === "string") return refuse(written);
      // Damage may hide the record, or end the stream elsewhere than before.
      if (!leadsBackTo(undoAacGain, written, bytes, undo)) return refuse("not-taken-back");
      return { kind: "done", bytes: written, steps };
    },
  };
};

/** `AacFile` for a file that is asked one thing. */
export const planAacGain = (bytes: Uint8Array): AacGainPlan | AacGainRefusal => {
  const file = openAac(bytes);
  return "apply" in file ? file.plan : file;
};
export const applyAacGain = (bytes: Uint8Array, steps: number): AacGainResult | AacGainRefusal => {
  const file = openAac(bytes);
  return "apply" in file ? file.apply(steps) : file;
};
export const undoAacGain = (bytes: Uint8Array): AacGainResult | AacGainRefusal => {
  const file = openAac(bytes);
  return "apply" in file ? file.undo() : file;
};
