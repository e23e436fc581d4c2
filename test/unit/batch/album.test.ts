import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { albumKey, albumsOf } from "@/lib/batch/album";
import { integratedLoudness, powerOfLoudness } from "@/lib/loudness/gating";
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

  it("are as loud as all their blocks heard as one programme, and as high as their highest peak", () => {
    const block = fc.double({ min: -90, max: 0, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.array(block, { maxLength: 20 }), { minLength: 1, maxLength: 4 }),
        (songs) => {
          const members = songs.map((blocks, i) => member(`a/${i}.mp3`, {}, blocks, -i));
          const union = integratedLoudness(Float64Array.from(songs.flat(), powerOfLoudness));
          for (const each of members) {
            const { integrated, truePeak } = albumsOf(members).get(each)!;
            if (Number.isFinite(union)) expect(integrated).toBeCloseTo(union, 9);
            else expect(integrated).toBe(union);
            expect(truePeak).toBeCloseTo(0, 9);
          }
        },
      ),
    );
  });
});
