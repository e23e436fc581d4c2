/** y = b0·x + b1·x₋₁ + b2·x₋₂ - a1·y₋₁ - a2·y₋₂ */
export interface Biquad {
  readonly b: readonly [number, number, number];
  readonly a: readonly [number, number];
}

/**
 * The two K-weighting filters (BS.1770-5 Annex 1) at any rate. The standard tabulates them at
 * 48 kHz only; these are the analogue prototypes behind that table, as FFmpeg and libebur128 use
 * them, through the bilinear transform.
 *
 * The table leaves the numerator of the high-pass at 1, -2, 1 instead of dividing it by a0, which
 * is a gain of 0.04 dB at 48 kHz and another one at any other rate. The standard asks for the same
 * response at all rates, so the gain of 48 kHz is kept: it is moved into the shelf. Others leave it
 * be, and read up to 0.03 LU differently at other rates.
 */
export function kWeighting(sampleRate: number): { shelf: Biquad; highPass: Biquad } {
  const high = highPass(sampleRate);
  const { b, a } = shelf(sampleRate);
  const scale = highPass(48_000).a0 / high.a0;
  return {
    shelf: { b: [b[0] * scale, b[1] * scale, b[2] * scale], a },
    highPass: high,
  };
}

function shelf(sampleRate: number): Biquad {
  const k = Math.tan((Math.PI * 1681.974450955533) / sampleRate);
  const q = 0.7071752369554196;
  const high = 10 ** (3.999843853973347 / 20);
  const band = high ** 0.4996667741545416;
  const a0 = 1 + k / q + k * k;
  return {
    b: [
      (high + (band * k) / q + k * k) / a0,
      (2 * (k * k - high)) / a0,
      (high - (band * k) / q + k * k) / a0,
    ],
    a: [(2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0],
  };
}

function highPass(sampleRate: number): Biquad & { readonly a0: number } {
  const k = Math.tan((Math.PI * 38.13547087602444) / sampleRate);
  const q = 0.5003270373238773;
  const a0 = 1 + k / q + k * k;
  return { b: [1, -2, 1], a: [(2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0], a0 };
}
