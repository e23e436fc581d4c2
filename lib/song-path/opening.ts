import { drawnNumbers, RANDOM_PATH } from "@/lib/ffmpeg/drawn-numbers";
import type { Ffmpeg } from "@/lib/ffmpeg/instance";
import { readProbe, type Probe } from "@/lib/ffmpeg/probe";
import { protectionOf, readableFlac, readableWav, type ByteSource } from "@/lib/formats";
import { looksLikeSong, SNIFF_BYTES } from "@/lib/formats/sniff";
import { audioPart } from "./audio-part";
import { sampleChecksum, type SampleChecksum } from "./damage/sample-md5";
import { sourceFile } from "./pcm";
import { SongRefusal } from "./refusals";
import type { SongRun } from "./song-run";

/** Where the parts of a song lie in its ffmpeg's filesystem. */
export const PATHS = {
  /** The whole file, tags included. */
  source: "/song/source",
  /** What of it is decoded. */
  audio: "/song/audio",
  pcm: "/song/pcm",
  encoded: "/song/encoded",
} as const;

/** A song that its ffmpeg can read, and what it is. */
export interface OpenSong {
  readonly run: SongRun;
  readonly ffmpeg: Ffmpeg;
  readonly probe: Probe;
  /** What the decoded samples are held against; null where the file states nothing. */
  readonly checksum: SampleChecksum | null;
}

/** FLAC's newest depth, which the engine's decoder passes over without a word. */
const DEEPEST_FLAC = 24;

/** Bytes of a song's beginning that tell it from others: tags, and some of the sound mostly. */
const MOST_DRAWN_FROM = 64 * 1024;

/** Mounts the song and finds out what it is. */
export async function openSong(run: SongRun): Promise<OpenSong> {
  const { source } = run.tools;
  const ffmpeg = await run.tools.createFfmpeg();
  if (source.size === 0) throw new SongRefusal("empty-file", "0 bytes");
  ffmpeg.mount(RANDOM_PATH, drawnNumbers(source.read(0, MOST_DRAWN_FROM)));
  let readable = readableWav(source);
  ffmpeg.mount(PATHS.source, sourceFile(readable));
  let probe = readProbe(ffmpeg.probe(PATHS.source));
  if (probe === "not-audio" && run.extension === "flac") {
    readable = readableFlac(source);
    ffmpeg.mount(PATHS.source, sourceFile(readable));
    probe = readProbe(ffmpeg.probe(PATHS.source));
  }
  const protection = protectionIn(source, probe);
  if (protection !== null) throw new SongRefusal("copy-protected", protection);
  if (probe === "not-audio" && looksLikeSong(source.read(0, SNIFF_BYTES))) {
    // It begins like a song, and ffmpeg can make nothing of the rest.
    throw new SongRefusal("damaged", "ffprobe");
  }
  if (typeof probe === "string") throw new SongRefusal(probe, "ffprobe");
  ffmpeg.mount(PATHS.audio, sourceFile(audioPart(readable, probe)));
  run.probe = probe;
  const { codec, bitDepth } = probe.format;
  if (codec === "flac" && (bitDepth ?? 0) > DEEPEST_FLAC) {
    throw new SongRefusal("unsupported-codec", `${bitDepth} bits`);
  }
  run.report("measuring", 0);
  return { run, ffmpeg, probe, checksum: await sampleChecksum(source, run.tools.kernel, probe) };
}

/** Of encrypted sound the probe may make nothing, not even a container. */
function protectionIn(source: ByteSource, probe: ReturnType<typeof readProbe>): string | null {
  const containers = typeof probe === "string" ? ["m4a", "wma"] : [probe.format.container];
  return containers.map((each) => protectionOf(source, each)).find((each) => each !== null) ?? null;
}
