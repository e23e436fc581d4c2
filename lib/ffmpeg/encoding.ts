import type { SourceFormat } from "./source-format";
import type { OutputFormat } from "@/lib/settings/settings";
import type { Probe } from "./probe";

/** How a song is encoded: where it goes and the encoder's arguments. */
export interface Encoding {
  readonly kind: Kind;
  /** Extension of the delivered file, without the dot. */
  readonly extension: string;
  readonly mediaType: string;
  /** ffmpeg's muxer. */
  readonly muxer: string;
  /** Codec, rate, sample format and so on: everything between input and output file. */
  readonly args: readonly string[];
  /** Channels that the encoder gets, when it cannot take the source's. */
  readonly channels: number;
  readonly sampleRate: number;
  /** Stored as 16-bit integers: dither when the samples were changed. */
  readonly dither16: boolean;
  /** The encoder returns what it was given (to its bit depth). */
  readonly lossless: boolean;
  /** One sentence when the delivered kind is not the source's although "same" was asked for. */
  readonly note: string | null;
}

export type Kind =
  | "mp3"
  | "flac"
  | "wav"
  | "aiff"
  | "m4a"
  | "alac"
  | "ogg"
  | "oggflac"
  | "opus"
  | "wma"
  | "wavpack"
  | "tta"
  | "caf"
  | "w64";

/** Facts that the probe cannot tell, read from the file's own headers. */
export interface EncoderHints {
  /** LAME's -V quality of a VBR file's header; null = constant rate or unknown. */
  readonly lameQuality: number | null;
  /** The file has a variable rate, whatever its quality setting was. */
  readonly variableRate: boolean;
}

export const NO_HINTS: EncoderHints = { lameQuality: null, variableRate: false };

export function planEncoding(
  probe: Probe,
  wanted: OutputFormat,
  hints: EncoderHints,
  /** Of the source, without the dot, in lower case. */
  extension: string,
): Encoding {
  const source = probe.format;
  if (wanted !== "same") {
    const kind = wanted === "m4a" && source.lossless && source.codec === "alac" ? "alac" : wanted;
    return encode(kind, probe, hints, null);
  }
  const same = sameKind(probe);
  if (same) {
    const note = probe.hasVideo ? `Saved as ${label(same)}: the sound of a video.` : null;
    const encoding = encode(same, probe, hints, note);
    const keeps = !probe.hasVideo && KEPT_EXTENSIONS[same]?.includes(extension);
    return keeps ? { ...encoding, extension } : encoding;
  }
  const fallback = fallbackKind(source);
  return encode(
    fallback,
    probe,
    hints,
    `Saved as ${label(fallback)}: ${source.codec} can be read here but not written.`,
  );
}

/** Other extensions that a file of that kind goes by; a song keeps its own. */
const KEPT_EXTENSIONS: Partial<Record<Kind, readonly string[]>> = {
  m4a: ["mp4", "m4b"],
  alac: ["mp4", "m4b"],
  ogg: ["oga"],
  oggflac: ["oga"],
  opus: ["ogg", "oga"],
  aiff: ["aif"],
  wav: ["wave", "bwf"],
  wma: ["asf"],
};

/** The kind whose encoder and container are the source's own; null where there is none. */
function sameKind({ format, profile }: Probe): Kind | null {
  const { codec, container } = format;
  switch (codec) {
    case "mp3":
      return "mp3";
    case "aac":
      return "m4a";
    case "alac":
      return container === "caf" ? "caf" : "alac";
    case "flac":
      return container === "ogg" ? "oggflac" : "flac";
    case "vorbis":
      return "ogg";
    case "opus":
      return "opus";
    case "wmav1":
    case "wmav2":
      return "wma";
    case "wavpack":
      // A hybrid (lossy) WavPack reports no lossless profile; it comes back lossless.
      return profile === null || !/lossy/i.test(profile) ? "wavpack" : null;
    case "tta":
      return "tta";
  }
  if (codec.startsWith("pcm_") && PCM_ENCODERS.has(codec)) {
    if (container === "aiff" || container === "wav" || container === "w64") return container;
    if (container === "caf") return "caf";
  }
  return null;
}

/** Sources that cannot be written: FLAC for lossless ones, MP3 (AAC beyond stereo) for lossy. */
function fallbackKind(source: SourceFormat): Kind {
  if (source.lossless || source.codec.startsWith("pcm_")) return "flac";
  return source.channels > 2 ? "m4a" : "mp3";
}

const PCM_ENCODERS = new Set(
  "pcm_u8 pcm_s8 pcm_s16le pcm_s16be pcm_s24le pcm_s24be pcm_s32le pcm_s32be pcm_f32le pcm_f32be pcm_f64le pcm_f64be pcm_alaw pcm_mulaw".split(
    " ",
  ),
);

function label(kind: Kind): string {
  const labels: Partial<Record<Kind, string>> = {
    m4a: "AAC (M4A)",
    alac: "ALAC (M4A)",
    ogg: "Ogg Vorbis",
    oggflac: "Ogg FLAC",
    opus: "Opus",
    wma: "WMA",
    wavpack: "WavPack",
    tta: "True Audio",
  };
  return labels[kind] ?? kind.toUpperCase();
}

function encode(kind: Kind, probe: Probe, hints: EncoderHints, note: string | null): Encoding {
  const { format } = probe;
  const base = {
    kind,
    channels: format.channels,
    sampleRate: format.sampleRate,
    dither16: false,
    lossless: false,
    note,
  };
  switch (kind) {
    case "mp3": {
      const sampleRate = nearestRate(format.sampleRate, MP3_RATES);
      const channels = Math.min(2, format.channels);
      const codec = ["-c:a", "libmp3lame", ...mp3Rate(format, hints, sampleRate)];
      const args = [...codec, "-write_id3v1", "0", "-id3v2_version", "3"];
      return {
        ...base,
        extension: "mp3",
        mediaType: "audio/mpeg",
        muxer: "mp3",
        args,
        sampleRate,
        channels,
      };
    }
    case "m4a": {
      const rate = lossyRate(
        format,
        "aac",
        256_000,
        32_000 * format.channels,
        256_000 * Math.max(1, format.channels / 2),
      );
      const sampleRate = nearestRate(format.sampleRate, AAC_RATES);
      const args = ["-c:a", "aac", "-b:a", String(rate), ...MP4];
      return { ...base, extension: "m4a", mediaType: "audio/mp4", muxer: "ipod", args, sampleRate };
    }
    case "alac": {
      const bits = (format.bitDepth ?? 16) > 16 ? 24 : 16;
      const args = ["-c:a", "alac", "-sample_fmt", bits === 16 ? "s16p" : "s32p", ...MP4];
      const integer = { dither16: bits === 16, lossless: true };
      return { ...base, ...integer, extension: "m4a", mediaType: "audio/mp4", muxer: "ipod", args };
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
        ? { ...base, ...integer, extension: "flac", mediaType: "audio/flac", muxer: "flac", args }
        : { ...base, ...integer, extension: "ogg", mediaType: "audio/ogg", muxer: "ogg", args };
    }
    case "wav":
    case "w64":
    case "aiff":
    case "caf": {
      const codec = pcmCodec(kind, format);
      const args = kind === "caf" && format.codec === "alac" ? ["-c:a", "alac"] : ["-c:a", codec];
      if (kind === "wav") args.push("-rf64", "auto");
      const integer = { dither16: /16/.test(codec), lossless: true };
      const mediaType = {
        wav: "audio/wav",
        w64: "audio/x-w64",
        aiff: "audio/aiff",
        caf: "audio/x-caf",
      }[kind];
      return { ...base, ...integer, extension: kind, mediaType, muxer: kind, args };
    }
    case "ogg": {
      const sampleRate = Math.min(format.sampleRate, 192_000);
      const args = ["-c:a", "libvorbis", "-q:a", vorbisQuality(format).toFixed(2)];
      return { ...base, extension: "ogg", mediaType: "audio/ogg", muxer: "ogg", args, sampleRate };
    }
    case "opus": {
      const most = 256_000 * Math.max(1, format.channels);
      const rate = lossyRate(format, "opus", 96_000 * Math.max(1, format.channels), 12_000, most);
      const mapping = format.channels > 2 ? ["-mapping_family", "1"] : [];
      const args = ["-c:a", "libopus", "-b:a", String(rate), "-vbr", "on", ...mapping];
      return {
        ...base,
        extension: "opus",
        mediaType: "audio/ogg",
        muxer: "opus",
        args,
        sampleRate: 48_000,
      };
    }
    case "wma": {
      const rate = lossyRate(format, "wma", 192_000, 32_000, 320_000);
      const args = ["-c:a", "wmav2", "-b:a", String(rate)];
      return {
        ...base,
        extension: "wma",
        mediaType: "audio/x-ms-wma",
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
        mediaType: "audio/x-wavpack",
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
        mediaType: "audio/x-tta",
        muxer: "tta",
        args,
      };
    }
  }
}

const MP4 = ["-movflags", "+faststart", "-brand", "M4A "];
const MP3_RATES = [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000];
const AAC_RATES = [
  7350, 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000,
];
const OPEN_MP3_RATES_MPEG1 = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const OPEN_MP3_RATES_MPEG2 = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/** The encoder's own rate, or the highest that divides evenly: 96 kHz → 48, 88.2 → 44.1. */
function nearestRate(rate: number, rates: readonly number[]): number {
  if (rates.includes(rate)) return rate;
  const divisor = rates.toReversed().find((each) => rate % each === 0);
  return divisor ?? rates.find((each) => each >= rate) ?? rates.at(-1)!;
}

function mp3Rate(format: SourceFormat, hints: EncoderHints, sampleRate: number): string[] {
  const rates = sampleRate >= 32_000 ? OPEN_MP3_RATES_MPEG1 : OPEN_MP3_RATES_MPEG2;
  const most = rates.at(-1)! * 1000;
  if (format.codec === "mp3" && hints.variableRate) {
    if (hints.lameQuality !== null) return ["-q:a", String(hints.lameQuality)];
    if (format.bitRate)
      return ["-abr", "1", "-b:a", String(Math.min(most, Math.round(format.bitRate)))];
  }
  const wanted = lossyRate(format, "mp3", 320_000, 32_000, most);
  const nearest = rates.reduce((best, each) =>
    Math.abs(each * 1000 - wanted) < Math.abs(best * 1000 - wanted) ? each : best,
  );
  return ["-b:a", `${nearest}k`];
}

/**
 * Bits per second for a lossy encoder: the source's own rate when it is of that codec, a rate of
 * the same class when it is another lossy codec, a transparent one when the source is lossless.
 */
function lossyRate(
  format: SourceFormat,
  codec: string,
  forLossless: number,
  least: number,
  most: number,
): number {
  const rate = format.lossless || !format.bitRate ? forLossless : format.bitRate;
  // Another codec's rate is no promise of the same quality: never go below a safe one.
  const floor = format.codec.startsWith(codec) ? least : Math.max(least, 128_000);
  return Math.round(Math.min(most, Math.max(floor, rate)));
}

/** libvorbis's nominal rates (44.1 kHz stereo, kb/s) for its qualities -1…10. */
const VORBIS_NOMINAL = [45, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 500];

function vorbisQuality(format: SourceFormat): number {
  if (format.lossless || !format.bitRate) return 8;
  const rate = ((format.bitRate / 1000) * 2) / Math.max(1, Math.min(2, format.channels));
  const above = VORBIS_NOMINAL.findIndex((nominal) => nominal >= rate);
  if (above <= 0) return above === 0 ? -1 : 10;
  const low = VORBIS_NOMINAL[above - 1]!;
  return above - 2 + (rate - low) / (VORBIS_NOMINAL[above]! - low);
}

function pcmCodec(kind: "wav" | "w64" | "aiff" | "caf", format: SourceFormat): string {
  if (PCM_ENCODERS.has(format.codec)) {
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
