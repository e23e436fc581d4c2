import type { EncoderHints } from "@/lib/formats";
import type { DeliveredKind } from "@/lib/song/notes";
import type { SourceFormat } from "@/lib/song/source-format";
import {
  aacRates,
  flacRate,
  lossyRate,
  mp3Rate,
  mp3Rates,
  nearestRate,
  vorbisQuality,
} from "./bit-rates";
import {
  aacResponse,
  lameResponse,
  opusResponse,
  transparent,
  vorbisResponse,
  wmaResponse,
} from "./encoder-response";
import type { Encoding } from "./encoding";
import { layoutChange } from "./layouts";
import type { Probe } from "./probe";

export const pcmEncoders = new Set(
  "pcm_u8 pcm_s8 pcm_s16le pcm_s16be pcm_s24le pcm_s24be pcm_s32le pcm_s32be pcm_f32le pcm_f32be pcm_f64le pcm_f64be pcm_alaw pcm_mulaw".split(
    " ",
  ),
);

/** Container, encoder and arguments for one kind of output. */
export function encodingOf(kind: DeliveredKind, probe: Probe, hints: EncoderHints): Encoding {
  const { format } = probe;
  const layout = layoutChange(kind, format.channels, format.channelLayout);
  const channels = layout?.channels ?? format.channels;
  const plain = {
    kind,
    channels,
    layout,
    sampleRate: format.sampleRate,
    dither16: false,
    depth: null,
    response: transparent,
    savedAs: null,
  };
  const file = (extension: string, muxer = extension) => ({ ...plain, extension, muxer });
  switch (kind) {
    case "mp3": {
      const sampleRate = nearestRate(format.sampleRate, mp3Rates);
      const lame = mp3Rate(format, hints, sampleRate);
      // LAME's search costs time that is heard at low constant rates only (docs/decisions/0004).
      const quick = lame.variable || lame.kilobits >= 96 * channels;
      const search = quick ? ["-compression_level", "5"] : [];
      return {
        ...file("mp3"),
        args: ["-c:a", "libmp3lame", ...lame.args, ...search, "-write_id3v1", "0"],
        response: lameResponse(lame, channels),
        sampleRate,
      };
    }
    case "m4a": {
      // "twoloop" has less noise below its mask, and bursts of 5 dB over the peaks; intensity stereo
      // costs "fast" the most (docs/decisions/0003).
      const sampleRate = nearestRate(format.sampleRate, aacRates);
      // ISO 14496-3: a channel has at most 6144 bits for a block of 1024 samples.
      const most = 6 * sampleRate * channels;
      const forLossless = 256_000 * Math.max(1, channels / 2);
      const rate = lossyRate(format, "aac", forLossless, 32_000 * channels, most);
      const coder = ["-c:a", "aac", "-aac_coder", "fast", "-aac_is", "0"];
      const args = [...coder, "-b:a", String(rate), ...mp4];
      return { ...file("m4a", "ipod"), args, response: aacResponse(rate / channels), sampleRate };
    }
    case "alac": {
      const dither16 = (format.bitDepth ?? 16) <= 16;
      const args = ["-c:a", "alac", "-sample_fmt", dither16 ? "s16p" : "s32p", ...mp4];
      return { ...file("m4a", "ipod"), args, dither16, depth: dither16 ? 16 : 24 };
    }
    case "flac":
    case "oggflac": {
      // A lossy source has no bit depth of its own; 24 bits lose nothing of it.
      const dither16 = (format.bitDepth ?? 24) <= 16;
      const depth = dither16
        ? ["-sample_fmt", "s16"]
        : ["-sample_fmt", "s32", "-bits_per_raw_sample", "24", "-strict", "-2"];
      const args = ["-c:a", "flac", "-compression_level", "5", ...depth];
      const sampleRate = flacRate(format.sampleRate);
      const container = file(kind === "flac" ? "flac" : "ogg");
      return { ...container, args, dither16, depth: dither16 ? 16 : 24, sampleRate };
    }
    case "wav":
    case "w64":
    case "aiff":
    case "caf": {
      const codec = pcmCodec(kind, format);
      const args = ["-c:a", kind === "caf" && format.codec === "alac" ? "alac" : codec];
      if (kind === "wav") args.push("-rf64", "auto");
      const depth = /^pcm_[su](\d+)/.exec(args[1] ?? "")?.[1];
      const bits = depth === undefined ? null : Number(depth);
      return { ...file(kind), args, dither16: codec.includes("16"), depth: bits };
    }
    case "ogg":
      return {
        ...file("ogg"),
        args: ["-c:a", "libvorbis", "-q:a", vorbisQuality(format).toFixed(2)],
        response: vorbisResponse(vorbisQuality(format)),
        sampleRate: Math.min(format.sampleRate, 192_000),
      };
    case "opus": {
      const rate = lossyRate(format, "opus", 96_000 * channels, 12_000, 256_000 * channels);
      const mapping = channels > 2 ? ["-mapping_family", "1"] : [];
      const args = ["-c:a", "libopus", "-b:a", String(rate), "-vbr", "on", ...mapping];
      return { ...file("opus"), args, response: opusResponse(rate / channels), sampleRate: 48_000 };
    }
    case "wma": {
      const rate = lossyRate(format, "wma", 192_000, 32_000, 320_000);
      // Decoders give a frame less than was encoded: one more of silence, and nothing is lost.
      const frame = format.sampleRate <= 16_000 ? 512 : format.sampleRate <= 22_050 ? 1024 : 2048;
      return {
        ...file("wma", "asf"),
        args: ["-af", `apad=pad_len=${frame}`, "-c:a", "wmav2", "-b:a", String(rate)],
        response: wmaResponse,
      };
    }
    case "wavpack": {
      const float = probe.sampleFormat.startsWith("flt");
      const dither16 = !float && (format.bitDepth ?? 16) <= 16;
      const samples = float ? "fltp" : dither16 ? "s16p" : "s32p";
      const args = ["-c:a", "wavpack", "-sample_fmt", samples];
      return { ...file("wv"), args, dither16, depth: float ? null : dither16 ? 16 : 32 };
    }
    case "tta": {
      const dither16 = (format.bitDepth ?? 16) <= 16;
      const args = ["-c:a", "tta", "-sample_fmt", dither16 ? "s16" : "s32"];
      return { ...file("tta"), args, dither16, depth: dither16 ? 16 : 24 };
    }
  }
}

const mp4 = ["-movflags", "+faststart", "-brand", "M4A "];

function pcmCodec(kind: "wav" | "w64" | "aiff" | "caf", format: SourceFormat): string {
  if (pcmEncoders.has(format.codec)) {
    if (kind === "caf") return format.codec;
    const bigEndian = kind === "aiff";
    const plain = format.codec.replace(/[lb]e$/, "");
    if (/8$|law$/.test(plain)) {
      if (kind === "wav" && plain === "pcm_s8") return "pcm_u8";
      if (kind === "aiff" && plain === "pcm_u8") return "pcm_s8";
      return plain;
    }
    return plain + (bigEndian ? "be" : "le");
  }
  const depth = format.lossless ? (format.bitDepth ?? 16) : 24;
  const bits = depth <= 16 ? 16 : depth <= 24 ? 24 : 32;
  return `pcm_s${bits}${kind === "aiff" ? "be" : "le"}`;
}
