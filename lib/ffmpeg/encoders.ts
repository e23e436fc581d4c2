import { mp3Rate, nearestRate, lossyRate, vorbisQuality, aacRates, mp3Rates } from "./bit-rates";
import {
  aacHabit,
  lameHabit,
  opusHabit,
  TRANSPARENT,
  vorbisHabit,
  wmaHabit,
} from "./encoder-habits";
import type { EncoderHints } from "@/lib/formats";
import type { Encoding, Kind } from "./encoding";
import type { Probe } from "./probe";
import type { SourceFormat } from "@/lib/song/source-format";

export const pcmEncoders = new Set(
  "pcm_u8 pcm_s8 pcm_s16le pcm_s16be pcm_s24le pcm_s24be pcm_s32le pcm_s32be pcm_f32le pcm_f32be pcm_f64le pcm_f64be pcm_alaw pcm_mulaw".split(
    " ",
  ),
);

/** Container, encoder and arguments for one kind of output. */
export function encode(
  kind: Kind,
  probe: Probe,
  hints: EncoderHints,
  note: string | null,
): Encoding {
  const { format } = probe;
  const base = {
    kind,
    channels: format.channels,
    sampleRate: format.sampleRate,
    dither16: false,
    lossless: false,
    habit: TRANSPARENT,
    note,
  };
  switch (kind) {
    case "mp3": {
      const sampleRate = nearestRate(format.sampleRate, mp3Rates);
      const channels = Math.min(2, format.channels);
      const lame = mp3Rate(format, hints, sampleRate);
      const codec = ["-c:a", "libmp3lame", ...lame.args];
      const args = [...codec, "-write_id3v1", "0"];
      return {
        ...base,
        extension: "mp3",
        muxer: "mp3",
        habit: lameHabit(lame.kilobits),
        args,
        sampleRate,
        channels,
      };
    }
    case "m4a": {
      // The "fast" coder: closer to the source than "twoloop" up to 192 kb/s, and without the bursts
      // by which that one overshoots full scale (docs/decisions).
      const sampleRate = nearestRate(format.sampleRate, aacRates);
      // ISO 14496-3: a channel has at most 6144 bits for a block of 1024 samples.
      const most = 6 * sampleRate * format.channels;
      const forLossless = 256_000 * Math.max(1, format.channels / 2);
      const rate = lossyRate(format, "aac", forLossless, 32_000 * format.channels, most);
      const args = ["-c:a", "aac", "-aac_coder", "fast", "-b:a", String(rate), ...MP4];
      return {
        ...base,
        extension: "m4a",
        habit: aacHabit,
        muxer: "ipod",
        args,
        sampleRate,
      };
    }
    case "alac": {
      const bits = (format.bitDepth ?? 16) > 16 ? 24 : 16;
      const args = ["-c:a", "alac", "-sample_fmt", bits === 16 ? "s16p" : "s32p", ...MP4];
      const integer = { dither16: bits === 16, lossless: true };
      return { ...base, ...integer, extension: "m4a", muxer: "ipod", args };
    }
    case "flac":
    case "oggflac": {
      // A lossy source has no bit depth of its own; 24 bits lose nothing of it.
      const bits = (format.bitDepth ?? 24) > 16 ? 24 : 16;
      const depth =
        bits === 16 ? ["-sample_fmt", "s16"] : ["-sample_fmt", "s32", "-bits_per_raw_sample", "24"];
      const args = [
        "-c:a",
        "flac",
        "-compression_level",
        "5",
        ...depth,
        ...(bits === 24 ? ["-strict", "-2"] : []),
      ];
      const integer = { dither16: bits === 16, lossless: true };
      return kind === "flac"
        ? { ...base, ...integer, extension: "flac", muxer: "flac", args }
        : { ...base, ...integer, extension: "ogg", muxer: "ogg", args };
    }
    case "wav":
    case "w64":
    case "aiff":
    case "caf": {
      const codec = pcmCodec(kind, format);
      const args = kind === "caf" && format.codec === "alac" ? ["-c:a", "alac"] : ["-c:a", codec];
      if (kind === "wav") args.push("-rf64", "auto");
      const integer = { dither16: /16/.test(codec), lossless: true };
      return { ...base, ...integer, extension: kind, muxer: kind, args };
    }
    case "ogg": {
      const sampleRate = Math.min(format.sampleRate, 192_000);
      const args = ["-c:a", "libvorbis", "-q:a", vorbisQuality(format).toFixed(2)];
      return {
        ...base,
        extension: "ogg",
        habit: vorbisHabit,
        muxer: "ogg",
        args,
        sampleRate,
      };
    }
    case "opus": {
      const most = 256_000 * Math.max(1, format.channels);
      const rate = lossyRate(format, "opus", 96_000 * Math.max(1, format.channels), 12_000, most);
      const mapping = format.channels > 2 ? ["-mapping_family", "1"] : [];
      const args = ["-c:a", "libopus", "-b:a", String(rate), "-vbr", "on", ...mapping];
      return {
        ...base,
        extension: "opus",
        habit: opusHabit,
        muxer: "opus",
        args,
        sampleRate: 48_000,
      };
    }
    case "wma": {
      const rate = lossyRate(format, "wma", 192_000, 32_000, 320_000);
      // Decoders give a frame less than was encoded: one more of silence, and nothing is lost.
      const frame = format.sampleRate <= 16_000 ? 512 : format.sampleRate <= 22_050 ? 1024 : 2048;
      const args = ["-af", `apad=pad_len=${frame}`, "-c:a", "wmav2", "-b:a", String(rate)];
      return {
        ...base,
        extension: "wma",
        habit: wmaHabit,
        muxer: "asf",
        args,
        channels: Math.min(2, format.channels),
      };
    }
    case "wavpack": {
      const float = probe.sampleFormat.startsWith("flt");
      const bits = (format.bitDepth ?? 16) > 16 ? 32 : 16;
      const args = [
        "-c:a",
        "wavpack",
        "-sample_fmt",
        float ? "fltp" : bits === 16 ? "s16p" : "s32p",
      ];
      const integer = { dither16: !float && bits === 16, lossless: true };
      return {
        ...base,
        ...integer,
        extension: "wv",
        muxer: "wv",
        args,
      };
    }
    case "tta": {
      const bits = (format.bitDepth ?? 16) > 16 ? 24 : 16;
      const args = ["-c:a", "tta", "-sample_fmt", bits === 16 ? "s16" : "s32"];
      return {
        ...base,
        dither16: bits === 16,
        lossless: true,
        extension: "tta",
        muxer: "tta",
        args,
      };
    }
  }
}

const MP4 = ["-movflags", "+faststart", "-brand", "M4A "];
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
