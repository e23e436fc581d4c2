import { readFileSync } from "node:fs";

export const floats = (file: string): Float32Array => {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};

export const wholes = (file: string): Int16Array => {
  const bytes = readFileSync(file);
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};

/** The largest difference to the scaled source, relative to its peak; infinite for another length. */
export const difference = (source: Float32Array, changed: Float32Array, factor: number): number => {
  if (source.length !== changed.length) return Infinity;
  let [peak, most] = [0, 0];
  for (let i = 0; i < source.length; i++) {
    const wanted = source[i]! * factor;
    const off = Math.abs(wanted - changed[i]!);
    if (off > most) most = off;
    if (Math.abs(wanted) > peak) peak = Math.abs(wanted);
  }
  return peak === 0 ? most : most / peak;
};

export interface WholeDifference {
  /** The largest, in steps of 16 bits. */
  readonly most: number;
  /** RMS of the differences and of the scaled source, in the same steps. */
  readonly error: number;
  readonly signal: number;
  /** The factor that the samples themselves tell, by least squares. */
  readonly factor: number;
}

const nothingAlike: WholeDifference = { most: Infinity, error: Infinity, signal: 0, factor: NaN };

/**
 * The same for decoders of 16 bits. The source's own rounding is scaled along, so a factor above 1 is
 * compared the other way round. What either has cut off at full scale says nothing.
 */
export const wholeDifference = (
  source: Int16Array,
  changed: Int16Array,
  factor: number,
): WholeDifference => {
  if (source.length !== changed.length) return nothingAlike;
  const isCut = (value: number) => value === 32_767 || value === -32_768;
  const [louder, quieter] = factor > 1 ? [changed, source] : [source, changed];
  const down = factor > 1 ? 1 / factor : factor;
  let [most, count, power, error, product] = [0, 0, 0, 0, 0];
  for (let i = 0; i < source.length; i++) {
    if (isCut(louder[i]!)) continue;
    const wanted = louder[i]! * down;
    const off = Math.abs(wanted - quieter[i]!);
    if (off > most) most = off;
    count++;
    power += wanted ** 2;
    error += off ** 2;
    product += wanted * quieter[i]!;
  }
  const told = product / power;
  return {
    most,
    error: Math.sqrt(error / count),
    signal: Math.sqrt(power / count),
    factor: factor > 1 ? factor / told : factor * told,
  };
};
