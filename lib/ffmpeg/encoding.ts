import type { EncoderHints } from "@/lib/formats";
import type { SourceFormat } from "@/lib/song/source-format";
import type { OutputFormat } from "@/lib/settings/settings";
import type { EncoderHabit } from "./encoder-habits";
import { encode, pcmEncoders } from "./encoders";
import type { Probe } from "./probe";

/** How a song is encoded: where it goes and the encoder's arguments. */
export interface Encoding {
  readonly kind: Kind;
  /** Extension of the delivered file, without the dot. */
  readonly extension: string;
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
  readonly habit: EncoderHabit;
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
    const note = probe.hasVideo
      ? `Saved as ${label(same)}: the sound of a video.`
      : CONTAINERS[same] === source.container
        ? null
        : `Saved as ${label(same)}: the same codec in its usual container.`;
    const encoding = encode(same, probe, hints, note);
    const keeps = !probe.hasVideo && keptExtensions[same]?.includes(extension);
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
const keptExtensions: Partial<Record<Kind, readonly string[]>> = {
  m4a: ["mp4", "m4b"],
  alac: ["mp4", "m4b"],
  ogg: ["oga"],
  oggflac: ["oga"],
  opus: ["ogg", "oga"],
  aiff: ["aif"],
  wav: ["wave", "bwf"],
  wma: ["asf"],
};

/** What the probe calls each kind's container. */
export const CONTAINERS: Record<Kind, string> = {
  mp3: "mp3",
  flac: "flac",
  wav: "wav",
  aiff: "aiff",
  m4a: "m4a",
  alac: "m4a",
  ogg: "ogg",
  oggflac: "ogg",
  opus: "opus",
  wma: "wma",
  wavpack: "wavpack",
  tta: "tta",
  caf: "caf",
  w64: "w64",
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
  if (codec.startsWith("pcm_") && pcmEncoders.has(codec)) {
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
