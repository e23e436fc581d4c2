import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { measureSong } from "@/lib/song-path";
import { damageText, refusedText } from "@/lib/song/texts";
import { songTools } from "./song-tools";

/** Music that others made, encoded by native tools in every kind: none of it is damaged. */

const MUSIC = "/usr/share/games/wesnoth/1.16/data/core/music";
export const songsOfOthers = (): string[] =>
  readdirSync(MUSIC)
    .filter((name) => name.endsWith(".ogg"))
    .sort();

interface Kind {
  readonly what: string;
  readonly file: string;
  /** What makes `file` of `plain.wav` (16 bits) in the folder that it runs in. */
  readonly make: string;
}

const quiet = "ffmpeg -nostdin -v error -y";
const byFfmpeg = (what: string, file: string, options: string): Kind => ({
  what,
  file,
  make: `${quiet} -i plain.wav ${options} ${file}`,
});

export const kinds: readonly Kind[] = [
  byFfmpeg("MP3 of ffmpeg", "a.mp3", "-b:a 192k"),
  { what: "MP3 of lame, variable", file: "b.mp3", make: "lame --quiet -V2 plain.wav b.mp3" },
  { what: "MP3 of lame, no header", file: "c.mp3", make: "lame --quiet -t -b 128 plain.wav c.mp3" },
  { what: "MP3 with checksums", file: "d.mp3", make: "lame --quiet -p -b 160 plain.wav d.mp3" },
  {
    what: "MP3s joined",
    file: "e.mp3",
    make: `${quiet} -i plain.wav -b:a 128k -metadata title=T -write_id3v1 1 e1.mp3 && cat e1.mp3 b.mp3 e1.mp3 > e.mp3`,
  },
  byFfmpeg("M4A", "a.m4a", "-c:a aac -b:a 160k"),
  byFfmpeg("M4A, index in front", "b.m4a", "-c:a aac -b:a 96k -movflags +faststart"),
  byFfmpeg("M4A in fragments", "c.m4a", "-c:a aac -movflags +frag_keyframe+empty_moov -f mp4"),
  byFfmpeg("ALAC", "d.m4a", "-c:a alac"),
  byFfmpeg("AAC in ADTS", "a.aac", "-c:a aac"),
  byFfmpeg("Ogg Vorbis of ffmpeg", "a.ogg", "-c:a libvorbis -q:a 5"),
  { what: "Ogg Vorbis of oggenc", file: "b.ogg", make: "oggenc -Q -q 4 plain.wav -o b.ogg" },
  { what: "Ogg Vorbis in two links", file: "c.ogg", make: "cat a.ogg b.ogg > c.ogg" },
  byFfmpeg("Ogg FLAC", "a.oga", "-c:a flac"),
  byFfmpeg("Opus of ffmpeg", "a.opus", "-c:a libopus -b:a 96k"),
  { what: "Opus of opusenc", file: "b.opus", make: "opusenc --quiet plain.wav b.opus" },
  { what: "FLAC of flac", file: "a.flac", make: "flac -s -f plain.wav -o a.flac" },
  byFfmpeg("FLAC of 24 bits", "b.flac", "-c:a flac -sample_fmt s32 -bits_per_raw_sample 24"),
  {
    what: "FLAC of 8 bits",
    file: "c.flac",
    make: `${quiet} -i plain.wav -c:a pcm_u8 eight.wav && flac -s -f eight.wav -o c.flac`,
  },
  {
    what: "FLAC without MD5",
    file: "d.flac",
    make: "flac -s -f --no-md5-sum plain.wav -o d.flac 2> log",
  },
  {
    what: "FLAC to a pipe",
    file: "e.flac",
    make: `${quiet} -i plain.wav -c:a flac -f flac - | cat > e.flac`,
  },
  byFfmpeg("WAV of 24 bits", "a.wav", "-c:a pcm_s24le"),
  byFfmpeg("WAV of floats", "b.wav", "-c:a pcm_f32le"),
  byFfmpeg("RF64", "c.wav", "-c:a pcm_s16le -rf64 always"),
  { what: "WAV to a pipe", file: "d.wav", make: `${quiet} -i plain.wav -f wav - | cat > d.wav` },
  {
    what: "WAV of flac to a pipe",
    file: "e.wav",
    make: "flac -s -c plain.wav | flac -s -d -c - | cat > e.wav",
  },
  byFfmpeg("AIFF", "a.aiff", ""),
  byFfmpeg("WavPack", "a.wv", "-c:a wavpack"),
  byFfmpeg("True Audio", "a.tta", "-c:a tta"),
  byFfmpeg("WMA", "a.wma", "-c:a wmav2"),
  byFfmpeg("Matroska", "a.mka", "-c:a libvorbis"),
  byFfmpeg("CAF", "a.caf", "-c:a pcm_s16le"),
  byFfmpeg("W64", "a.w64", "-c:a pcm_s16le"),
  byFfmpeg("AC-3", "a.ac3", "-c:a ac3"),
  byFfmpeg("AU", "a.au", "-c:a pcm_s16be"),
];

/**
 * Encodes a song in every kind and measures each; gives what is said against any of them. `seconds`
 * of it from the 5th on; null = all.
 */
export async function complaintsOfWhole(
  song: string,
  seconds: number | null,
  folder: string,
): Promise<string[]> {
  const shell = (command: string) =>
    execFileSync("bash", ["-o", "pipefail", "-c", command], { cwd: folder, stdio: "pipe" });
  const stretch = seconds === null ? "" : `-ss 5 -t ${seconds}`;
  shell(`${quiet} ${stretch} -i ${join(MUSIC, song)} -ac 2 -c:a pcm_s16le plain.wav`);
  const complaints: string[] = [];
  for (const { what, file, make } of kinds) {
    shell(make);
    const bytes = readFileSync(join(folder, file));
    const task = { file: new File([bytes], file), dualMono: false };
    const outcome = await measureSong(task, songTools(bytes));
    if (outcome.kind === "refused") {
      complaints.push(`${song}, ${what}: ${refusedText(outcome).message} ${outcome.detail}`);
    } else if (outcome.measured.damage) {
      complaints.push(`${song}, ${what}: ${damageText(outcome.measured.damage)}`);
    }
  }
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  return complaints;
}
