import { big, join, noise, zeros } from "./bytes";

export const box = (
  type: string,
  ...contents: ReadonlyArray<Uint8Array | string | readonly number[]>
): Uint8Array => {
  const content = join(...contents);
  return join(big(content.length + 8, 4), type, content);
};

export const item = (type: string, value: Uint8Array | string, flags = 1): Uint8Array =>
  box(type, box("data", big(flags, 4), zeros(4), value));
export const freeform = (name: string, value: string, mean = "com.apple.iTunes"): Uint8Array =>
  box(
    "----",
    box("mean", zeros(4), mean),
    box("name", zeros(4), name),
    box("data", big(1, 4), zeros(4), value),
  );

export const meta = (...items: readonly Uint8Array[]): Uint8Array =>
  box(
    "meta",
    zeros(4),
    box("hdlr", zeros(8), "mdirappl", zeros(9)),
    box("ilst", ...items),
    box("free", zeros(20)),
  );
export const udta = (...children: readonly Uint8Array[]): Uint8Array => box("udta", ...children);
export const ftyp = box("ftyp", "M4A ", zeros(4), "M4A isom");

export interface TrackShape {
  readonly id?: number;
  readonly handler?: string;
  readonly entry?: string;
  /** Boxes in the sample entry. */
  readonly description?: Uint8Array;
  readonly language?: number;
  /** Length of each sample, all in one chunk, or each in its own with `gap` bytes in between. */
  readonly sizes: readonly number[];
  readonly gap?: number;
  readonly offset: number;
  readonly wide?: boolean;
  readonly stts?: ReadonlyArray<readonly [count: number, delta: number]>;
  readonly edit?: readonly [duration: number, mediaTime: number];
  readonly extra?: readonly Uint8Array[];
}

export function trak(shape: TrackShape): Uint8Array {
  const {
    id = 1,
    handler = "soun",
    entry = "mp4a",
    description = zeros(0),
    language = 0x55c4,
    sizes,
    offset,
    wide = false,
    stts = [],
    edit,
    extra = [],
    gap,
  } = shape;
  const offsets =
    gap === undefined
      ? [offset]
      : sizes.map((_, index) =>
          sizes.slice(0, index).reduce((sum, size) => sum + size + gap, offset),
        );
  const stbl = box(
    "stbl",
    box("stsd", zeros(4), big(1, 4), box(entry, zeros(28), description)),
    box(
      "stts",
      zeros(4),
      big(stts.length, 4),
      ...stts.map(([count, delta]) => join(big(count, 4), big(delta, 4))),
    ),
    box(
      "stsc",
      zeros(4),
      big(1, 4),
      big(1, 4),
      big(gap === undefined ? sizes.length : 1, 4),
      big(1, 4),
    ),
    box("stsz", zeros(8), big(sizes.length, 4), ...sizes.map((size) => big(size, 4))),
    box(
      wide ? "co64" : "stco",
      zeros(4),
      big(offsets.length, 4),
      ...offsets.map((at) => big(at, wide ? 8 : 4)),
    ),
  );
  const dinf = box("dinf", box("dref", zeros(4), big(1, 4), box("url ", big(1, 4))));
  return box(
    "trak",
    box("tkhd", big(7, 4), zeros(8), big(id, 4), zeros(4), big(1000, 4), zeros(60)),
    ...(edit === undefined
      ? []
      : [
          box(
            "edts",
            box("elst", zeros(4), big(1, 4), big(edit[0], 4), big(edit[1], 4), big(0x10000, 4)),
          ),
        ]),
    ...extra,
    box(
      "mdia",
      box("mdhd", zeros(12), big(44100, 4), big(44100, 4), big(language, 2), zeros(2)),
      box("hdlr", zeros(8), handler, zeros(13)),
      box("minf", box("smhd", zeros(8)), dinf, stbl),
    ),
  );
}

export const mvhd = (timescale = 1000): Uint8Array =>
  box("mvhd", zeros(12), big(timescale, 4), big(1000, 4), zeros(76), big(2, 4));

/** Track numbers that its audio refers to as chapters. */
export const chapterReference = (...ids: readonly number[]): Uint8Array =>
  box("tref", box("chap", ...ids.map((id) => big(id, 4))));

export interface FileShape {
  readonly first?: "moov" | "mdat";
  readonly media?: Uint8Array;
  /** Children of `moov` behind the track. */
  readonly rest?: readonly Uint8Array[];
  readonly track?: Omit<TrackShape, "offset" | "sizes">;
  readonly extraTracks?: (end: number) => readonly Uint8Array[];
}

/** One track with one chunk of three samples that fill `mdat`. */
export function mp4({
  first = "mdat",
  media = noise(300),
  rest = [],
  track = {},
  extraTracks,
}: FileShape = {}): Uint8Array {
  const sizes = [100, 100, media.length - 200];
  const moov = (offset: number) =>
    box(
      "moov",
      mvhd(),
      trak({ ...track, sizes, offset }),
      ...(extraTracks?.(offset + media.length) ?? []),
      ...rest,
    );
  const mdat = box("mdat", media);
  return first === "moov"
    ? join(ftyp, moov(ftyp.length + moov(0).length + 8), mdat)
    : join(ftyp, mdat, moov(ftyp.length + 8));
}

export interface ReadBox {
  readonly type: string;
  readonly start: number;
  readonly content: Uint8Array;
}
export function boxes(bytes: Uint8Array, start = 0): ReadBox[] {
  const view = Buffer.from(bytes);
  const found: ReadBox[] = [];
  for (let at = start; at + 8 <= bytes.length;) {
    const size = view.readUInt32BE(at);
    if (size < 8 || at + size > bytes.length) throw new Error(`bad box at ${at}`);
    found.push({
      type: view.toString("latin1", at + 4, at + 8),
      start: at,
      content: bytes.subarray(at + 8, at + size),
    });
    at += size;
  }
  return found;
}

/** The content of the box at a path; `meta` children start behind its version. */
export function inside(bytes: Uint8Array, ...path: readonly string[]): Uint8Array | null {
  let current = bytes;
  for (const [index, type] of path.entries()) {
    const found = boxes(current, path[index - 1] === "meta" ? 4 : 0).find(
      (one) => one.type === type,
    );
    if (found === undefined) return null;
    current = found.content;
  }
  return current;
}

/** Samples of a track with one chunk, or with as many chunks as samples, by its own tables. */
export function samplesOf(file: Uint8Array, trakContent: Uint8Array): Uint8Array[] {
  const stbl = (type: string) =>
    Buffer.from(inside(trakContent, "mdia", "minf", "stbl", type) ?? zeros(0));
  const [narrow, wide, sizes] = [stbl("stco"), stbl("co64"), stbl("stsz")];
  const count = (narrow.length > 0 ? narrow : wide).readUInt32BE(4);
  const offsetOf = (chunk: number) =>
    narrow.length > 0
      ? narrow.readUInt32BE(8 + chunk * 4)
      : Number(wide.readBigUInt64BE(8 + chunk * 8));
  let at = offsetOf(0);
  return Array.from({ length: sizes.readUInt32BE(8) }, (_, i) => {
    const size = sizes.readUInt32BE(12 + i * 4);
    if (count > 1) at = offsetOf(i);
    at += size;
    return file.subarray(at - size, at);
  });
}
