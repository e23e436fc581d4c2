// `npm run test:long -- rf64`: lets the engine write a WAV of more than 4 GB, whose samples
// are made as they are read and dropped as they are written, and reads its header back.
import { freshFfmpeg } from "../../support/song-tools";
import { readProbe } from "@/lib/ffmpeg/probe";

/** Silence in f32, read: 2.2 GB; written as f64 it is twice as much. */
const FRAMES = 275_000_000;
const pcm = FRAMES * 2 * 4;

const head = new Uint8Array(4096);
let size = 0;
const began = performance.now();
const ffmpeg = await freshFfmpeg();
ffmpeg.mount("/song/pcm", {
  size: pcm,
  read(position, target) {
    const count = Math.max(0, Math.min(target.length, pcm - position));
    target.fill(0, 0, count);
    return count;
  },
});
ffmpeg.mount("/song/encoded.wav", {
  get size() {
    return size;
  },
  write(position, bytes) {
    size = Math.max(size, position + bytes.length);
    if (position < head.length) head.set(bytes.subarray(0, head.length - position), position);
  },
});
const raw = ["-f", "f32le", "-ar", "44100", "-ac", "2", "-i", "/song/pcm"];
const run = ffmpeg.run([
  ...[...raw, "-map_metadata", "-1", "-c:a", "pcm_f64le", "-rf64", "auto"],
  ...["-f", "wav", "/song/encoded.wav"],
]);
const magic = Buffer.from(head.subarray(0, 16)).toString("latin1");
console.log({ ok: run.ok, size, magic, seconds: (performance.now() - began) / 1000 });

const reader = await freshFfmpeg();
reader.mount("/song/source", {
  size,
  read(position, target) {
    const count = Math.max(0, Math.min(target.length, size - position));
    target.fill(0, 0, count);
    if (position < head.length) target.set(head.subarray(position, position + count));
    return count;
  },
});
const probe = readProbe(reader.probe("/song/source"));
const duration = typeof probe === "string" ? probe : probe.duration;
console.log({ duration, expected: FRAMES / 44_100 });
const right = run.ok && size > 2 ** 32 && magic.startsWith("RF64") && duration !== null;
process.exitCode = right && Math.abs(Number(duration) - FRAMES / 44_100) < 0.01 ? 0 : 1;
