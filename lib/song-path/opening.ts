import type { Ffmpeg } from "@/lib/ffmpeg/instance";
import { readProbe, type Probe } from "@/lib/ffmpeg/probe";
import { looksLikeSong, SNIFF_BYTES } from "@/lib/formats/sniff";
import { audioPart } from "./audio-part";
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
}

/** Mounts the song and finds out what it is. */
export async function openSong(run: SongRun): Promise<OpenSong> {
  const { source } = run.tools;
  const ffmpeg = await run.tools.createFfmpeg();
  if (source.size === 0) throw new SongRefusal("empty-file", "0 bytes");
  ffmpeg.mount(PATHS.source, sourceFile(source));
  const probe = readProbe(ffmpeg.probe(PATHS.source));
  if (probe === "not-audio" && looksLikeSong(source.read(0, SNIFF_BYTES))) {
    // It begins like a song, and ffmpeg can make nothing of the rest.
    throw new SongRefusal("damaged", "ffprobe");
  }
  if (typeof probe === "string") throw new SongRefusal(probe, "ffprobe");
  ffmpeg.mount(PATHS.audio, sourceFile(audioPart(source, probe)));
  run.probe = probe;
  run.report("measuring", 0);
  return { run, ffmpeg, probe };
}
