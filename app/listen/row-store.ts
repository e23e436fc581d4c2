import { createStore } from "zustand/vanilla";
import type { Song } from "@/lib/song/song";
import type { Listening } from "@/lib/session/listening";
import { rowGain } from "@/lib/listening/levels";
import { canPlay } from "@/lib/listening/player";
import { Row, type RowState } from "@/lib/listening/row";
import { decibels, type Decibels } from "@/lib/loudness/units";
import { strings } from "../strings";

/** Seconds that are heard of each song. */
const SECONDS = 8;

/** The row of songs that is being heard: at most one, wherever on the page it was begun. */
interface HeardRow {
  readonly songs: readonly Song[];
  readonly state: RowState;
  /** Of all songs alike. */
  readonly gain: Decibels;
}

export type RowView =
  | { readonly kind: "none" }
  | { readonly kind: "playing"; readonly row: HeardRow }
  | { readonly kind: "unable"; readonly message: string };

export const rowStore = createStore<RowView>(() => ({ kind: "none" }));

let playing: Row<Song> | null = null;

/** What the leveled song peaks at, as far as it is known. */
const levelOf = ({ result, source, gain, plannedGain, status }: Song) => ({
  integrated: -Infinity,
  truePeak: result?.truePeak ?? source?.truePeak ?? -Infinity,
  gain: status === "leveled" ? decibels(0) : (gain ?? plannedGain ?? decibels(0)),
});

/** Songs whose loudness is known; others have no leveled volume to be heard at. */
export const canBeHeard = (song: Song): boolean =>
  song.source !== null &&
  song.status !== "failed" &&
  !song.choice.excluded &&
  Number.isFinite(song.source.integrated);

/** Call it from a click: browsers keep silent before one. */
export function startRow(all: Iterable<Song>, listening: Listening): void {
  endRow();
  const songs = [...all].filter(canBeHeard);
  if (songs.length === 0) return;
  if (!canPlay()) {
    rowStore.setState({ kind: "unable", message: strings.listen.noSound }, true);
    return;
  }
  const gain = rowGain(songs.map(levelOf));
  const row = new Row<Song>(
    songs,
    async ({ id }, sampleRate, signal) => {
      const part = await listening.part(id, { seconds: SECONDS, sampleRate }, signal);
      if (part.kind === "unheard") return null;
      const { channels } = part.sound;
      return { channels, sampleRate: part.sound.sampleRate, gain: part.gain };
    },
    gain,
    (state) => {
      if (state.status !== "ended") {
        rowStore.setState({ kind: "playing", row: { songs, state, gain } }, true);
      } else if (playing === row) {
        playing = null;
        rowStore.setState({ kind: "none" }, true);
      }
    },
  );
  playing = row;
  void row.go(0);
}

export const nextInRow = (): void => void playing?.next();
export const previousInRow = (): void => void playing?.previous();

export function endRow(): void {
  playing?.end();
  rowStore.setState({ kind: "none" }, true);
}
