/** Power spectra of two real signals by one complex transform; `size` is a power of two. */
export class PairSpectrum {
  readonly #size: number;
  readonly #window: Float64Array;
  readonly #cosines: Float64Array;
  readonly #sines: Float64Array;
  readonly #reversed: Uint32Array;
  readonly #re: Float64Array;
  readonly #im: Float64Array;

  constructor(size: number) {
    const bits = Math.log2(size);
    this.#size = size;
    // Hann.
    this.#window = Float64Array.from(
      { length: size },
      (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size),
    );
    const angles = Array.from({ length: size / 2 }, (_, i) => (-2 * Math.PI * i) / size);
    this.#cosines = Float64Array.from(angles, Math.cos);
    this.#sines = Float64Array.from(angles, Math.sin);
    this.#reversed = new Uint32Array(size);
    for (let i = 1; i < size; i++) {
      this.#reversed[i] = (this.#reversed[i >> 1]! >> 1) | ((i & 1) << (bits - 1));
    }
    this.#re = new Float64Array(size);
    this.#im = new Float64Array(size);
  }

  /** Calls `visit` with the power of both in each bin, from 0 to half of the size. */
  of(
    first: ArrayLike<number>,
    second: ArrayLike<number>,
    at: number,
    visit: (bin: number, first: number, second: number) => void,
  ): void {
    const [size, re, im] = [this.#size, this.#re, this.#im];
    for (let i = 0; i < size; i++) {
      const to = this.#reversed[i]!;
      re[to] = first[at + i]! * this.#window[i]!;
      im[to] = second[at + i]! * this.#window[i]!;
    }
    this.#transform();
    for (let bin = 0; bin <= size / 2; bin++) {
      const mirrored = (size - bin) % size;
      const [a, b, c, d] = [re[bin]!, im[bin]!, re[mirrored]!, im[mirrored]!];
      visit(bin, ((a + c) ** 2 + (b - d) ** 2) / 4, ((b + d) ** 2 + (c - a) ** 2) / 4);
    }
  }

  #transform(): void {
    const [size, re, im] = [this.#size, this.#re, this.#im];
    for (let half = 1; half < size; half *= 2) {
      const step = size / (2 * half);
      for (let i = 0; i < half; i++) {
        const [cosine, sine] = [this.#cosines[i * step]!, this.#sines[i * step]!];
        for (let low = i; low < size; low += 2 * half) {
          const high = low + half;
          const real = re[high]! * cosine - im[high]! * sine;
          const imaginary = re[high]! * sine + im[high]! * cosine;
          re[high] = re[low]! - real;
          im[high] = im[low]! - imaginary;
          re[low] = re[low]! + real;
          im[low] = im[low]! + imaginary;
        }
      }
    }
  }
}
