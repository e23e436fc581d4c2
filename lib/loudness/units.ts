/**
 * Branded units. A number becomes a unit only through the functions here, so that a gain can
 * never be passed where a level is meant.
 */
declare const unit: unique symbol;
type Unit<Name extends string> = number & { readonly [unit]: Name };

/** Loudness relative to full scale, K-weighted (ITU-R BS.1770-5). `-Infinity` is silence. */
export type Lufs = Unit<"LUFS">;
/** True peak relative to full scale (BS.1770-5 Annex 2). `-Infinity` is silence. */
export type Dbtp = Unit<"dBTP">;
/** A difference of two loudness values; also the loudness range (EBU Tech 3342). */
export type Lu = Unit<"LU">;
/** A gain. Positive is louder. */
export type Decibels = Unit<"dB">;
export type Seconds = Unit<"s">;

export const lufs = (value: number): Lufs => value as Lufs;
export const dbtp = (value: number): Dbtp => value as Dbtp;
export const lu = (value: number): Lu => value as Lu;
export const decibels = (value: number): Decibels => value as Decibels;
export const seconds = (value: number): Seconds => value as Seconds;

/** 20·log10: amplitude ratio to decibels; 0 gives `-Infinity`. */
export const amplitudeToDecibels = (ratio: number): Decibels => decibels(20 * Math.log10(ratio));
export const decibelsToAmplitude = (gain: number): number => 10 ** (gain / 20);
