import { big, join, noise, syncsafe, zeros } from "./bytes";

/** MPEG-1 layer III, 128 kbit/s, 44.1 kHz, stereo: 417 bytes a frame, filled so that no other starts. */
export const mp3Audio = (frames: number, fill = 0x55): Uint8Array =>
  join(
    ...Array.from({ length: frames }, () =>
      join([0xff, 0xfb, 0x90, 0x00], new Uint8Array(413).fill(fill)),
    ),
  );

/** A first frame with a Xing header and LAME's extension. */
export function lameFrame(frames: number, delay: number, padding: number): Uint8Array {
  const extension = join("LAME3.100", zeros(12), big(delay * 4096 + padding, 3));
  const content = join("Xing", big(1, 4), big(frames, 4), extension);
  return join([0xff, 0xfb, 0x90, 0x00], zeros(32), content, zeros(417 - 36 - content.length));
}

export const frame22 = (id: string, content: Uint8Array | string): Uint8Array =>
  join(id, big(content.length, 3), content);
export const frame23 = (id: string, content: Uint8Array | string, flags = 0): Uint8Array =>
  join(id, big(content.length, 4), big(flags, 2), content);
export const frame24 = (id: string, content: Uint8Array | string, flags = 0): Uint8Array =>
  join(id, syncsafe(content.length), big(flags, 2), content);

export const stuffed = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from(
    [...bytes].flatMap((byte, i) => {
      const next = bytes[i + 1];
      return byte === 0xff && (next === undefined || next === 0 || next >= 0xe0)
        ? [byte, 0]
        : [byte];
    }),
  );

export interface TagShape {
  readonly version: 2 | 3 | 4;
  readonly flags?: number;
  readonly footer?: boolean;
  /** Instead of the right size. */
  readonly size?: number;
}

export function id3v2(
  { version, flags = 0, footer = false, size }: TagShape,
  body: Uint8Array,
): Uint8Array {
  const stored = version < 4 && flags & 0x80 ? stuffed(body) : body;
  const head = join([version, 0, flags | (footer ? 0x10 : 0)], syncsafe(size ?? stored.length));
  return join("ID3", head, stored, footer ? join("3DI", head) : zeros(0));
}

export const text = (value: string): string => `\0${value}`;
export const txxx = (name: string, value: string): string => `\0${name}\0${value}`;
const jpeg = (length: number): Uint8Array => join([0xff, 0xd8, 0xff, 0xe0], noise(length));
export const apic = (length: number): Uint8Array => join("\0image/jpeg\0\x03front\0", jpeg(length));

export const id3v1 = (title: string): Uint8Array =>
  join(
    "TAG",
    title.padEnd(30, "\0"),
    "Artist".padEnd(30, "\0"),
    "Album".padEnd(30, "\0"),
    "1999",
    zeros(28),
    [0, 7, 12],
  );

export function ape(items: ReadonlyArray<readonly [string, string]>, header = true): Uint8Array {
  const body = join(
    ...items.map(([key, value]) => join(little4(value.length), little4(0), key, [0], value)),
  );
  const block = (flags: number) =>
    join(
      "APETAGEX",
      little4(2000),
      little4(body.length + 32),
      little4(items.length),
      little4(flags),
      zeros(8),
    );
  const has = header ? 0x8000_0000 : 0;
  return join(header ? block(has + 0x2000_0000) : zeros(0), body, block(has));
}
const little4 = (value: number): Uint8Array => big(value, 4).toReversed();

export const lyrics3 = (words: string): Uint8Array => {
  const body = `LYRICSBEGININD0000210LYR${String(words.length).padStart(5, "0")}${words}`;
  return join(body, String(body.length).padStart(6, "0"), "LYRICS200");
};
