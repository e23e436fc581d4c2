import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planAlbum, type AlbumPlan, type AlbumSong } from "@/lib/loudness/album-plan";
import { integratedLoudness, powerOfLoudness } from "@/lib/loudness/gating";
import type { Target } from "@/lib/loudness/plan";
import { dbtp, decibels, lu, lufs } from "@/lib/loudness/units";

const target = (change: Partial<Target> = {}): Target => ({
  loudness: lufs(-14),
  ceiling: dbtp(-1),
  accuracy: lu(0.2),
  whenPeaksTooHigh: "limit",
  mostLimiting: decibels(6),
  onlyTurnDown: false,
  ...change,
});

/** A song of one loudness; `slope`: LU that limiting takes a decibel. */
function song(loudness: number, truePeak: number, slope = 0.1, blocks = 100): AlbumSong {
  const gatingBlocks = new Float64Array(blocks).fill(powerOfLoudness(loudness));
  return {
    integrated: integratedLoudness(gatingBlocks),
    truePeak: dbtp(truePeak),
    gatingBlocks,
    limiting: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 8, 11, 15, 20).map((over) => over * slope),
  };
}

function gainOf(plan: AlbumPlan): Extract<AlbumPlan, { kind: "gain" }> {
  if (plan.kind !== "gain") throw new Error(plan.reason);
  return plan;
}

describe("the plan of an album", () => {
  it("is one gain that brings the album to the target, and keeps what sets its songs apart", () => {
    const plan = gainOf(planAlbum([song(-20, -10), song(-24, -12)], target(), "mean"));
    expect(plan.expected).toBeCloseTo(-14, 3);
    const [loud, quiet] = plan.songs;
    expect(loud!.expected - quiet!.expected).toBeCloseTo(4, 6);
    expect(plan.songs.map(({ limited }) => limited)).toEqual([0, 0]);
    expect(plan.heldBack).toBe(false);
  });

  it("puts the loudest song at the target when asked to", () => {
    const plan = gainOf(planAlbum([song(-20, -10), song(-24, -12)], target(), "loudest"));
    expect(plan.gain).toBeCloseTo(6, 3);
    expect(plan.songs[0]!.expected).toBeCloseTo(-14, 3);
    expect(plan.songs[1]!.expected).toBeCloseTo(-18, 3);
  });

  it("limits each song as far as it must be, and says which lost more than 0.2 LU by it", () => {
    const plan = gainOf(planAlbum([song(-20, -4), song(-20, -14)], target(), "mean"));
    expect(plan.expected).toBeCloseTo(-14, 3);
    const [limited, free] = plan.songs;
    expect(limited!.limited).toBeGreaterThan(3);
    expect(limited!.truePeak).toBeCloseTo(-1.02, 9);
    expect(limited!.outOfBalance).toBe(true);
    expect(free).toMatchObject({ limited: 0, lost: 0, outOfBalance: false, heldBack: false });
  });

  it("is held back by the song whose own peaks hold it, not by the others", () => {
    const plan = gainOf(planAlbum([song(-20, 0), song(-20, -14)], target(), "mean"));
    expect(plan).toMatchObject({ heldBack: true, heldBy: "most-limiting" });
    expect(plan.songs.map(({ heldBack }) => heldBack)).toEqual([true, false]);
    expect(plan.songs[0]!.limited).toBeCloseTo(5.9, 3);
  });

  it("limits nothing when asked to stay quieter", () => {
    const asked = target({ whenPeaksTooHigh: "quieter" });
    const plan = gainOf(planAlbum([song(-20, -4), song(-20, -14)], asked, "mean"));
    expect(plan.gain).toBeCloseTo(3, 9);
    expect(plan).toMatchObject({ heldBack: true, heldBy: "peaks" });
  });

  it("leaves an album at the target alone, and silence", () => {
    const at = planAlbum([song(-14.1, -3), song(-14, -2)], target(), "mean");
    expect(at).toMatchObject({ kind: "skip", reason: "already-at-target" });
    const silent = { ...song(-20, -Infinity), gatingBlocks: new Float64Array(4) };
    expect(planAlbum([silent], target(), "mean")).toMatchObject({ reason: "silent" });
  });

  it("stays under the target where a song passes the relative gate", () => {
    // 21.614 LU apart, the quiet song stands on the gate, and rounding decides on which side.
    const album = [song(-6, -3, 0, 4), song(-27.613680022349723, -24.613680022349723, 0, 60)];
    const plan = planAlbum(
      album,
      target({ loudness: lufs(-6), mostLimiting: decibels(0.7470749612545436) }),
      "mean",
    );
    expect(plan.expected).toBeLessThanOrEqual(-6 + 1e-3);
  });

  it("never passes the target, the setting or, turning down only, the songs as they are", () => {
    const double = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    const songs = fc.array(
      fc
        .tuple(double(-40, -6), double(3, 20), double(0, 1), fc.integer({ min: 4, max: 60 }))
        .map(([loudness, crest, slope, blocks]) => song(loudness, loudness + crest, slope, blocks)),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(
        songs,
        fc.constantFrom("mean" as const, "loudest" as const),
        double(-30, -6),
        double(0, 12),
        fc.boolean(),
        (album, by, loudness, most, onlyTurnDown) => {
          const asked = target({
            loudness: lufs(loudness),
            mostLimiting: decibels(most),
            onlyTurnDown,
          });
          const plan = planAlbum(album, asked, by);
          if (plan.kind !== "gain") return;
          expect(plan.expected).toBeLessThanOrEqual(loudness + 1e-3);
          if (onlyTurnDown) expect(plan.gain).toBeLessThanOrEqual(1e-9);
          for (const each of plan.songs) {
            expect(each.limited).toBeLessThanOrEqual(most + 1e-6);
            expect(each.truePeak).toBeLessThanOrEqual(-1 + 1e-6);
          }
          expect(plan.songs.some(({ heldBack }) => heldBack)).toBe(
            plan.heldBack && plan.songs.some(({ heldBack }) => heldBack),
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});
