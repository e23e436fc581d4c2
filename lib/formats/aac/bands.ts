/**
 * Scale factor bands (ISO/IEC 14496-3, tables 4.129 to 4.147), for frames of 1024 samples: widths in
 * coefficients, `width*count` where several are alike.
 */
const long: Readonly<Record<string, string>> = {
  96: "4*14 8*5 12*5 16*2 24 28 36 44 64*11",
  64: "4*14 8*4 12*3 16*3 20 24*2 28 36 40*18",
  48: "4*10 8*7 12*4 16*2 20*2 24*2 28*2 32*19 96",
  32: "4*10 8*7 12*4 16*2 20*2 24*2 28*2 32*22",
  24: "4*11 8*10 12*4 16*3 20*2 24*2 28*2 32 36*2 40 44 48 52*2 64*5",
  16: "8*11 12*9 16*4 20*3 24*2 28*2 32 36 40*2 44 48 52 56 60 64*3",
  8: "12*13 16*7 20*4 24*3 28*2 32 36*2 40 44 48 52 56 60 64 80",
};
const short: Readonly<Record<string, string>> = {
  96: "4*6 8*3 16 28 36",
  64: "4*6 8*3 16 28 36",
  48: "4*5 8*3 12*3 16*3",
  32: "4*5 8*3 12*3 16*3",
  24: "4*7 8*3 12*2 16*2 20",
  16: "4*8 8*2 12*2 16 20*2",
  8: "4*7 8*4 12 16 20*2",
};
/** The table of each sampling frequency index: 96, 88.2, 64, 48, 44.1, 32 … 7.35 kHz. */
const tableOf = [96, 96, 64, 48, 48, 32, 24, 24, 16, 16, 16, 8, 8];

export const sampleRates: readonly number[] = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000,
  7350,
];

/** Where bands begin, and where the last one ends. */
const offsets = (widths: string): number[] => {
  const starts = [0];
  for (const run of widths.split(" ")) {
    const [width = 0, count = 1] = run.split("*").map(Number);
    for (let i = 0; i < count; i++) starts.push(starts.at(-1)! + width);
  }
  return starts;
};

export interface Bands {
  readonly long: readonly number[];
  readonly short: readonly number[];
}

/** By sampling frequency index, 0 to 12. */
export const bands: readonly Bands[] = tableOf.map((table) => ({
  long: offsets(long[table]!),
  short: offsets(short[table]!),
}));
