import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { runNative } from "../native-tools";

/** A real file, small enough to be damaged in many ways. */
export interface RealFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const music = "/usr/share/games/wesnoth/1.16/data/core/music";
/** A second of music: long enough for gating blocks, short enough for hundreds of files. */
const SECONDS = "1";

const cover = ["-map", "0:a", "-map", "1:v", "-c:v", "png", "-disposition:v", "attached_pic"];
const film = ["-map", "0:a", "-map", "1:v", "-c:v", "mpeg4"];

/** How native ffmpeg makes each; a cover or a film where the kind can have one. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  "constant.mp3": ["-c:a", "libmp3lame", "-b:a", "128k", ...cover],
  "variable.mp3": ["-c:a", "libmp3lame", "-q:a", "4", "-map", "0:a"],
  "song.flac": ["-c:a", "flac", "-sample_fmt", "s16", ...cover],
  "song.wav": ["-c:a", "pcm_s16le", "-map", "0:a"],
  "float.wav": ["-c:a", "pcm_f32le", "-map", "0:a"],
  "song.aiff": ["-c:a", "pcm_s16be", "-write_id3v2", "1", ...cover],
  "song.m4a": ["-c:a", "aac", "-b:a", "128k", ...cover],
  "alac.m4a": ["-c:a", "alac", "-map", "0:a"],
  "song.ogg": ["-c:a", "libvorbis", "-q:a", "3", "-map", "0:a"],
  "flac.ogg": ["-c:a", "flac", "-sample_fmt", "s16", "-map", "0:a"],
  "song.opus": ["-c:a", "libopus", "-b:a", "96k", "-map", "0:a"],
  "song.wma": ["-c:a", "wmav2", "-b:a", "128k", "-map", "0:a"],
  "song.mka": ["-c:a", "libvorbis", "-q:a", "3", "-cluster_time_limit", "100", "-map", "0:a"],
  "song.webm": ["-c:a", "libopus", "-b:a", "96k", "-map", "0:a"],
  "song.wv": ["-c:a", "wavpack", "-map", "0:a"],
  "song.tta": ["-c:a", "tta", "-map", "0:a"],
  "song.caf": ["-c:a", "pcm_s16be", "-map", "0:a"],
  "song.w64": ["-c:a", "pcm_s16le", "-map", "0:a"],
  "film.mp4": ["-c:a", "aac", "-b:a", "128k", ...film],
  "film.avi": ["-c:a", "libmp3lame", "-b:a", "128k", ...film],
  "song.aac": ["-c:a", "aac", "-b:a", "128k", "-map", "0:a"],
  "song.ac3": ["-c:a", "ac3", "-b:a", "192k", "-map", "0:a"],
  "song.ts": ["-c:a", "mp2", "-b:a", "192k", "-map", "0:a"],
  "song.au": ["-c:a", "pcm_s16be", "-map", "0:a"],
};

/** One of every kind, cut from real music. The same ffmpeg makes the same bytes every time. */
export async function realFiles(): Promise<RealFile[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "levelup-kinds-"));
  const tags = ["-metadata", "title=Hostile", "-metadata", "album=Inputs", "-metadata", "track=3"];
  try {
    const files: RealFile[] = [];
    for (const [name, options] of Object.entries(kinds)) {
      const file = path.join(folder, name);
      await runNative("ffmpeg", [
        ...["-nostdin", "-v", "error", "-ss", "20", "-t", SECONDS],
        ...["-i", path.join(music, "frantic.ogg")],
        ...["-f", "lavfi", "-t", SECONDS, "-i", "testsrc=size=64x64:rate=1"],
        ...["-map_metadata", "-1", ...tags, ...options, "-fflags", "+bitexact"],
        ...["-flags:a", "+bitexact", file],
      ]);
      files.push({ name, bytes: new Uint8Array(await readFile(file)) });
    }
    return files;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
