import type { SongWorkerHandle } from "@/lib/batch/song-worker";
import { decibels } from "@/lib/loudness/units";
import { WorkerDied } from "@/lib/pool/worker-handle";
import type { LevelOutcome, Measured } from "@/lib/song/outcome";
import type { LevelTask, SongTask } from "@/lib/song/task";
import { measured } from "../../unit/batch/fixtures";

/** A song whose whole file is a line of text. */
export interface FakeSong {
  /** Which music it is. */
  readonly music: string;
  readonly tags: string;
  /** LUFS. */
  readonly level: number;
  /** How often it was encoded since it was an original. */
  readonly encodings: number;
  /** What a lossless gain notes for taking it back: the level before. */
  readonly undo: number | null;
}

export const textOf = (song: FakeSong): string => `song ${JSON.stringify(song)} end`;

/** Null for whatever is no whole song. */
export function songIn(text: string): FakeSong | null {
  const [, json] = /^song (\{.*\}) end$/.exec(text) ?? [];
  return json === undefined ? null : (JSON.parse(json) as FakeSong);
}

/** What of a song is heard: all but its tags, of which the note for taking a gain back is one. */
export const soundOf = ({ music, level, encodings }: FakeSong): string =>
  JSON.stringify({ music, level, encodings });

/** A song's sound with another's tags. */
export const retaggedSong = (sound: FakeSong, { tags }: FakeSong): FakeSong => ({
  ...sound,
  tags,
  undo: null,
});

/** What leveling makes of a song; the song itself where it needs nothing. */
export function leveledSong(song: FakeSong, level: number, lossless: boolean): FakeSong {
  if (song.level === level) return song;
  return lossless
    ? { ...song, level, undo: song.undo ?? song.level }
    : { ...song, level, undo: null, encodings: song.encodings + 1 };
}

/** A worker that levels such songs. `onLevel` is told of each that it is given. */
export function fakeSongWorker(onLevel: (name: string) => void): SongWorkerHandle {
  let dead: WorkerDied | null = null;
  const mustLive = () => {
    if (dead) throw dead;
  };
  return {
    async call(ask) {
      mustLive();
      const answer = await ask({
        level: async ({ file, target, reencoding }: LevelTask) => {
          onLevel(file.name);
          const song = songIn(await file.text());
          if (!song) return refused;
          const result = leveledSong(song, target.loudness, reencoding === "never");
          return outcomeOf(song, result, "already-at-target");
        },
        undo: async ({ file }: SongTask) => {
          const song = songIn(await file.text());
          if (!song) return refused;
          const undone = song.undo === null ? song : { ...song, level: song.undo, undo: null };
          return outcomeOf(song, undone, "nothing-to-undo");
        },
        measure: () => Promise.reject(new Error("Nothing is only measured here.")),
        listen: () => Promise.reject(new Error("Nothing is heard here.")),
      });
      mustLive();
      return answer;
    },
    giveBack: () => undefined,
    terminate: () => (dead = new WorkerDied("terminated", "by the page")),
  };
}

const refused: LevelOutcome = {
  ...{ kind: "refused", reason: "damaged", detail: "no whole song" },
  ...{ format: null, measured: null },
};

function outcomeOf(
  song: FakeSong,
  result: FakeSong,
  skip: "already-at-target" | "nothing-to-undo",
): LevelOutcome {
  const source = measuredOf(song);
  const times = { measure: 1, render: 1, verify: 1, total: 3, reading: 1 };
  if (result === song) return { kind: "skipped", reason: skip, measured: source, seconds: times };
  return {
    ...{ kind: "leveled", measured: source, gain: decibels(result.level - song.level) },
    way: null,
    ...{ limited: decibels(0), held: null, passes: 1, resultDetail: null, shortfall: null },
    notes: [],
    route: result.encodings > song.encodings ? "encode" : "lossless",
    result: measuredOf(result).measurement,
    ...{ bytes: [new TextEncoder().encode(textOf(result))], scratch: null, extension: "mp3" },
    seconds: times,
  };
}

const measuredOf = ({ level }: FakeSong): Measured => measured(level, -3);
