import { createMD5 } from "hash-wasm";
import type { Probe } from "@/lib/ffmpeg/probe";
import { statedMd5, type ByteSource } from "@/lib/formats";
import type { Kernel } from "@/lib/kernel";

/** Compares decoded samples with the MD5 of them that a FLAC file states (RFC 9639 §8.2). */
export interface SampleChecksum {
  /** Forgets what was pushed before. */
  begin(): void;
  /** Interleaved samples at ±1, in order, in pieces of any length. */
  push(samples: Float32Array): void;
  matches(): boolean;
}

/** Deeper samples are not whole in f32. */
const DEEPEST = 24;

/** Null where the file states none. The MD5 is over integers of the file's depth in whole bytes. */
export async function sampleChecksum(
  source: ByteSource,
  kernel: Kernel,
  { format }: Pick<Probe, "format">,
): Promise<SampleChecksum | null> {
  const stated = format.codec === "flac" ? statedMd5(source, format.container) : null;
  const depth = format.bitDepth ?? 0;
  if (stated === null || depth < 4 || depth > DEEPEST) return null;
  const hash = await createMD5();
  return {
    begin: () => void hash.init(),
    push: (samples) => kernel.integers(depth, samples, (bytes) => void hash.update(bytes)),
    matches: () => hash.digest("hex") === stated,
  };
}
