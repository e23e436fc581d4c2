import type { Ffmpeg } from "@/lib/ffmpeg/instance";
import { PATHS } from "../opening";
import { pcmSource } from "../pcm";

/**
 * How the blocks of an encode are put beside those of its source. A Vorbis song that is encoded to
 * Vorbis loses most where its new blocks begin with the old ones (docs/decisions/0014). So a little more
 * than the song is encoded, and the packets before the song are dropped: it begins with a block then.
 */
export interface GridShift {
  /** To be encoded before the song, mirrored from its beginning. */
  readonly frames: number;
  /** Those to drop. */
  readonly packets: number;
}

/** The song's beginning, as it will be encoded. */
export interface Beginning {
  readonly samples: Float32Array;
  readonly channels: number;
  /** ffmpeg's options for raw samples of this format. */
  readonly input: readonly string[];
}

/** Frames that are tried first: libvorbis begins with short blocks, one or more, then goes on with long ones. */
const usual = [1728, 704, 576, 1600, 832];
/** What is tried after them is what was seen, up to here. */
const LONGEST = 4096;
const MOST_TRIALS = 8;
/** Frames after the shift that show where its blocks lie. */
const SHOWN = 6144;
/** Packets of the source that show the same. */
const PACKETS = 24;
const PACKET_LIST = "/song/packets";

/** Null where the source's blocks lie elsewhere anyway, or the encoder's cannot be told. */
export function gridShift(
  ffmpeg: Ffmpeg,
  stream: number,
  beginning: Beginning,
  encoder: readonly string[],
): GridShift | null {
  if (beginning.samples.length < (LONGEST + SHOWN) * beginning.channels) return null;
  const copied = ["-map", `0:${stream}`, "-c", "copy", "-frames:a", String(PACKETS)];
  const source = blocksOf(ffmpeg, ["-i", PATHS.audio, ...copied]);
  const shifted = phaseOf(source);
  if (shifted === null || Math.min(shifted, source.hop - shifted) < source.hop / 8) return null;
  const tried = new Set<number>();
  const waiting = [...usual];
  while (tried.size < MOST_TRIALS) {
    const frames = waiting.find((each) => !tried.has(each));
    if (frames === undefined) break;
    tried.add(frames);
    const blocks = blocksAfterLead(ffmpeg, beginning, frames, encoder);
    const packets = blocks.starts.indexOf(frames);
    if (packets > 0 && isLong(blocks, packets)) return { frames, packets };
    const seen = blocks.starts.filter((start, i) => isLong(blocks, i) && start <= LONGEST);
    waiting.push(...seen.filter((start) => start > 0));
  }
  return null;
}

function blocksAfterLead(
  ffmpeg: Ffmpeg,
  beginning: Beginning,
  frames: number,
  encoder: readonly string[],
): Blocks {
  const { channels, input } = beginning;
  let given: Float32Array | null = withLead(beginning, frames).subarray(
    0,
    (frames + SHOWN) * channels,
  );
  const source = pcmSource(given.byteLength, () => {
    const chunk = given;
    given = null;
    return chunk;
  });
  ffmpeg.mount(PATHS.pcm, source);
  const blocks = blocksOf(ffmpeg, [...input, "-i", PATHS.pcm, ...encoder]);
  ffmpeg.unmount(PATHS.pcm);
  return blocks;
}

/** What encodes the song with this shift: bitstream filters for ffmpeg. */
export const shiftArgs = ({ frames, packets }: GridShift): readonly string[] => [
  "-bsf:a",
  `noise=drop=lt(n\\,${packets}),setts=ts=TS-${frames}`,
];

/** The beginning after as much of it backwards, so that nothing breaks off between them. */
export function withLead({ samples, channels }: Beginning, frames: number): Float32Array {
  const all = new Float32Array(samples.length + frames * channels);
  for (let frame = 0; frame < frames; frame++) {
    const from = (frames - frame) * channels;
    all.set(samples.subarray(from, from + channels), frame * channels);
  }
  all.set(samples, frames * channels);
  return all;
}

interface Blocks {
  /** The frame at which what each packet completes ends, and the next one's begins. */
  readonly starts: readonly number[];
  /** Frames between two long blocks. */
  readonly hop: number;
}

/** Where packets lie, by ffmpeg's own list of them. */
function blocksOf(ffmpeg: Ffmpeg, args: readonly string[]): Blocks {
  const pieces: Uint8Array[] = [];
  let size = 0;
  ffmpeg.mount(PACKET_LIST, {
    get size() {
      return size;
    },
    write(_, bytes) {
      pieces.push(bytes.slice());
      size += bytes.length;
    },
  });
  ffmpeg.run([...args, "-f", "framecrc", PACKET_LIST]);
  ffmpeg.unmount(PACKET_LIST);
  const text = pieces.map((piece) => new TextDecoder().decode(piece)).join("");
  // Stream, decoding and presentation time, duration, size, checksum.
  const durations = text
    .split("\n")
    .filter((line) => /^\d/.test(line))
    .map((line) => Number(line.split(",")[3]));
  // The first packet only prepares the second.
  let at = 0;
  const starts = durations.map((duration, i) => (at += i === 0 ? 0 : duration));
  return { starts, hop: Math.max(0, ...durations) };
}

/** Between this packet and the next all is long blocks. */
const isLong = ({ starts, hop }: Blocks, packet: number): boolean =>
  starts[packet + 1] === starts[packet]! + hop;

/** Where long blocks begin; null where there are none. */
function phaseOf(blocks: Blocks): number | null {
  const start = blocks.starts.find((_, packet) => isLong(blocks, packet));
  return start === undefined ? null : start % blocks.hop;
}
