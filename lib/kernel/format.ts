/** How interleaved samples are to be read. */
export interface PcmFormat {
  /** Hz, a whole number from 4000 to 768000. */
  readonly sampleRate: number;
  /** 1 to 64. */
  readonly channels: number;
  /** One per channel: 1, 1.41 for surrounds, 0 for LFE (channel-weights.ts). */
  readonly weights: readonly number[];
  /** A mono programme that will be heard from two loudspeakers: 3.01 LU louder. */
  readonly dualMono?: boolean;
}

/** Throws a `RangeError` for a format that the kernel cannot take. */
export function checkFormat({ sampleRate, channels, weights, dualMono }: PcmFormat): void {
  if (!Number.isInteger(sampleRate) || sampleRate < 4000 || sampleRate > 768_000) {
    throw new RangeError(`Sample rate ${sampleRate} Hz is not a whole number in 4000…768000`);
  }
  if (!Number.isInteger(channels) || channels < 1 || channels > 64) {
    throw new RangeError(`${channels} channels; 1 to 64 are possible`);
  }
  if (weights.length !== channels || !weights.every((weight) => weight >= 0 && weight < 100)) {
    throw new RangeError(
      `${channels} channels need as many weights from 0, got [${weights.join()}]`,
    );
  }
  if (dualMono === true && channels !== 1) throw new RangeError("Dual mono has one channel");
}
