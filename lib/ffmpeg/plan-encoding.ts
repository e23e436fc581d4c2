import type { EncoderHints } from "@/lib/formats";
import type { DeliveredKind, SavedAs } from "@/lib/song/notes";
import type { SourceFormat } from "@/lib/song/source-format";
import type { EncodingWay } from "@/lib/settings/settings";
import { oneStepUp } from "./bit-rates";
import { encodingOf, pcmEncoders } from "./encoders";
import { containers, type Encoding } from "./encoding";
import type { Probe } from "./probe";

export function planEncoding(
  probe: Probe,
  { outputFormat, whenEncodedAgain }: EncodingWay,
  hints: EncoderHints,
  /** Of the source, without the dot, in lower case. */
  extension: string,
): Encoding {
  const source = probe.format;
  const same = sameKind(probe);
  const encodingTo = (kind: DeliveredKind): Encoding => {
    if (kind !== same || whenEncodedAgain === "size") return encodingOf(kind, probe, hints);
    const up = oneStepUp({ format: source, hints });
    return encodingOf(kind, { ...probe, format: up.format }, up.hints);
  };
  if (outputFormat !== "same") {
    const alac = outputFormat === "m4a" && source.lossless && source.codec === "alac";
    return encodingTo(alac ? "alac" : outputFormat);
  }
  const saved = (kind: DeliveredKind, why: SavedAs["why"]): Encoding => ({
    ...encodingTo(kind),
    savedAs: { savedAs: kind, why, codec: source.codec },
  });
  if (same === null) return saved(fallbackKind(source), "no-encoder");
  if (probe.hasVideo) return saved(same, "sound-of-video");
  const encoding =
    containers[same] === source.container ? encodingTo(same) : saved(same, "usual-container");
  return keptExtensions[same]?.includes(extension) ? { ...encoding, extension } : encoding;
}

/** Other extensions that a file of that kind goes by; a song keeps its own. */
const keptExtensions: Partial<Record<DeliveredKind, readonly string[]>> = {
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
function sameKind({ format, profile }: Probe): DeliveredKind | null {
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
function fallbackKind(source: SourceFormat): DeliveredKind {
  if (source.lossless || source.codec.startsWith("pcm_")) return "flac";
  return source.channels > 2 ? "m4a" : "mp3";
}
