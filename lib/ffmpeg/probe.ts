import * as z from "zod/mini";
import type { SourceFormat } from "@/lib/song/source-format";
import { seconds, type Seconds } from "@/lib/loudness/units";

/** What ffprobe tells of a file, in our own terms. */
export interface Probe {
  readonly format: SourceFormat;
  /** Declared length; null where the container does not tell. Decoding tells the true one. */
  readonly duration: Seconds | null;
  /** ffmpeg's sample format of the decoder's output: s16, s32p, fltp, … */
  readonly sampleFormat: string;
  readonly profile: string | null;
  /** Indices of attached pictures among the video streams. */
  readonly covers: readonly number[];
  /** A moving picture is in the file too. */
  readonly hasVideo: boolean;
  /** The audio stream's index within the file. */
  readonly streamIndex: number;
}

type ProbeRefusal = "not-audio" | "no-audio-stream" | "unsupported-codec";

const digits = z.optional(z.string());
const stream = z.object({
  index: z.number(),
  codec_type: z.optional(z.string()),
  codec_name: z.optional(z.string()),
  profile: z.optional(z.string()),
  sample_fmt: z.optional(z.string()),
  sample_rate: digits,
  channels: z.optional(z.int().check(z.gte(0))),
  channel_layout: z.optional(z.string()),
  bits_per_sample: z.optional(z.number()),
  bits_per_raw_sample: digits,
  bit_rate: digits,
  duration: digits,
  disposition: z.optional(
    z.object({ attached_pic: z.optional(z.number()), default: z.optional(z.number()) }),
  ),
});
const answer = z.object({
  streams: z.optional(z.array(stream)),
  format: z.optional(
    z.object({
      format_name: z.optional(z.string()),
      duration: digits,
      bit_rate: digits,
      size: digits,
    }),
  ),
});

const number = (text: string | undefined): number | null => {
  const value = Number(text);
  return text !== undefined && Number.isFinite(value) && value > 0 ? value : null;
};

/** Vorbis files without a nominal rate come with 2³² - 2. */
const rateOf = (text: string | undefined): number | null => {
  const rate = number(text);
  return rate !== null && rate < 2 ** 31 ? rate : null;
};

/**
 * Names ffprobe's demuxers that read text, lists of other files, or pictures: whatever they make
 * of a song file, it is no song, and a list must never make ffmpeg open what it names.
 */
const notSongs =
  /^(image2|.*_pipe|concat|concatf|hls|dash|imf|tty|ffmetadata|srt|ass|webvtt|lrc|subviewer.*|microdvd|sdp|gif|ico|apng|rawvideo|bin|xbin|adf|idf|txd)$/;

export function readProbe(json: unknown): Probe | ProbeRefusal {
  const parsed = answer.safeParse(json);
  if (!parsed.success || !parsed.data.format?.format_name) return "not-audio";
  const { format, streams = [] } = parsed.data;
  const demuxer = parsed.data.format.format_name;
  if (notSongs.test(demuxer.split(",")[0]!)) return "not-audio";

  const videos = streams.filter((each) => each.codec_type === "video");
  const covers = videos.flatMap((each, index) => (each.disposition?.attached_pic ? [index] : []));
  const sounds = streams.filter((each) => each.codec_type === "audio");
  // MKV's FlagDefault, MP4's enabled tracks.
  const audio = sounds.find((each) => each.disposition?.default === 1) ?? sounds[0];
  if (!audio) return "no-audio-stream";
  const sampleRate = decodedRate(audio.codec_name, number(audio.sample_rate));
  if (!audio.codec_name || audio.codec_name === "none" || !audio.channels || !sampleRate) {
    return "unsupported-codec";
  }
  // What the meter takes (lib/kernel/format.ts); beyond it is no music but a broken header.
  const meterable =
    sampleRate >= 4000 && sampleRate <= HIGHEST_RATE && Number.isInteger(sampleRate);
  if (!meterable || audio.channels > 64) return "unsupported-codec";

  const codec = audio.codec_name;
  const lossless = isLossless(codec, audio.profile ?? null);
  return {
    format: {
      container: containerOf(demuxer, codec),
      codec,
      sampleRate,
      channels: audio.channels,
      channelLayout: audio.channel_layout ?? null,
      bitRate: rateOf(audio.bit_rate) ?? (streams.length === 1 ? rateOf(format?.bit_rate) : null),
      bitDepth: lossless ? bitDepthOf(audio) : null,
      lossless,
      soundTracks: sounds.length,
    },
    duration: durationOf(audio.duration, format?.duration),
    sampleFormat: audio.sample_fmt ?? "fltp",
    profile: audio.profile ?? null,
    covers,
    hasVideo: videos.length > covers.length,
    streamIndex: audio.index,
  };
}

/** Hz, what the meter takes. */
const HIGHEST_RATE = 768_000;

/** DSD of many times the usual rate is decoded to PCM that nothing else can hold: to half of it. */
function decodedRate(codec: string | undefined, rate: number | null): number | null {
  let decoded = rate;
  if (codec?.startsWith("dsd_")) while (decoded !== null && decoded > HIGHEST_RATE) decoded /= 2;
  return decoded;
}

function durationOf(...texts: readonly (string | undefined)[]): Seconds | null {
  const value = texts.map(number).find((each) => each !== null);
  return value === undefined || value === null ? null : seconds(value);
}

function bitDepthOf(audio: z.infer<typeof stream>): number | null {
  const raw = number(audio.bits_per_raw_sample) ?? (audio.bits_per_sample || null);
  if (raw) return raw;
  switch (audio.sample_fmt?.replace("p", "")) {
    case "u8":
      return 8;
    case "s16":
      return 16;
    case "s32":
    case "flt":
      return 32;
    case "dbl":
      return 64;
    default:
      return null;
  }
}

const losslessCodecs =
  /^(flac|alac|wavpack|tta|ape|tak|shorten|als|mlp|truehd|wmalossless|ralf|dst|dsd_.*|pcm_.*)$/;
const lossyPcm = /^pcm_(alaw|mulaw|vidc)$/;

function isLossless(codec: string, profile: string | null): boolean {
  if (codec === "dts") return profile === "DTS-HD MA";
  return losslessCodecs.test(codec) && !lossyPcm.test(codec);
}

/** Our name of a container: the file extension that people know it by. */
function containerOf(demuxer: string, codec: string): string {
  const first = demuxer.split(",")[0]!;
  switch (first) {
    case "mov":
      return "m4a";
    case "matroska":
      return "matroska";
    case "ogg":
      return codec === "opus" ? "opus" : "ogg";
    case "w64":
    case "wav":
      return first;
    case "asf":
      return "wma";
    case "wv":
      return "wavpack";
    default:
      return first;
  }
}
