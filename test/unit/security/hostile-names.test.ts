import fc from "fast-check";
import { asTheBatch } from "@/lib/song/choice";
import { describe, expect, it } from "vitest";
import { csvReport } from "@/lib/batch/report";
import type { Song } from "@/lib/song/song";
import { PathClaims, safePath, withExtension } from "@/lib/files/names";

const part = fc.oneof(
  fc.constantFrom("", ".", "..", "...", " ", "C:", "~", "a", "\\", "..\\..", "C:\\a"),
  fc.string({ unit: "binary" }),
);
const path = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join("/"));

describe("entries of the downloaded zip", () => {
  it("never lead out of the folder that it is unpacked in", async () => {
    await fc.assert(
      fc.asyncProperty(path, async (name) => {
        // The way of `DownloadSink`.
        const entry = await new PathClaims().claim(safePath(withExtension(name, "mp3")), () =>
          Promise.resolve(false),
        );
        expect(entry).not.toMatch(/^(?:\/|[a-z]:)|\\/i);
        expect(entry.split("/")).not.toContain("..");
        expect(entry.split("/")).not.toContain(".");
      }),
    );
  });
});

describe("cells of the CSV report", () => {
  it("never begin as a formula, and otherwise give back the very text", () => {
    const lead = fc.constantFrom("=", "+", "-", "@", "\t", "\r", "", '"', ",", "\n", "'", "\uff1d");
    fc.assert(
      fc.property(lead, fc.string({ unit: "binary" }), (first, rest) => {
        const text = first + rest;
        const [, row] = parseCsv(csvReport([{ ...song, path: text, message: text }]));
        for (const cell of [row![0]!, row![3]!]) {
          expect(cell).not.toMatch(/^[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/);
          expect(cell === text || cell === `'${text}`).toBe(true);
        }
      }),
    );
  });
});

const song: Song = {
  ...{ id: 1 as Song["id"], path: "a.mp3", folder: null, name: "a.mp3", size: 1 },
  ...{ status: "failed", progress: 0, format: null, duration: null, source: null, curve: null },
  ...{ plannedGain: null, planned: null, album: null, gain: null, limited: null, route: "none" },
  ...{ undoable: false, choice: asTheBatch, tags: null, passes: 0, damage: null },
  ...{ result: null, output: null, reason: null, message: null, hint: null, detail: null },
  ...{ seconds: null, worker: null },
};

/** RFC 4180, as a spreadsheet reads it. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy;
  cell.lastIndex = text.startsWith("\ufeff") ? 1 : 0;
  for (let found = cell.exec(text); found; found = cell.exec(text)) {
    const [, quoted, plain = "", end] = found;
    rows.at(-1)!.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "\r\n") rows.push([]);
    if (end === "" || cell.lastIndex >= text.length) break;
  }
  return rows;
}
