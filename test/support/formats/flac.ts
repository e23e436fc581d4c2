import { big, join, little, zeros } from "./bytes";

export const flacBlock = (type: number, content: Uint8Array | string, last = false): Uint8Array =>
  join([type | (last ? 0x80 : 0)], big(content.length, 3), content);

/** 44.1 kHz, stereo, 16 bit; `seed` tells one file's from another's. */
export const streamInfo = (samples: number, seed = 0): Uint8Array =>
  join(
    big(4096, 2),
    big(4096, 2),
    zeros(6),
    [0x0a, 0xc4, 0x42, 0xf0],
    big(samples, 4),
    new Uint8Array(16).fill(seed),
  );

export const flacAudio = (length: number, fill: number): Uint8Array =>
  join([0xff, 0xf8], new Uint8Array(length).fill(fill));

export const vorbisComment = (vendor: string, entries: readonly string[]): Uint8Array => {
  const sized = (value: string) => join(little(value.length, 4), value);
  return join(sized(vendor), little(entries.length, 4), ...entries.map(sized));
};

export const flacPicture = (data: Uint8Array): Uint8Array =>
  join(
    big(3, 4),
    big(10, 4),
    "image/jpeg",
    big(5, 4),
    "front",
    zeros(16),
    big(data.length, 4),
    data,
  );

/** Blocks behind STREAMINFO; the last one gets its flag. */
export function flac(
  info: Uint8Array,
  blocks: ReadonlyArray<readonly [type: number, content: Uint8Array | string]>,
  audio: Uint8Array,
): Uint8Array {
  const all = [[0, info] as const, ...blocks];
  return join(
    "fLaC",
    ...all.map(([type, content], index) => flacBlock(type, content, index === all.length - 1)),
    audio,
  );
}
