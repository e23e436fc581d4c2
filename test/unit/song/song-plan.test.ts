import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planAlbums } from "@/lib/batch/albums/planned-albums";
import { planGain, type Target } from "@/lib/loudness/plan";
import type { OwnGain } from "@/lib/loudness/stepped-plan";
import { dbtp, decibels, lu, lufs } from "@/lib/loudness/units";
import type { Measured } from "@/lib/song/outcome";
import { programmeOf } from "@/lib/song/programme";
import { planSong, type Asked } from "@/lib/song/song-plan";
import { measured, mp3 } from "../batch/fixtures";

const STEP = decibels(5 * Math.log10(2));
const steps = (lowest = -200, highest = 200): OwnGain => ({
  ...{ step: STEP, lowest: decibels(lowest * STEP), highest: decibels(highest * STEP) },
});
const exact: OwnGain = { ...steps(-Infinity, Infinity), step: decibels(0) };

const target: Target = {
  ...{ loudness: lufs(-14), ceiling: dbtp(-1), accuracy: lu(0.2), mostLimiting: decibels(6) },
  ...{ whenPeaksTooHigh: "limit", onlyTurnDown: false },
};
const song = (
  integrated: number,
  truePeak: number,
  ownGain: OwnGain | null,
  format: Partial<Measured["format"]> = {},
): Measured => ({
  ...measured(integrated, truePeak),
  ...{ ownGain, format: { ...mp3, ...format } },
});
const asked = (change: Partial<Asked> = {}): Asked => ({
  ...{ target, outputFormat: "same", whenEncodedAgain: "size", reencoding: "best-sound" },
  ...change,
});
const plan = (song: Measured, change: Partial<Asked> = {}) => planSong(song, asked(change), null);

const double = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const anyOwnGain = fc.constantFrom(null, exact, steps(), steps(-2, 1));
const anyFormat = fc.constantFrom(
  ...[{}, { container: "flac", codec: "flac", lossless: true }],
  ...[
    { container: "opus", codec: "opus" },
    { container: "ogg", codec: "vorbis" },
  ],
);
const anySong = fc
  .tuple(double(-40, -5), double(-20, 3), anyOwnGain, anyFormat)
  .map(([integrated, truePeak, own, format]) => song(integrated, truePeak, own, format));
const anyAsked = fc.record({
  target: fc
    .record({
      loudness: double(-30, -6).map(lufs),
      ceiling: double(-3, 0).map(dbtp),
      accuracy: double(0.05, 1).map(lu),
      whenPeaksTooHigh: fc.constantFrom("limit" as const, "quieter" as const, "dynamic" as const),
      onlyTurnDown: fc.boolean(),
    })
    .map((fields): Target => ({ ...target, ...fields })),
  outputFormat: fc.constantFrom("same" as const, "mp3" as const, "flac" as const, "ogg" as const),
  whenEncodedAgain: fc.constantFrom("size" as const, "sound" as const),
  reencoding: fc.constantFrom("best-sound" as const, "never" as const, "always" as const),
});

describe("the way of a song", () => {
  it("with Never is no encoding for any lossy song, by itself or with its album", () => {
    fc.assert(
      fc.property(
        fc.array(anySong, { minLength: 1, maxLength: 4 }),
        anyAsked.map((each): Asked => ({ ...each, reencoding: "never" })),
        (songs, asked) => {
          const members = songs.map((measured, i) => ({ path: `${i}`, root: "a", measured }));
          const albums = planAlbums(members, { ...asked, by: "mean" });
          for (const member of members) {
            const plans = [null, albums.get(member)!.share.plan].map((album) =>
              planSong(member.measured, asked, album),
            );
            for (const { way } of plans)
              if (!member.measured.format.lossless) expect(way?.route).not.toBe("encode");
          }
        },
      ),
    );
  });

  it("with Always is an encoding, and so it is for a lossless song whatever is asked for", () => {
    fc.assert(
      fc.property(anySong, anyAsked, (song, asked) => {
        if (asked.reencoding !== "always" && !song.format.lossless) return;
        const { plan, way } = planSong(song, asked, null);
        expect(plan).toEqual(planGain(programmeOf(song, asked), asked.target));
        expect(way?.route).toBe(plan.kind === "skip" ? undefined : "encode");
      }),
    );
  });

  it("without encoding keeps peaks under the ceiling and moves in whole steps that the song can take", () => {
    fc.assert(
      fc.property(anySong, anyAsked, (song, asked) => {
        const { plan, way } = planSong(song, asked, null);
        if (way?.route !== "lossless" || plan.kind !== "gain") return;
        const { step, lowest, highest } = song.ownGain!;
        expect(plan.truePeak).toBeLessThanOrEqual(asked.target.ceiling + 1e-5);
        expect(plan.truePeak).toBeCloseTo(song.measurement.truePeak + plan.gain, 9);
        expect(plan.expected).toBeCloseTo(song.measurement.integrated + plan.gain, 9);
        expect(plan.gain).toBeGreaterThanOrEqual(lowest - 1e-6);
        expect(plan.gain).toBeLessThanOrEqual(highest + 1e-6);
        if (step > 0) expect(plan.gain / step).toBeCloseTo(Math.round(plan.gain / step), 9);
      }),
    );
  });

  it("with Best sound leaves no song further from what gain alone brings than the accuracy", () => {
    fc.assert(
      fc.property(
        anySong,
        anyAsked.map((each): Asked => ({ ...each, reencoding: "best-sound" })),
        (song, asked) => {
          const { plan, way } = planSong(song, asked, null);
          if (way?.route !== "lossless") return;
          const alone = planGain(programmeOf(song, null), asked.target);
          expect(Math.abs(plan.expected - alone.expected)).toBeLessThanOrEqual(
            asked.target.accuracy + 1e-9,
          );
          expect(way.missedBy).toBeNull();
        },
      ),
    );
  });

  it.each<[string, Measured, Partial<Asked>, object]>([
    ["Opus and Vorbis", song(-9, 0, exact), {}, { route: "lossless", why: "exact" }],
    [
      "a step on the target",
      song(-14 + 2 * STEP + 0.15, 0, steps()),
      {},
      { route: "lossless", why: "near-step" },
    ],
    [
      "a step beside the target",
      song(-14 + 2 * STEP + 0.25, 0, steps()),
      {},
      { route: "encode", why: "no-near-step" },
    ],
    [
      "the same where less accuracy will do",
      song(-14 + 2 * STEP + 0.25, 0, steps()),
      { target: { ...target, accuracy: lu(0.3) } },
      { route: "lossless", why: "near-step" },
    ],
    ["peaks in the way", song(-20, -2, exact), {}, { route: "encode", why: "peaks" }],
    [
      "peaks that are to stay as they are",
      song(-20, -2, exact),
      { target: { ...target, whenPeaksTooHigh: "quieter" } },
      { route: "lossless", why: "exact" },
    ],
    [
      "a song that is to be evened out",
      song(-20, -2, exact),
      { target: { ...target, whenPeaksTooHigh: "dynamic" } },
      { route: "encode", why: "evened-out" },
    ],
    ["no gain of its own", song(-9, 0, null), {}, { route: "encode", why: "no-own-gain" }],
    ["more than it can take", song(-9, 0, steps(-1, 1)), {}, { route: "encode" }],
    [
      "another kind",
      song(-9, 0, exact),
      { outputFormat: "flac" },
      { route: "encode", why: "other-kind" },
    ],
    [
      "a kind that it is already",
      song(-9, 0, exact),
      { outputFormat: "mp3" },
      { route: "lossless", why: "exact" },
    ],
  ])("with Best sound: %s", (_, song, change, way) => {
    expect(plan(song, change).way).toMatchObject(way);
  });

  it("with Never takes the nearest step and says what is missing, or that peaks are why", () => {
    const near = plan(song(-9, 0, steps()), { reencoding: "never" });
    expect(near.way).toMatchObject({ route: "lossless", why: "never" });
    expect(near.way!.missedBy).toBeCloseTo(5 - 3 * STEP, 9);
    const held = plan(song(-20, -2.6, steps()), { reencoding: "never" });
    expect(held.plan).toMatchObject({ kind: "gain", gain: STEP, heldBack: true, heldBy: "peaks" });
    expect(held.way!.missedBy).toBeNull();
    const full = plan(song(-20, -2, steps()), { reencoding: "never" });
    expect(full.plan).toMatchObject({ kind: "skip", reason: "held-back-by-peaks" });
    const between = plan(song(-14.6, -5, steps()), { reencoding: "never" });
    expect(between.plan).toMatchObject({ kind: "skip", reason: "nearest-lossless-step" });
    expect(between).toMatchObject({ missedBy: expect.closeTo(-0.6, 9) as number });
  });

  it("with Never leaves what would have to be encoded, with the reason", () => {
    const reason = (song: Measured, change: Partial<Asked> = {}) =>
      plan(song, { ...change, reencoding: "never" }).plan;
    expect(reason(song(-9, 0, null))).toMatchObject({ kind: "skip", reason: "no-lossless-way" });
    expect(reason(song(-9, 0, steps(-1, 1)))).toMatchObject({ reason: "no-lossless-way" });
    const flac = { outputFormat: "flac" } as const;
    expect(reason(song(-9, 0, exact), flac)).toMatchObject({ reason: "would-be-encoded" });
    expect(reason(song(-14, -3, null), flac)).toMatchObject({ reason: "already-at-target" });
  });
});

describe("the songs of an album of MP3s", () => {
  const album = (songs: readonly Measured[], change: Partial<Asked> = {}) => {
    const members = songs.map((measured, i) => ({ path: `${i}.mp3`, root: "a", measured }));
    const goal = { ...asked(change), by: "loudest" } as const;
    const planned = planAlbums(members, goal);
    return members.map((member) => {
      const { album, share } = planned.get(member)!;
      return { album, ...planSong(member.measured, goal, share.plan) };
    });
  };
  const gainsOf = (songs: ReturnType<typeof album>) =>
    songs.map(({ plan }) => ("gain" in plan ? plan.gain : 0));

  it("get one step, and are not encoded, where a step is near enough", () => {
    const songs = album([
      song(-14 + 2 * STEP + 0.15, -1, steps()),
      song(-14, -6, steps()),
      song(-14, -6, exact, { container: "ogg", codec: "vorbis" }),
      song(-14, -6, null, { container: "flac", codec: "flac", lossless: true }),
    ]);
    for (const gain of gainsOf(songs)) expect(gain).toBeCloseTo(-2 * STEP, 9);
    expect(songs.map(({ way }) => way?.why)).toEqual([
      ...["near-step", "near-step", "exact", "lossless-source"],
    ]);
  });

  it("are encoded with the exact gain where none is", () => {
    const songs = album([
      song(-14 + 2 * STEP + 0.5, -1, steps()),
      song(-14, -6, exact, { container: "ogg", codec: "vorbis" }),
    ]);
    for (const gain of gainsOf(songs)) expect(gain).toBeCloseTo(-2 * STEP - 0.5, 3);
    expect(songs.map(({ way }) => way?.why)).toEqual(["no-near-step", "exact"]);
  });

  it("with Never get the nearest step that the peaks of all leave room for", () => {
    const near = album([song(-9, 0, steps()), song(-12, -3, steps())], { reencoding: "never" });
    for (const gain of gainsOf(near)) expect(gain).toBeCloseTo(-3 * STEP, 9);
    expect(near[0]!.album.planned).toBeCloseTo(-9 - 3 * STEP, 6);
    const held = album([song(-20, -3, steps()), song(-22, -9, steps())], { reencoding: "never" });
    for (const gain of gainsOf(held)) expect(gain).toBeCloseTo(STEP, 9);
    expect(held[0]!.album.heldBack).toBe(true);
    expect(held.map(({ plan }) => "heldBy" in plan && plan.heldBy)).toEqual(["peaks", null]);
  });

  it("all get the same gain, whatever they are and whatever is asked for", () => {
    fc.assert(
      fc.property(fc.array(anySong, { minLength: 2, maxLength: 5 }), anyAsked, (songs, asked) => {
        const planned = album(songs, asked);
        const gains = planned.flatMap(({ plan }) => ("gain" in plan ? plan.gain : []));
        const spread = Math.max(...gains) - Math.min(...gains);
        if (gains.length > 1) expect(spread).toBeLessThan(0.02);
      }),
    );
  });
});
