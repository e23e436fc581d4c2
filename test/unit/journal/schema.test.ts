import { describe, expect, it } from "vitest";
import { rowOf } from "@/lib/batch/run-record";
import { readEntry } from "@/lib/journal/schema";
import type { Song } from "@/lib/song/song";
import { SongTable } from "@/lib/batch/song-table";
import { measurement, picked } from "../batch/fixtures";

function storedRow(change: Partial<Song>) {
  const table = new SongTable(() => undefined);
  const [id] = table.add([picked("a.mp3")]);
  table.update(id!, { status: "leveled", output: "Leveled/a.mp3", ...change });
  return rowOf(table.get(id!));
}

describe("an entry of the journal", () => {
  const fingerprint = "0".repeat(64);

  it.each<[string, Partial<Song>]>([
    ["a leveled song", { source: measurement(-9), result: measurement(-14, -1) }],
    ["a silent song", { status: "skipped", source: measurement(-Infinity, -Infinity) }],
    ["a song that was never measured", { reason: "held-back-by-peaks", output: null }],
  ])("comes back as it was: %s", (_, change) => {
    const row = storedRow(change);
    const noted = { written: { fingerprint, size: 3 }, source: { size: 2, lastModified: 1 } };
    const saving = { state: "saving", ...noted, row, lines: ["one"] } as const;
    const ended = { state: "ended", ...noted, written: null, row, lines: [] } as const;
    expect(readEntry(structuredClone(saving))).toEqual(saving);
    expect(readEntry(structuredClone(ended))).toEqual(ended);
  });

  it("of 0.1.0 is read", () => {
    const row = storedRow({});
    const saving = { state: "saving", fingerprint, row, lines: ["one"] };
    const ended = { state: "ended", row, lines: [] };
    const { fingerprint: _, ...rest } = saving;
    expect(readEntry(saving)).toEqual({ ...rest, written: { fingerprint } });
    expect(readEntry(ended)).toEqual(ended);
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["another state", { state: "done", row: storedRow({}), lines: [] }],
    ["a row of an older version", { state: "saving", fingerprint, row: { path: "a" }, lines: [] }],
    [
      "an end that is none",
      { state: "ended", row: { ...storedRow({}), status: "saving" }, lines: [] },
    ],
    ["numbers as text", { state: "ended", row: { ...storedRow({}), gain: "-3" }, lines: [] }],
  ])("is not believed: %s", (_, stored) => {
    expect(readEntry(stored)).toBeNull();
  });
});
