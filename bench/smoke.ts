// A short look at speed for continuous integration: LevelUp's own path over the floor, the same
// core's plain decode and encode, in the same process. It prints and never judges: machines of a
// CI are shared, and a ratio that failed at random would teach nobody anything.
import { performance } from "node:perf_hooks";
import { rescore } from "@/lib/batch/planned";
import { reachOf } from "@/lib/batch/reachable";
import { SongTable } from "@/lib/batch/song-table";
import { dbtp, decibels, lu, lufs } from "@/lib/loudness/units";
import { levelSong, measureSong } from "@/lib/song-path";
import { defaultSettings } from "@/lib/settings/settings";
import type { LevelTask } from "@/lib/song/task";
import { measured, picked } from "../test/unit/batch/fixtures";
import { songTools } from "../test/support/song-tools";
import { runFfmpeg } from "../scripts/samples/core";
import { spreadOf } from "./spread";

/** Seconds of audio, and how often each is run; the first time warms up and is not counted. */
const LENGTH = 20;
const ROUNDS = 3;

const task: LevelTask = {
  file: new File([], "song.mp3"),
  target: {
    loudness: lufs(-20),
    ceiling: dbtp(-1),
    accuracy: lu(0.2),
    whenPeaksTooHigh: "limit",
    mostLimiting: decibels(6),
    onlyTurnDown: false,
  },
  outputFormat: "same",
  whenEncodedAgain: "size",
  verify: true,
  maxPasses: 2,
  reencoding: "always",
  loudnessTags: "leave",
  replacesOriginal: false,
  known: null,
  album: null,
  dualMono: false,
};

const song = await noise();
const floor = {
  decode: ["-f", "null", "-"],
  both: ["-c:a", "libmp3lame", "-b:a", "320k", "o.mp3"],
};
const times: Record<"measure" | "level" | "decode" | "both", number[]> = {
  measure: [],
  level: [],
  decode: [],
  both: [],
};
for (let round = 0; round <= ROUNDS; round++) {
  const timed = async (what: keyof typeof times, work: () => Promise<string | null>) => {
    const begun = performance.now();
    const wrong = await work();
    if (wrong !== null) throw new Error(`${what}: ${wrong}`);
    if (round > 0) times[what].push((performance.now() - begun) / 1000);
  };
  const plain = (args: readonly string[]) => async () => {
    const { code, log } = await runFfmpeg(["-v", "error", "-i", "i.mp3", ...args], {
      "i.mp3": song,
    });
    return code === 0 ? null : log.join("\n");
  };
  await timed("decode", plain(floor.decode));
  await timed("measure", async () => {
    const { kind } = await measureSong(task, songTools(song));
    return kind === "measured" ? null : kind;
  });
  await timed("both", plain(floor.both));
  await timed("level", async () => {
    const { kind } = await levelSong(task, songTools(song));
    return kind === "leveled" ? null : kind;
  });
}

const median = (what: keyof typeof times) => spreadOf(times[what]).median;
const row = (name: string, ours: keyof typeof times, least: keyof typeof times) =>
  console.log(
    `${name}: ${(median(ours) / median(least)).toFixed(2)} × the floor ` +
      `(${median(ours).toFixed(2)} s over ${median(least).toFixed(2)} s for ${LENGTH} s of MP3 320)`,
  );
console.log("Speed (printed, never asserted):");
row("measure", "measure", "decode");
row("level and verify", "level", "both");

console.log(`500 songs of four minutes planned anew: ${rescoring().toFixed(0)} ms`);

/** Milliseconds, the least of three. */
function rescoring(): number {
  const blocks = Array.from({ length: 2400 }, (_, i) => -20 + 6 * Math.sin(i / 40));
  const table = new SongTable(() => undefined);
  for (let i = 0; i < 500; i++) {
    const [id] = table.add([picked(`${i}.mp3`)]);
    const is = measured(-17, -(i % 12), {}, blocks);
    table.record(id!).measured = { is, size: 1, lastModified: 1, dualMono: false };
    table.update(id!, { source: is.measurement, status: "measured" });
  }
  const least = Array.from({ length: 3 }, (_, i) => {
    const begun = performance.now();
    rescore(table, { ...defaultSettings, targetLoudness: lufs(-11 - i) });
    reachOf(table.ids.map((id) => table.get(id)));
    return performance.now() - begun;
  });
  return Math.min(...least);
}

/** Noise with loud and soft passages, so that no stage has an easy time. */
async function noise(): Promise<Uint8Array> {
  const source = `anoisesrc=r=44100:a=0.4:c=pink:s=7:d=${LENGTH},volume='0.5+0.4*sin(t)':eval=frame`;
  const filter = `${source},aformat=channel_layouts=stereo`;
  const args = ["-v", "error", "-f", "lavfi", "-i", filter, "-b:a", "320k", "song.mp3"];
  const { outputs, log } = await runFfmpeg(args, {}, ["song.mp3"]);
  const [bytes] = outputs;
  if (!bytes) throw new Error(log.join("\n"));
  return bytes;
}
