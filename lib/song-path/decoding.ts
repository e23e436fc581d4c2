import type { Complaint } from "@/lib/ffmpeg/complaint";
import type { Ffmpeg, RunResult } from "@/lib/ffmpeg/instance";
import { OPENING } from "@/lib/ffmpeg/opening";
import type { Probe } from "@/lib/ffmpeg/probe";
import {
  channelWeights,
  type Kernel,
  type MeterResult,
  type PcmFormat,
  type SliceStore,
} from "@/lib/kernel";
import type { Scratch } from "@/lib/storage/scratch";
import type { Stretch } from "./audio-part";
import { PATHS } from "./opening";
import { BYTES_PER_SAMPLE, pcmSink } from "./pcm";

export const pcmFormat = (probe: Pick<Probe, "format">, dualMono: boolean): PcmFormat => ({
  sampleRate: probe.format.sampleRate,
  channels: probe.format.channels,
  weights: channelWeights(probe.format.channelLayout, probe.format.channels),
  dualMono: dualMono && probe.format.channels === 1,
});

/** What of a file is decoded, and as what. */
export interface DecodedPart {
  readonly path: string;
  readonly format: PcmFormat;
  /** ffmpeg's name of the channel layout; asked for by count alone, ffmpeg would remix to its own. */
  readonly layout: string | null;
  /** Index of the stream within the file. */
  readonly stream: number;
  /** ffmpeg's options for its input. */
  readonly reading?: readonly string[];
  /** ffmpeg's filters on the way, in order. */
  readonly filters?: readonly string[];
  /** Where the music lies; absent = in all that ffmpeg gives. */
  readonly stretch?: Stretch;
}

export interface Decoding extends DecodedPart {
  /** Keeps the samples, when they are needed again. */
  readonly keep: Pick<Scratch, "write"> | null;
  /** Keeps what limiting is foreseen by. */
  readonly slices?: SliceStore;
  /** Seconds decoded so far. */
  onDecoded(seconds: number): void;
  /** Hears what ffmpeg says against the file. */
  readonly onComplaint?: (complaint: Complaint) => void;
}

export interface Decoded extends MeterResult {
  readonly frames: number;
  readonly run: RunResult;
}

function trimming(stretch: Stretch | undefined): string[] {
  const { start = 0, end = null } = stretch ?? {};
  const limits = [
    ...(start > 0 ? [`start_sample=${start}`] : []),
    ...(end === null ? [] : [`end_sample=${end}`]),
  ];
  if (limits.length === 0) return [];
  return [`atrim=${limits.join(":")}`, ...(start > 0 ? ["asetpts=PTS-STARTPTS"] : [])];
}

/** Decodes once, measuring on the way. Null when not a single frame came out. */
export function decode(ffmpeg: Ffmpeg, kernel: Kernel, decoding: Decoding): Decoded | null {
  const { format, keep } = decoding;
  const meter = kernel.meter(format, decoding.slices);
  let samples = 0;
  const take = (chunk: Float32Array) => {
    meter.push(chunk);
    keep?.write(
      samples * BYTES_PER_SAMPLE,
      new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength),
    );
    samples += chunk.length;
    decoding.onDecoded(samples / format.channels / format.sampleRate);
  };
  const run = decodePart(ffmpeg, decoding, { take, hear: decoding.onComplaint });
  const frames = Math.floor(samples / format.channels);
  if (frames === 0) {
    meter.dispose();
    return null;
  }
  return { ...meter.finish(), frames, run };
}

interface Listener {
  /** Gets interleaved samples, many at once. */
  readonly take: (samples: Float32Array) => void;
  readonly hear?: ((complaint: Complaint) => void) | undefined;
  /** Each packet's samples as they are decoded, before ffmpeg says anything of the next. */
  readonly atOnce?: boolean;
}

export function decodePart(
  ffmpeg: Ffmpeg,
  part: DecodedPart,
  { take, hear, atOnce = false }: Listener,
): RunResult {
  const { format } = part;
  const filters = [...trimming(part.stretch), ...(part.filters ?? [])];
  ffmpeg.mount(PATHS.pcm, pcmSink(take));
  const args = [
    ...[...OPENING, ...(part.reading ?? []), "-i", part.path],
    ...["-map", `0:${part.stream}`, "-vn", "-sn", "-dn"],
    ...(filters.length > 0 ? ["-af", filters.join(",")] : []),
    // A sample format and channel count that hold for the whole file, whatever it does midway.
    ...(part.layout ? ["-channel_layout", part.layout] : ["-ac", String(format.channels)]),
    ...["-ar", String(format.sampleRate)],
    ...(atOnce ? ["-flush_packets", "1"] : []),
    ...["-c:a", "pcm_f32le", "-f", "f32le", PATHS.pcm],
  ];
  const run = ffmpeg.run(args, hear);
  ffmpeg.unmount(PATHS.pcm);
  return run;
}
