import { describe, expect, it } from "vitest";
import { DestinationChoice } from "@/lib/session/destination-choice";
import { Notices } from "@/lib/session/notices";
import { replacePreview, type ToReplace } from "@/lib/session/replacing/preview";
import type { Question } from "@/lib/session/session-state";
import { defaultSettings, type Settings } from "@/lib/settings/settings";
import { dbtp, decibels, lufs, seconds } from "@/lib/loudness/units";
import { mp3, phaseSeconds, picked, pickedFolder, songRow } from "../batch/fixtures";

const settings: Settings = { ...defaultSettings, saveTo: "replace" };
const folder = pickedFolder("Music");
const song = (path: string, row: Partial<ToReplace["row"]> = {}): ToReplace => ({
  file: picked(path, { folder }),
  row: songRow(1, { size: 1_000_000, ...row }),
});

const damage: ToReplace["row"]["damage"] = {
  ...({ kind: "undecodable", places: 1 } as const),
  ...{ at: seconds(65), lost: seconds(0.4) },
};
const unneeded: ToReplace["row"]["planned"] = {
  ...{ kind: "skip", integrated: lufs(-14), truePeak: dbtp(-1), limited: decibels(0) },
  ...{ reason: "already-at-target", way: null, heldBy: null, most: null, estimate: false },
};

describe("what is told before originals are replaced", () => {
  it("counts what is replaced, what becomes another kind and what is known to fail", () => {
    const songs = [
      song("a.mp3"),
      song("b.flac"),
      song("there.mp3", { planned: unneeded }),
      song("broken.mp3", { status: "failed", message: "The audio is damaged." }),
      song("cut.mp3", { damage, format: mp3 }),
      song("film sound.m4a", { format: { ...mp3, soundTracks: 2 } }),
      song(`${"x".repeat(246)}.mp3`),
      { ...song("c_.mp3"), file: picked("c_.mp3", { folder, hiddenPath: "c?.mp3" }) },
    ];
    const told = replacePreview(songs, { ...settings, outputFormat: "mp3" }, 2);
    expect(told).toMatchObject({
      songs: 8,
      otherKind: 1,
      unneeded: 1,
      folders: ["Music"],
      keptBytes: 1e6,
    });
    expect(told.refused.map(({ path }) => path)).toEqual([
      ...["broken.mp3", "cut.mp3", "film sound.m4a", `${"x".repeat(246)}.mp3`, "c?.mp3"],
    ]);
    expect(told.refused.slice(0, 3).map(({ why }) => why)).toEqual([
      "The audio is damaged.",
      "Damaged at 1:05: 0.4 s could not be decoded.",
      "One of 2 sound tracks.",
    ]);
    const unkept = replacePreview(songs, { ...settings, keepOriginals: false }, 2);
    expect(unkept).toMatchObject({ otherKind: 0, keptBytes: 0, workBytes: 2e6 });
    // Nothing changes its kind or loses a sound track where only tags are written.
    const tags = replacePreview(
      songs,
      { ...settings, outputFormat: "mp3", loudnessTags: "only" },
      2,
    );
    expect(tags).toMatchObject({ tagsOnly: true, otherKind: 0, keptBytes: 3e6 });
    expect(tags.refused.map(({ path }) => path)).not.toContain("film sound.m4a");
  });

  it("estimates the time from songs that were measured, and tells none without", () => {
    expect(replacePreview([song("a.mp3")], settings, 2).seconds).toBeNull();
    // Measuring took a fifth of what leveling will: 10 s a song, of the other by its size.
    const measured = {
      duration: seconds(100),
      seconds: { ...phaseSeconds, measure: 2, render: 0, verify: 0, total: 2 },
    };
    const songs = [song("a.mp3", measured), song("b.mp3", { size: 3_000_000 })];
    expect(replacePreview(songs, settings, 2).seconds).toBeCloseTo(20);
    // What an hour of work writes does not wait at one time.
    const long = [
      song("a.mp3", { ...measured, duration: seconds(100) }),
      song("b.mp3", { size: 6e8 }),
    ];
    const told = replacePreview(long, settings, 1);
    expect(told.seconds).toBeCloseTo(6010);
    expect(told.workBytes).toBeCloseTo((601e6 * 60) / 6010);
  });
});

describe("replacing originals is asked", () => {
  const handle = { queryPermission: () => Promise.resolve("granted") };
  const file = (path: string) =>
    picked(path, {
      folder: { name: "Music", handle: handle as unknown as FileSystemDirectoryHandle },
      handle: handle as unknown as FileSystemFileHandle,
    });
  const [a, b] = [file("a.mp3"), file("b.mp3")];

  it("once for the same songs in the same way, and anew for anything else", async () => {
    const asked: Question[] = [];
    let accept = true;
    const ask = (question: Question) => Promise.resolve((asked.push(question), accept));
    const choice = new DestinationChoice(ask, new Notices(() => undefined), () =>
      Promise.resolve(null),
    );
    const open = async (files: readonly (typeof a)[], change: Partial<Settings> = {}) => {
      const now = { ...settings, ...change };
      const preview = () => replacePreview([], now, 1);
      return (await choice.open(files, now, preview)) !== null;
    };
    expect([await open([a]), asked.length]).toEqual([true, 1]);
    expect([await open([a]), asked.length]).toEqual([true, 1]);
    expect([await open([a, b]), asked.length]).toEqual([true, 2]);
    expect([await open([b]), asked.length]).toEqual([true, 2]);
    accept = false;
    expect([await open([a], { keepOriginals: false }), asked.length]).toEqual([false, 3]);
    expect([await open([a], { outputFormat: "mp3" }), asked.length]).toEqual([false, 4]);
    expect([await open([a], { loudnessTags: "only" }), asked.length]).toEqual([false, 5]);
    choice.reset();
    expect([await open([a]), asked.length]).toEqual([false, 6]);
    // A batch that was cut off was agreed to before.
    choice.restore("replace", null);
    expect([await open([a]), await open([a]), asked.length]).toEqual([true, true, 6]);
    expect([await open([b]), asked.length]).toEqual([false, 7]);
  });
});
