import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { albumKey, planAlbums } from "@/lib/batch/album";
import { albumGoalOf } from "@/lib/batch/planned";
import { integratedLoudness, powerOfLoudness } from "@/lib/loudness/gating";
import { defaultSettings } from "@/lib/settings/settings";
import { measured } from "./fixtures";

describe("albums", () => {
  const member = (path: string, tags = {}, blocks: readonly number[] = [-14], truePeak = -1) => ({
    path,
    root: "Music",
    measured: measured(-14, truePeak, tags, blocks),
  });

  it("are told by tags, else by the folder", () => {
    const tags = { album: "Blue", albumArtist: "Joni", disc: "1" };
    const key = (path: string, with_ = {}) => albumKey(member(path, with_));
    expect(key("x/1.mp3", tags)).toBe(key("y/2.mp3", tags));
    expect(key("x/1.mp3", tags)).not.toBe(key("x/1.mp3", { ...tags, disc: "2" }));
    expect(key("x/1.mp3", tags)).not.toBe(key("x/1.mp3", { ...tags, albumArtist: "Other" }));
    expect(key("x/1.mp3")).toBe(key("x/2.mp3"));
    expect(key("x/1.mp3")).not.toBe(key("x/y/1.mp3"));
    expect(albumKey({ ...member("x/1.mp3"), root: "Other" })).not.toBe(key("x/1.mp3"));
  });

  const goal = albumGoalOf(defaultSettings);

  it("get one gain, which brings all their blocks, heard as one programme, to the target", () => {
    const block = fc.double({ min: -40, max: -10, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.array(block, { minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 4 }),
        (songs) => {
          const members = songs.map((blocks, i) => member(`a/${i}.mp3`, {}, blocks, -60));
          const gains = [...planAlbums(members, goal).values()].map(({ share: { plan } }) => {
            return "gain" in plan ? plan.gain : 0;
          });
          expect(new Set(gains).size).toBe(1);
          const union = Float64Array.from(songs.flat(), (loudness) => {
            return powerOfLoudness(loudness + gains[0]!);
          });
          const away = Math.abs(integratedLoudness(union) - goal.target.loudness);
          expect(away).toBeLessThanOrEqual(gains[0] === 0 ? goal.target.accuracy : 0.001);
        },
      ),
    );
  });

  it("are in the order of their numbers, and each song knows what plays beside it", () => {
    const edges = (n: number) => ({ head: Uint16Array.of(n), tail: Uint16Array.of(n + 1) });
    const tracks = [10, 9, 1].map((n) => {
      const song = member(`a/${n}.mp3`);
      return { ...song, measured: { ...song.measured, edges: edges(n) } };
    });
    const planned = planAlbums(tracks, goal);
    const neighbours = tracks.map((track) => planned.get(track)!.share.neighbours);
    expect(neighbours).toEqual([
      { before: edges(9).tail, after: null },
      { before: edges(1).tail, after: edges(10).head },
      { before: null, after: edges(9).head },
    ]);
  });
});
