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

export interface Decoding {
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
  /** Keeps the samples, when they are needed again. */
  readonly keep: Pick<Scratch, "write"> | null;
  /** Keeps what limiting is foreseen by. */
  readonly slices?: SliceStore;
  /** Seconds decoded so far. */
  onDecoded(seconds: number): void;
  /** Hears what ffmpeg says against the file, with the samples (per channel) that came before it. */
  onComplaint?(complaint: Complaint, at: number): void;
}

/** Samples come as they are decoded, so that it can be told before which of them ffmpeg complained. */
const atOnce = ["-flush_packets", "1"];

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
  const filters = [...trimming(decoding.stretch), ...(decoding.filters ?? [])];
  let samples = 0;
  ffmpeg.mount(
    PATHS.pcm,
    pcmSink((chunk) => {
      meter.push(chunk);
      keep?.write(
        samples * BYTES_PER_SAMPLE,
        new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength),
      );
      samples += chunk.length;
      decoding.onDecoded(samples / format.channels / format.sampleRate);
    }),
  );
  const args = [
    ...[...OPENING, ...(decoding.reading ?? []), "-i", decoding.path],
    ...["-map", `0:${decoding.stream}`, "-vn", "-sn", "-dn"],
    ...(filters.length > 0 ? ["-af", filters.join(",")] : []),
    // A sample format and channel count that hold for the whole file, whatever it does midway.
    ...(decoding.layout ? ["-channel_layout", decoding.layout] : ["-ac", String(format.channels)]),
    ...["-ar", String(format.sampleRate)],
    ...[...(decoding.onComplaint ? atOnce : []), "-c:a", "pcm_f32le", "-f", "f32le", PATHS.pcm],
  ];
  const run = ffmpeg.run(args, (complaint) =>
    decoding.onComplaint?.(complaint, samples / format.channels),
  );
  ffmpeg.unmount(PATHS.pcm);
  const frames = Math.floor(samples / format.channels);
  if (frames === 0) {
    meter.dispose();
    return null;
  }
  return { ...meter.finish(), frames, run };
}
