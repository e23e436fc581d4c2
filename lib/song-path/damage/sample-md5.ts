import { createMD5 } from "hash-wasm";
import type { Probe } from "@/lib/ffmpeg/probe";
import { statedMd5, type ByteSource } from "@/lib/formats";

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

/** Null where the file states none. */
export async function sampleChecksum(
  source: ByteSource,
  { format }: Pick<Probe, "format">,
): Promise<SampleChecksum | null> {
  const stated = format.codec === "flac" ? statedMd5(source, format.container) : null;
  const depth = format.bitDepth ?? 0;
  if (stated === null || depth < 4 || depth > DEEPEST) return null;
  const hash = await createMD5();
  const toBytes = packer(depth);
  return {
    begin: () => void hash.init(),
    push: (samples) => void hash.update(toBytes(samples)),
    matches: () => hash.digest("hex") === stated,
  };
}

/**
 * Samples as integers of so many bits, signed, little endian, in whole bytes: what FLAC's MD5 is
 * over. A view that the next call writes over.
 */
function packer(depth: number): (samples: Float32Array) => Uint8Array {
  const scale = 2 ** (depth - 1);
  const width = Math.ceil(depth / 8);
  let view = new DataView(new ArrayBuffer(0));
  return (samples) => {
    const bytes = samples.length * width;
    if (view.byteLength < bytes + 4) view = new DataView(new ArrayBuffer(bytes + 4));
    // A constant in reach of the loop: five times as fast as the variable.
    const packed = view;
    // Each is stored as four bytes; the next writes over those that it does not have.
    for (let i = 0; i < samples.length; i++) packed.setInt32(i * width, samples[i]! * scale, true);
    return new Uint8Array(packed.buffer, 0, bytes);
  };
}
