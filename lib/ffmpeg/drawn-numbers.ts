import type { VirtualFile } from "./instance";

/** Where ffmpeg draws numbers from, such as the serial number of an Ogg stream (`av_get_random_seed`). */
export const RANDOM_PATH = "/dev/urandom";

/**
 * Numbers that follow from `bytes`, so that the same song becomes the same file each time and
 * everywhere, and different songs get different ones.
 */
export function drawnNumbers(bytes: Uint8Array): VirtualFile {
  // FNV-1a
  let seed = 0x811c9dc5;
  for (const byte of bytes) seed = Math.imul(seed ^ byte, 0x01000193);
  return {
    size: 2 ** 31 - 1,
    read(position, target) {
      for (let i = 0; i < target.length; i++) target[i] = mixed(seed, position + i);
      return target.length;
    },
  };
}

/** One byte, by the finalizer of MurmurHash3, which changes with each bit of both. */
function mixed(seed: number, position: number): number {
  let hash = seed ^ Math.imul(position + 1, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) & 0xff;
}
