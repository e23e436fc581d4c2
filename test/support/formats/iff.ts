import { big, join, little, zeros } from "./bytes";

export const chunk = (id: string, content: Uint8Array | string): Uint8Array =>
  join(id, little(content.length, 4), content, zeros(content.length % 2));
export const wav = (...chunks: readonly Uint8Array[]): Uint8Array => {
  const body = join("WAVE", ...chunks);
  return join("RIFF", little(body.length, 4), body);
};
/** PCM, 44.1 kHz, 16 bit. */
export const fmt = (channels = 2): Uint8Array =>
  chunk(
    "fmt ",
    join(
      little(1, 2),
      little(channels, 2),
      little(44100, 4),
      little(88200 * channels, 4),
      little(2 * channels, 2),
      little(16, 2),
    ),
  );

export const bigChunk = (id: string, content: Uint8Array | string): Uint8Array =>
  join(id, big(content.length, 4), content, zeros(content.length % 2));
export const aiff = (...chunks: readonly Uint8Array[]): Uint8Array => {
  const body = join("AIFF", ...chunks);
  return join("FORM", big(body.length, 4), body);
};
export const comm = (frames: number): Uint8Array =>
  bigChunk("COMM", join(big(2, 2), big(frames, 4), big(16, 2), zeros(10)));

export interface ReadChunk {
  readonly id: string;
  readonly content: Uint8Array;
}
/** All chunks; throws unless they fill the file and the form's size says so. */
export function chunks(bytes: Uint8Array, order: "little" | "big" = "little"): ReadChunk[] {
  const view = Buffer.from(bytes);
  const size = (at: number) => (order === "little" ? view.readUInt32LE(at) : view.readUInt32BE(at));
  if (size(4) !== bytes.length - 8) throw new Error(`form says ${size(4)} of ${bytes.length - 8}`);
  const found: ReadChunk[] = [];
  let at = 12;
  while (at < bytes.length) {
    const length = size(at + 4);
    found.push({
      id: view.toString("latin1", at, at + 4),
      content: bytes.subarray(at + 8, at + 8 + length),
    });
    at += 8 + length + (length % 2);
  }
  if (at !== bytes.length) throw new Error(`chunks end at ${at} of ${bytes.length}`);
  return found;
}
