/** How much sound a file says that it holds, by its own header. */
import { u32be, type ByteSource } from "./bytes";
import { flacLayout, readBlock } from "./flac/layout";
import { gapless } from "./gapless";
import { soundData } from "./iff/sound-data";
import { infoFrameOf } from "./mpeg/info-frame";
import { audioTrack, readMovie } from "./mp4/movie";
import { sampleTotals } from "./mp4/track";
import { oggLength } from "./ogg/stated-length";
import type { StatedLength } from "./types";

interface Decodes {
  /** As the probe calls it. */
  readonly container: string;
  readonly codec: string;
  readonly sampleRate: number;
  readonly channels: number;
}

const exactly = (samples: number): StatedLength => ({ samples, tolerance: 0, endsInside: false });

/** Null where the file does not say, or what it says is an estimate. */
export function statedLength(source: ByteSource, decodes: Decodes): StatedLength | null {
  switch (decodes.container) {
    case "flac":
      return ofFlac(source);
    case "mp3":
      return ofMp3(source);
    case "m4a":
      return ofM4a(source, decodes);
    case "ogg":
    case "opus":
      return oggLength(source);
    default:
      return ofChunks(source, decodes);
  }
}

/** RFC 9639 §8.2: 36 bits; 0 is unknown. */
function ofFlac(source: ByteSource): StatedLength | null {
  const block = flacLayout(source)?.blocks[0];
  if (!block) return null;
  const info = readBlock(source, block);
  const samples = (info[13]! & 0x0f) * 0x1_0000_0000 + u32be(info, 14);
  return samples === 0 ? null : exactly(samples);
}

/** What a decoder gives later than it is encoded; where less is padded, the rest is lost. */
const LAYER_3_DELAY = 529;

function ofMp3(source: ByteSource): StatedLength | null {
  const info = infoFrameOf(source);
  if (!info || info.frames === null) return null;
  const { lame, frames, samplesPerFrame } = info;
  const whole = frames * samplesPerFrame;
  // Others tell what iTunes does.
  const music = lame ? null : (gapless(source, "mp3")?.samples ?? null);
  if (music !== null && music > 0 && music <= whole)
    return { ...exactly(music), tolerance: samplesPerFrame };
  // Without LAME's figures encoders disagree whether the frame of the header counts.
  if (!lame) return { ...exactly(whole), tolerance: samplesPerFrame };
  const exact = lame.padding >= LAYER_3_DELAY;
  return {
    ...exactly(whole - lame.delay - lame.padding),
    tolerance: exact ? 0 : samplesPerFrame,
  };
}

function ofM4a(source: ByteSource, { codec, sampleRate }: Decodes): StatedLength | null {
  const movie = readMovie(source);
  const track = movie && audioTrack(movie);
  const totals = track && sampleTotals(track);
  if (!totals || totals.duration === 0 || track.timescale === 0) return null;
  const samples = Math.round((totals.duration / track.timescale) * sampleRate);
  if (codec !== "aac") return { ...exactly(samples), tolerance: codec === "alac" ? 0 : 4096 };
  // HE-AAC counts in half the rate, where its figures do not fit.
  const music = gapless(source, "m4a")?.samples ?? null;
  if (music !== null && music <= samples && samples - music < sampleRate) return exactly(music);
  return { ...exactly(samples), tolerance: 4096 };
}

/** Files of chunks: the bytes of sound, which are so many frames of PCM. */
function ofChunks(source: ByteSource, decodes: Decodes): StatedLength | null {
  const { container, codec, sampleRate, channels } = decodes;
  const data = soundData(source, container);
  if (!data || data.stated === null) return null;
  const { stated, frames, format } = data;
  if (codec.startsWith("pcm_")) {
    const bits = Number(/\d+/.exec(codec)?.[0] ?? 8);
    const frame = format?.is.blockAlign ?? (bits / 8) * channels;
    return frame === 0 ? null : exactly(frames ?? Math.floor(stated / frame));
  }
  const isCut = data.offset + stated > source.size;
  if (!isCut || !format || format.is.byteRate === 0) return null;
  const samples = Math.floor((stated / format.is.byteRate) * sampleRate);
  return { ...exactly(samples), tolerance: sampleRate / 2 };
}
