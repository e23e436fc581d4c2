import { describe, expect, it } from "vitest";
import { planAlbum } from "@/lib/loudness/album-plan";
import { lu } from "@/lib/loudness/units";
import { planGain } from "@/lib/loudness/plan";
import { levelSong, measureSong } from "@/lib/song-path";
import type { Leveled, Measured } from "@/lib/song/outcome";
import { programmeOf } from "@/lib/song/programme";
import type { LevelTask } from "@/lib/song/task";
import { asBlob } from "@/lib/storage/song-bytes";
import { songTools } from "../../support/song-tools";
import { decoded, levelTask, sameKind, signal, target } from "./sources";

const measure = async (bytes: Uint8Array): Promise<Measured> => {
  const task = { file: levelTask(bytes, "a.wav").file, dualMono: false };
  const outcome = await measureSong(task, songTools(bytes));
  if (outcome.kind === "refused") throw new Error(outcome.reason);
  return outcome.measured;
};

const level = async (bytes: Uint8Array, change: Partial<LevelTask> = {}): Promise<Leveled> => {
  const outcome = await levelSong(levelTask(bytes, "a.wav", change), songTools(bytes));
  if (outcome.kind !== "leveled") throw new Error(JSON.stringify(outcome));
  return outcome;
};

const float = ["-c:a", "pcm_f32le"];
const music = "0.1*sin(t*1400)*(0.6+0.4*sin(t*2))";

describe("what is planned from the measurement is what is delivered, under the ceiling", () => {
  it.each<[string, string, number]>([
    ["clicks on music", `aevalsrc=${music}+0.9*eq(mod(n\\,8820)\\,0):d=6`, -14],
    ["one sample at full scale in silence", "aevalsrc=eq(n\\,50000):d=4", -30],
    ["a square wave", "aevalsrc=0.3*sgn(sin(t*6264)):d=3", -6],
    ["a constant", "aevalsrc=0.5*gt(t\\,0.1):d=3", -20],
    ["8 kHz mono", `aevalsrc=${music}+0.5*eq(mod(n\\,1600)\\,0):d=4:s=8000`, -16],
    ["40 dB to go", `aevalsrc=0.01*(${music}):d=4`, -16],
    ["0.2 s", `aevalsrc=${music}:d=0.2`, -14],
    ["floats 30 dB over full scale", `aevalsrc=31*(${music}+0.9*eq(mod(n\\,8820)\\,0)):d=4`, -14],
    ["192 kHz, eight channels", `aevalsrc='${Array(8).fill(music).join("|")}':s=192000:d=1`, -8],
  ])("%s", async (_, graph, loudness) => {
    const source = await signal(graph, "a.wav", ...float);
    const measured = await measure(source);
    const asked = target({ loudness, mostLimiting: 6 });
    const plan = planGain(programmeOf(measured, sameKind), asked);
    const { result, limited } = await level(source, { target: asked, known: measured });
    expect(Math.abs(result!.integrated - plan.expected)).toBeLessThan(0.1);
    expect(result!.truePeak).toBeLessThan(-1 + 0.05);
    expect(limited).toBeLessThanOrEqual(6);
    // Never quieter than gain alone to the ceiling.
    const { integrated, truePeak } = measured.measurement;
    const alone = Math.min(loudness, integrated - 1 - truePeak);
    expect(result!.integrated).toBeGreaterThan(alone - 0.1);
  });
});

describe("two songs of a gapless album", () => {
  it("are limited over the join as one", async () => {
    const frames = 132_320;
    // What is loud begins, softly, with the second song; the gain falls before it, in the first.
    const rises = (t: string, at: number) =>
      `max(0\\,min(1\\,(${t}-${at})*400))*lt(${t}\\,${at + 0.2})`;
    const bursts = (t: string) => `${rises(t, 1)}+${rises(t, frames / 44_100)}`;
    const loud = (t: string) => `0.2*sin(${t}*340)+0.7*sin(${t}*4400)*(${bursts(t)})`;
    const part = (from: number, length: number) => {
      const [t, d] = [`(t+${from / 44_100})`, length / 44_100];
      return signal(`aevalsrc=${loud(t)}:d=${d}`, "a.wav", ...float);
    };
    const whole = await part(0, 2 * frames);
    const parts = [await part(0, frames), await part(frames, frames)];
    // One after another: they share an engine, as the songs of a worker do.
    const measured = [await measure(parts[0]!), await measure(parts[1]!)];
    const asked = target({ loudness: -6 });
    const programmes = measured.map((each) => programmeOf(each, sameKind));
    const album = planAlbum(programmes, asked, "mean");
    if (album.kind === "skip") throw new Error(album.reason);
    const delivered: Float32Array[] = [];
    for (const [i, bytes] of parts.entries()) {
      const { expected, truePeak, limited, lost } = album.songs[i]!;
      const plan = {
        ...({ kind: "limit", gain: album.gain, expected, truePeak, limited } as const),
        ...{ heldBack: false, heldBy: null },
      };
      const neighbours = {
        before: measured[i - 1]?.edges.tail ?? null,
        after: measured[i + 1]?.edges.head ?? null,
      };
      const share = { plan, lost, neighbours, loudness: measured[i]!.measurement };
      const outcome = await level(bytes, { target: asked, album: share });
      expect(outcome.limited).toBeGreaterThan(1);
      expect(outcome.gain).toBe(album.gain);
      delivered.push(await decoded(new Uint8Array(await asBlob(outcome.bytes).arrayBuffer())));
    }
    const plan = { kind: "limit", gain: album.gain, heldBack: false, heldBy: null } as const;
    const both = await measure(whole);
    const { integrated, truePeak } = both.measurement;
    const share = {
      plan: { ...plan, expected: integrated, truePeak, limited: album.gain },
      ...{ lost: lu(0), neighbours: { before: null, after: null }, loudness: both.measurement },
    };
    const asOne = await level(whole, { target: asked, album: share, verify: false });
    const wanted = await decoded(new Uint8Array(await asBlob(asOne.bytes).arrayBuffer()));
    let furthest = 0;
    for (let i = frames - 2000; i < frames + 2000; i++) {
      const sample = i < frames ? delivered[0]![i]! : delivered[1]![i - frames]!;
      if (Math.abs(wanted[i]!) < 0.01) continue;
      furthest = Math.max(furthest, Math.abs(20 * Math.log10(sample / wanted[i]!)));
    }
    expect(furthest).toBeLessThan(0.01);
  });
});
