import { expect, it } from "vitest";
import { guessedTime } from "@/lib/batch/guessed-time";
import { seconds } from "@/lib/loudness/units";
import type { Song } from "@/lib/song/song";

const song = (name: string, size: number, known: Partial<Song> = {}) => ({
  ...{ name, size, duration: null, planned: null },
  ...known,
});
/** Bytes of four minutes. */
const MP3 = 9.6e6;
const WAV = 42e6;

it("guesses a song's time by its kind and size, and by its length where that is known", () => {
  const level = (name: string, size: number, known?: Partial<Song>) =>
    guessedTime(song(name, size, known), true);
  expect(level("a.mp3", MP3)).toBeGreaterThan(level("a.WAV", WAV));
  expect(level("a.mp3", 2 * MP3)).toBeGreaterThan(level("a.mp3", MP3));
  expect(level("a.mp3", MP3)).toBeCloseTo(level("a.mp3", 1, { duration: seconds(343) }), 1);
});

it("guesses less for a song that is not encoded", () => {
  const planned = { way: { route: "lossless" } } as Song["planned"];
  const lossless = song("a.ogg", MP3, { planned });
  expect(guessedTime(lossless, true)).toBeLessThan(guessedTime(song("a.ogg", MP3), true) / 3);
  expect(guessedTime(lossless, true)).toBe(guessedTime(lossless, false));
});
