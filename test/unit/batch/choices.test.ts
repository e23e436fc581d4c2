import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { levelTask } from "@/lib/batch/level-task";
import { rescore } from "@/lib/batch/planned";
import { reachOf } from "@/lib/batch/reachable";
import { jsonReport } from "@/lib/batch/report";
import { SongTable } from "@/lib/batch/song-table";
import { decibels } from "@/lib/loudness/units";
import { defaultSettings, type Settings } from "@/lib/settings/settings";
import { asTheBatch, nudgedBy, ownSettings, type SongChoice } from "@/lib/song/choice";
import type { Measured } from "@/lib/song/outcome";
import { measured, picked } from "./fixtures";

const choice = (change: Partial<SongChoice>): SongChoice => ({ ...asTheBatch, ...change });

/** Measured songs of one folder, each with what is wanted of it, planned by the settings. */
function planned(
  songs: readonly (readonly [Measured, Partial<SongChoice>])[],
  change: Partial<Settings> = {},
) {
  const table = new SongTable(() => undefined);
  const ids = table.add(songs.map((_, i) => picked(`Album/${i}.mp3`)));
  ids.forEach((id, i) => {
    const [is, wanted] = songs[i]!;
    table.record(id).measured = { is, size: 1, lastModified: 1, dualMono: false };
    table.update(id, {
      ...{ source: is.measurement, status: "measured", choice: choice(wanted) },
    });
  });
  rescore(table, { ...defaultSettings, ...change });
  return ids.map((id) => table.get(id));
}

const roomy = (integrated = -24) => measured(integrated, -20);
const steps = fc.integer({ min: -12, max: 12 }).map((n) => decibels(n / 2));

describe("a nudge", () => {
  it("moves the target of one song, in plan and task, and of no other", () => {
    fc.assert(
      fc.property(steps, (nudge) => {
        const [song, other] = planned([
          [roomy(), { nudge }],
          [roomy(), {}],
        ]);
        expect(song!.planned!.integrated).toBeCloseTo(-14 + nudge, 6);
        expect(other!.planned!.integrated).toBeCloseTo(-14, 6);
        const task = { file: new File([], "a.mp3"), known: null, album: null };
        const own = ownSettings(defaultSettings, choice({ nudge }));
        expect(levelTask(own, task).target.loudness).toBeCloseTo(-14 + nudge, 9);
      }),
    );
  });

  it("by album puts a song beside where its album's plan puts it, and leaves the others there", () => {
    fc.assert(
      fc.property(steps, (nudge) => {
        const even = planned(
          [
            [roomy(-24), {}],
            [roomy(-27), {}],
          ],
          { levelBy: "album" },
        );
        const songs = planned(
          [
            [roomy(-24), {}],
            [roomy(-27), { nudge }],
          ],
          { levelBy: "album" },
        );
        expect(songs[0]!.planned).toEqual(even[0]!.planned);
        expect(songs[1]!.planned!.integrated - even[1]!.planned!.integrated).toBeCloseTo(nudge, 6);
        expect(songs[1]!.album).toEqual(even[1]!.album);
      }),
    );
  });

  it("goes in steps of 0.5 dB, to 6 dB either way", () => {
    let nudge = asTheBatch;
    for (let i = 0; i < 20; i++) nudge = choice({ nudge: nudgedBy(nudge, 1) });
    expect(nudge.nudge).toBe(6);
    expect(nudgedBy(nudge, -1)).toBe(5.5);
  });
});

it("one song's peaks may be handled in another way than those of the batch", () => {
  const full = measured(-20, -1);
  const kinds = planned([
    [full, {}],
    [full, { peaks: "quieter" }],
    [full, { peaks: "dynamic" }],
  ]).map((song) => song.planned!.kind);
  expect(kinds).toEqual(["limit", "skip", "dynamic"]);
});

describe("an excluded song", () => {
  const full = measured(-20, -1);

  it("has no plan and does not keep the others from a target", () => {
    const quieter = { whenPeaksTooHigh: "quieter" } as const;
    const both = planned(
      [
        [roomy(), {}],
        [full, {}],
      ],
      quieter,
    );
    expect(reachOf(both)).toMatchObject({ reachable: -20, heldBack: 1 });
    const one = planned(
      [
        [roomy(), {}],
        [full, { excluded: true }],
      ],
      quieter,
    );
    expect(reachOf(one)).toMatchObject({ reachable: -5, heldBack: 0 });
    expect(one[1]).toMatchObject({ planned: null, plannedGain: null });
  });

  it("does not count for its album's gain", () => {
    const by = { levelBy: "album" } as const;
    const [alone] = planned([[roomy(), {}]], by);
    const [beside] = planned(
      [
        [roomy(), {}],
        [full, { excluded: true }],
      ],
      by,
    );
    const [with_] = planned(
      [
        [roomy(), {}],
        [full, {}],
      ],
      by,
    );
    expect(beside!.album).toEqual(alone!.album);
    expect(with_!.album!.gain).not.toBeCloseTo(alone!.album!.gain, 1);
  });

  it("is in the report, as left out", () => {
    const head = {
      ...{ app: "1", startedAt: null, finishedAt: null, workers: 1 },
      ...{ settings: defaultSettings, beside: [], leftOut: [] },
    };
    const songs = planned([
      [full, { excluded: true }],
      [roomy(), { nudge: decibels(-1.5), peaks: "limit" }],
    ]);
    const { files } = JSON.parse(jsonReport(head, songs)) as { files: unknown[] };
    expect(files).toMatchObject([
      { status: "skipped", reason: "excluded", excluded: true, nudgeDb: 0, planned: null },
      { status: "measured", excluded: false, nudgeDb: -1.5, whenPeaksTooHigh: "limit" },
    ]);
  });
});
