import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { distribution } from "@/app/report/distribution";
import { tallyOf } from "@/app/songs/tally";
import { verdictOf } from "@/app/songs/verdict";
import { COLUMNS, FILTERS, nextSort, visibleSongs, wholeView } from "@/app/songs/view";
import { gain, length, level, rate } from "@/app/ui/numbers";
import type { SessionState } from "@/lib/session/session-state";
import { decibels, lu } from "@/lib/loudness/units";
import { asTheBatch } from "@/lib/song/choice";
import type { Song } from "@/lib/song/song";
import { order, songs } from "./song-list";

const paths = (ids: readonly (typeof order)[number][]) => ids.map((id) => songs.get(id)!.path);

describe("the songs that the table shows", () => {
  it("are all songs in the order added, until something is asked for", () => {
    expect(visibleSongs(songs, order, wholeView)).toBe(order);
  });

  it("stay the same songs under every sort, with unknown values last in both directions", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...COLUMNS),
        fc.boolean(),
        fc.constantFrom(...FILTERS),
        (by, descending, filter) => {
          const filtered = visibleSongs(songs, order, { ...wholeView, filter });
          const sorted = visibleSongs(songs, order, {
            sort: { by, descending },
            filter,
            search: "",
          });
          expect(new Set(sorted)).toEqual(new Set(filtered));
          if (by !== "loudness") return;
          const values = sorted.map((id) => songs.get(id)!.source?.integrated ?? null);
          const known = values.filter((value) => value !== null);
          expect(values.slice(0, known.length)).toEqual(known);
          expect(known).toEqual(known.toSorted((a, b) => (descending ? b - a : a - b)));
        },
      ),
    );
  });

  it("are found by a part of their path, whatever its case and accents", () => {
    const found = (search: string) => paths(visibleSongs(songs, order, { ...wholeView, search }));
    expect(found("  BÁTTLES/elf ")).toEqual(["Battles/elf-land.ogg"]);
    expect(found("defaite")).toEqual(["Quiet/Défaite.m4a"]);
  });

  it("sort up, then down, then as added", () => {
    const up = nextSort(null, "gain");
    const down = nextSort(up, "gain");
    expect([up, down, nextSort(down, "gain")]).toEqual([
      { by: "gain", descending: false },
      { by: "gain", descending: true },
      null,
    ]);
  });
});

describe("the counts of the table", () => {
  it("tell how much audio there is once every length is known", () => {
    const seconds = (list: readonly Song[]) =>
      tallyOf({ songs: new Map(list.map((song) => [song.id, song])) } as unknown as SessionState)
        .seconds;
    const all = [...songs.values()];
    const known = all.filter(({ duration }) => duration !== null);
    expect(seconds(all)).toBeNull();
    const lengths = known.reduce((sum, { duration }) => sum + duration!, 0);
    const failed = all.filter(({ status }) => status === "failed");
    expect(seconds([...new Set([...known, ...failed])])).toBeCloseTo(lengths, 6);
  });
});

describe("a verdict", () => {
  it("says why a song failed and what to do", () => {
    const failed = [...songs.values()].find((song) => song.status === "failed")!;
    const { tone, words, hint } = verdictOf(failed);
    expect(tone).toBe("bad");
    expect(words).toBe(`Failed. ${failed.message}`);
    expect(hint).toBe(failed.hint);
  });

  it("of a row is how the whole begins, however long that is", () => {
    for (const song of songs.values()) {
      const { words, brief } = verdictOf(song);
      expect(words.startsWith(brief)).toBe(true);
    }
    const [quiet] = [...songs.values()].filter((song) => song.reason === "held-back-by-peaks");
    const way = { route: "encode", why: "peaks", cost: null, missedBy: null } as const;
    expect(verdictOf({ ...quiet!, way })).toMatchObject({
      brief: `Leveled. ${quiet!.message}`,
      words: `Leveled. ${quiet!.message} Encoded: its peaks have to be limited.`,
      aside: "encoded",
    });
  });

  it("says what is wanted of a song, and of a delivered one what it was leveled by", () => {
    const brief = (path: string, change: Partial<Song>) => {
      const song = [...songs.values()].find((each) => each.path === path)!;
      return verdictOf({ ...song, ...change }).brief;
    };
    const nudged = { ...asTheBatch, nudge: decibels(-0.5) };
    expect(brief("new.mp3", { choice: nudged })).toBe("Waiting, nudged −0.5 dB");
    const planned = { kind: "tags" } as Song["planned"];
    expect(brief("new.mp3", { choice: nudged, status: "measured", planned })).toBe(
      "Measured, its sound will stay as it is, and loudness tags will be written",
    );
    const done = "Battles/battle.flac";
    expect(brief(done, { applied: nudged, choice: nudged })).toBe("Leveled, nudged −0.5 dB");
    expect(brief(done, { applied: asTheBatch, choice: nudged })).toBe(
      "Leveled, to be leveled again otherwise",
    );
    const excluded = { ...asTheBatch, excluded: true };
    expect(brief("Broken/cut.mp3", { choice: excluded })).toBe("Excluded");
    expect(brief(done, { choice: excluded })).toBe("Leveled, excluded from now on");
  });

  it("says which way a song will go and went", () => {
    const { planned, ...song } = [...songs.values()].find((each) => each.planned !== null)!;
    const way = { route: "lossless", why: "never", cost: null, missedBy: lu(-0.62) } as const;
    const measured = { ...song, status: "measured", planned: { ...planned!, kind: "gain", way } };
    expect(verdictOf({ ...measured, message: null } as Song).words).toBe(
      "Measured. Will not be encoded: lossy files are never to be encoded. 0.6 LU quieter than the target: its gain moves in steps of 1.5 dB.",
    );
    const leveled = { ...song, status: "leveled", way, limited: null, message: "Done so." };
    expect(verdictOf({ ...leveled, planned, reason: null } as Song).words).toBe(
      "Leveled. Done so. Not encoded: lossy files are never to be encoded.",
    );
  });

  it("points at a leveled song that missed the target", () => {
    const held = [...songs.values()].find((song) => song.reason === "held-back-by-peaks")!;
    expect(verdictOf(held)).toMatchObject({
      tone: "note",
      words: `Leveled. Held back by its peaks: it ends at ${level(held.result!.integrated)} LUFS, since they stand at the ceiling.`,
      hint: null,
    });
  });
});

describe("the distribution", () => {
  it("counts every measured song once, before and at the end, and leaves silence out", () => {
    const { before, end } = distribution(songs.values());
    const audible = [...songs.values()].filter((song) =>
      Number.isFinite(song.source?.integrated ?? NaN),
    );
    const total = (bins: readonly number[]) => bins.reduce((sum, bin) => sum + bin, 0);
    expect(total(before.bins)).toBe(audible.length);
    expect(total(end.bins)).toBe(audible.length);
  });

  it("tells songs that are leveled unverified from those still to be leveled", () => {
    const leveled = [...songs.values()].filter((song) => song.result !== null);
    const unverified = leveled.map((song) => ({ ...song, result: null }));
    const { after, planned, toDo } = distribution(unverified);
    expect(after.values).toEqual([]);
    expect(planned.values).toHaveLength(leveled.length);
    expect(toDo).toBe(0);
    expect(distribution(unverified.map((song) => ({ ...song, status: "measured" }))).toDo).toBe(
      leveled.length,
    );
  });
});

describe("numbers", () => {
  it("carry a real minus sign and never a negative nothing", () => {
    expect([level(-14.04), level(-0.01), level(-Infinity), level(null)]).toEqual([
      "−14.0",
      "0.0",
      "−∞",
      "–",
    ]);
    expect([gain(2.34), gain(-0.04), gain(-3)]).toEqual(["+2.3", "0.0", "−3.0"]);
  });
  it("never round a rate up to a perfect one", () => {
    expect([rate(497 / 500), rate(9999 / 10_000), rate(1)]).toEqual(["99.4 %", "99.9 %", "100 %"]);
  });
  it("give lengths as clocks do", () => {
    expect([length(59.6), length(3661), length(null)]).toEqual(["1:00", "1:01:01", "–"]);
  });
});
