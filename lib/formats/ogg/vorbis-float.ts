/** The 32-bit floats of a Vorbis setup header (Vorbis I §9.2.2): 21 bits of mantissa, no hidden one. */

/** `± odd · 2^exponent`. `odd` is 0 for zero, else an odd number below 2^21. */
export interface VorbisFloat {
  readonly negative: boolean;
  readonly odd: number;
  readonly exponent: number;
}

const MANTISSA_BITS = 21;
const BIAS = 788;
/** libvorbis reads an exponent beyond ±63 as ±63, other decoders as it is written. */
const MOST_EXPONENT = 63;

const bitLength = (value: number): number => 32 - Math.clz32(value);

/** Null where decoders do not agree on the value. */
export const unpackFloat = (bits: number): VorbisFloat | null => {
  const mantissa = bits & 0x1f_ffff;
  const negative = bits >>> 31 === 1;
  if (mantissa === 0) return { negative, odd: 0, exponent: 0 };
  const exponent = ((bits >>> MANTISSA_BITS) & 0x3ff) - BIAS;
  if (Math.abs(exponent) > MOST_EXPONENT) return null;
  const zeros = bitLength(mantissa & -mantissa) - 1;
  return { negative, odd: mantissa >>> zeros, exponent: exponent + zeros };
};

/** With the highest bit of the mantissa set, as libvorbis writes it. Null where it does not fit. */
export const packFloat = ({ negative, odd, exponent }: VorbisFloat): number | null => {
  const shift = MANTISSA_BITS - bitLength(odd);
  if (odd === 0 || shift < 0 || Math.abs(exponent - shift) > MOST_EXPONENT) return null;
  const sign = negative ? 0x8000_0000 : 0;
  return (sign | ((exponent - shift + BIAS) << MANTISSA_BITS) | (odd << shift)) >>> 0;
};
