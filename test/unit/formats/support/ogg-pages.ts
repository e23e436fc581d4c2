/** Builds Ogg Opus files page by page (RFC 3533, RFC 7845), apart from the code under test. */
import { join } from "./mp3-frames";

const le = (value: number, bytes: number) =>
  Array.from({ length: bytes }, (_, i) => Math.floor(value / 2 ** (8 * i)) & 255);

/** Bit by bit: polynomial 0x04c11db7, start 0, no reflection. */
const crc32 = (bytes: Uint8Array): number => {
  let crc = 0;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      const carry = (crc >>> 31) ^ ((byte >> bit) & 1);
      crc = ((crc << 1) ^ (carry ? 0x04c11db7 : 0)) >>> 0;
    }
  }
  return crc;
};

export interface PageSpec {
  readonly serial?: number;
  readonly first?: boolean;
  readonly continued?: boolean;
  /** The last packet goes on on the next page; its length here must be a multiple of 255. */
  readonly open?: boolean;
  readonly packets: readonly Uint8Array[];
}

export const page = ({ serial = 1, first, continued, open, packets }: PageSpec): Uint8Array => {
  const lacing = packets.flatMap((packet, i) => {
    const full = new Array<number>(Math.floor(packet.length / 255)).fill(255);
    return open && i === packets.length - 1 ? full : [...full, packet.length % 255];
  });
  const flags = (continued ? 1 : 0) + (first ? 2 : 0);
  const built = join(
    "OggS",
    [0, flags],
    le(0, 8),
    le(serial, 4),
    le(0, 4),
    le(0, 4),
    [lacing.length, ...lacing],
    ...packets,
  );
  built.set(le(crc32(built), 4), 22);
  return built;
};

/** `gain` in 1/256 dB. */
export const opusHead = (gain: number, channels = 2): Uint8Array =>
  join("OpusHead", [1, channels], le(312, 2), le(48_000, 4), le(gain & 0xffff, 2), [0]);

const opusTags = (...comments: readonly string[]): Uint8Array =>
  join(
    "OpusTags",
    le(6, 4),
    "vendor",
    le(comments.length, 4),
    ...comments.map((comment) => join(le(comment.length, 4), comment)),
  );

export const opusStream = (
  gain: number,
  { serial = 1, comments = [] as readonly string[] } = {},
): Uint8Array =>
  join(
    page({ serial, first: true, packets: [opusHead(gain)] }),
    page({ serial, packets: [opusTags(...comments)] }),
    page({ serial, packets: [join("audio OggS OpusHead"), new Uint8Array(300).fill(serial)] }),
  );
