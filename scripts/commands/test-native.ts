// `npm run test:native`: the same promises against tools and songs that are not ours. They are
// installed from Debian where missing. The last line is `N passed, N failed`.
import { existsSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { ensureBrowser } from "../../cli/in-browser/browser";
import { ensureExport } from "../build/export";
import { aptInstall } from "../support/steps";
import { Tally } from "../support/tally";

/** Debian package → what has to be there once it is installed. */
const needed: Readonly<Record<string, () => boolean>> = {
  faad: () => onPath("faad"),
  ffmpeg: () => onPath("ffmpeg") && onPath("ffprobe"),
  flac: () => onPath("flac") && onPath("metaflac"),
  lame: () => onPath("lame"),
  "libvo-aacenc0": () => python("import ctypes; ctypes.CDLL('libvo-aacenc.so.0')"),
  libvorbisidec1: () => python("import ctypes; ctypes.CDLL('libvorbisidec.so.1')"),
  loudgain: () => onPath("loudgain"),
  mediainfo: () => onPath("mediainfo"),
  mp3gain: () => onPath("mp3gain"),
  "musepack-tools": () => onPath("mpcenc"),
  "opus-tools": () => onPath("opusenc") && onPath("opusinfo"),
  parallel: () => onPath("parallel"),
  "python3-mutagen": () => python("import mutagen"),
  strace: () => onPath("strace"),
  unzip: () => onPath("unzip"),
  "vorbis-tools": () => onPath("oggenc") && onPath("ogginfo"),
  wavpack: () => onPath("wavpack") && onPath("wvunpack"),
  "wesnoth-1.16-music": () => existsSync("/usr/share/games/wesnoth/1.16/data/core/music"),
  xfsprogs: () => existsSync("/usr/sbin/mkfs.xfs") || onPath("mkfs.xfs"),
};

const python = (line: string) =>
  spawnSync("/usr/bin/python3", ["-c", line], { stdio: "ignore" }).status === 0;
const onPath = (tool: string) =>
  (process.env["PATH"] ?? "").split(":").some((folder) => existsSync(`${folder}/${tool}`));
const missing = () => Object.keys(needed).filter((name) => needed[name]?.() === false);

const tally = new Tally();
const ready = await tally.check("native tools", async () => {
  if (missing().length > 0 && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    await aptInstall(missing());
  }
  const still = missing();
  if (still.length === 0) return 0;
  console.error(`Missing. Install them with: sudo apt-get install ${still.join(" ")}`);
  return 1;
});
if (ready) {
  await tally.check("build", async () => ((await ensureExport()) ? 0 : 1));
  process.env["LEVELUP_CHROMIUM"] = await ensureBrowser();
  await tally.vitest("native");
}
process.exitCode = tally.close();
