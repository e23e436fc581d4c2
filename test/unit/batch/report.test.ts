import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvReport, jsonReport } from "@/lib/batch/report";
import type { Song } from "@/lib/song/song";
import { notBegun } from "@/lib/batch/song-table";
import { dbtp, decibels, lufs, seconds } from "@/lib/loudness/units";
import { defaultSettings } from "@/lib/settings/settings";
import { measurement, mp3, songRow } from "./fixtures";

const song = (change: Partial<Song> = {}): Song =>
  songRow(1, {
    path: "Album/01.mp3",
    folder: "Music",
    name: "01.mp3",
    format: mp3,
    duration: seconds(179.5),
    source: measurement(-11.6604, 1.104),
    status: "leveled",
    gain: decibels(-2.34),
    limited: decibels(0),
    route: "encode",
    passes: 1,
    result: measurement(-14.0001, -1.2),
    output: "Leveled/Album/01.mp3",
    seconds: { measure: 0.6, render: 2.8, verify: 0.5, total: 3.9 },
    worker: 3,
    ...change,
  });

const head = {
  app: "1.2.3",
  startedAt: "2026-01-02T03:04:05.000Z",
  finishedAt: "2026-01-02T03:05:05.000Z",
  workers: 7,
  settings: defaultSettings,
  beside: [],
  leftOut: [{ name: "sub/Leveled/", reason: "our-results" }],
};
const files = (songs: readonly Song[]) =>
  (JSON.parse(jsonReport(head, songs)) as { files: Record<string, unknown>[] }).files;

describe("the JSON report", () => {
  it("says what formed each album, and its gain", () => {
    const album = {
      ...({ key: "k", name: "Joni: Blue", formedBy: "tags", songs: 2, heldBack: true } as const),
      ...{ gain: decibels(-3.1416), source: lufs(-11.5), planned: lufs(-14.6416) },
      loudness: { integrated: lufs(-11.5), truePeak: dbtp(0.25), samplePeak: dbtp(0) },
    };
    const songs = [song(), song({ album }), song({ album: { ...album } })];
    const report = JSON.parse(jsonReport(head, songs)) as Record<string, unknown>;
    expect(report.albums).toEqual([
      {
        ...{ key: "k", name: "Joni: Blue", formedBy: "tags", songs: 2, heldBack: true },
        ...{ gainDb: -3.142, sourceLufs: -11.5, plannedLufs: -14.642 },
        ...{ integratedLufs: -11.5, truePeakDbtp: 0.25 },
      },
    ]);
    expect(files(songs).map((file) => file.album)).toEqual([null, 0, 0]);
  });

  it("tells which way a song will go or went, why, and what encoding costs it", () => {
    const cost = { audible: "slightly", atLeast: false } as const;
    const encode = { route: "encode", why: "peaks", cost, missedBy: null } as const;
    const planned: Song["planned"] = {
      ...{ integrated: lufs(-14), truePeak: dbtp(-1.3), limited: decibels(2), kind: "limit" },
      ...{ reason: null, way: encode, heldBy: null, most: lufs(-12), estimate: false },
    };
    const format = { ...mp3, bitRate: 128_000 };
    const routeText =
      "Will be encoded: its peaks have to be limited. Encoding MP3 at 128 kb/s again is slightly audible.";
    const [will, did, left] = files([
      song({ ...notBegun, status: "measured", planned, format }),
      song({ planned, way: encode, format }),
      song({ planned: { ...planned, kind: "skip", reason: "no-lossless-way", way: null } }),
    ]);
    expect(will).toMatchObject({
      ...{ planned: { route: "encode", routeReason: "peaks", routeText } },
      ...{ route: "none", routeReason: null, routeText: null, encodingCost: "slightly" },
    });
    expect(did).toMatchObject({
      ...{ route: "encode", routeReason: "peaks", encodingCost: "slightly" },
      routeText: routeText.replace("Will be encoded", "Encoded"),
    });
    expect(left).toMatchObject({ planned: { route: "none", routeReason: "no-lossless-way" } });
  });

  it("holds both names of a song whose own cannot be written", () => {
    const [plain, hidden] = files([song(), song({ path: "Who_.mp3", hiddenPath: "Who?.mp3" })]);
    expect(plain).toMatchObject({ path: "Album/01.mp3", pathOnDisk: "Album/01.mp3" });
    expect(hidden).toMatchObject({ path: "Who_.mp3", pathOnDisk: "Who?.mp3" });
  });

  it("has the fields that others rely on", () => {
    expect(JSON.parse(jsonReport(head, [song()]))).toMatchObject({
      schema: "levelup-report/1",
      app: "1.2.3",
      startedAt: head.startedAt,
      finishedAt: head.finishedAt,
      workers: 7,
      settings: { targetLoudness: -14 },
      leftOut: [{ name: "sub/Leveled/", reason: "our-results" }],
      files: [
        {
          path: "Album/01.mp3",
          status: "leveled",
          reason: null,
          message: null,
          durationSeconds: 179.5,
          format: {
            container: "mp3",
            codec: "mp3",
            sampleRate: 44_100,
            channels: 2,
            bitRate: 320_000,
            bitDepth: null,
          },
          source: { integratedLufs: -11.66, loudnessRangeLu: 6, truePeakDbtp: 1.1 },
          gainDb: -2.34,
          limitedDb: 0,
          route: "encode",
          passes: 1,
          result: { integratedLufs: -14, loudnessRangeLu: 6, truePeakDbtp: -1.2 },
          output: "Leveled/Album/01.mp3",
          seconds: { measure: 0.6, render: 2.8, verify: 0.5, total: 3.9 },
          worker: 3,
        },
      ],
    });
  });

  it("says what was found wrong in a source", () => {
    const damage = {
      kind: "cut-short",
      at: seconds(594.5),
      places: 1,
      lost: seconds(5.5),
    } as const;
    const sentences = files([song({ damage }), song()]).map((each) => each["damage"]);
    expect(sentences).toEqual(["Damaged at 9:54: 5.5 s are missing at the end.", null]);
  });

  it("writes silence and what was never measured as null", () => {
    const [silent, waiting] = files([
      song({ source: measurement(-Infinity, -Infinity), result: null, status: "skipped" }),
      song({ ...notBegun, source: null, format: null, duration: null }),
    ]);
    expect(silent).toMatchObject({
      source: { integratedLufs: null, truePeakDbtp: null },
      result: null,
    });
    expect(waiting).toMatchObject({
      status: "waiting",
      source: null,
      format: null,
      durationSeconds: null,
      seconds: null,
    });
  });

  it.each(["leveled", "measured", "skipped", "failed", "cancelled"] as const)(
    "tells a %s song as such",
    (status) => expect(files([song({ status })])[0]!.status).toBe(status),
  );
});

/** RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let at = 0;
  while (at < text.length) {
    let cell = "";
    if (text[at] === '"') {
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        if (text[at] === '"') at++;
        cell += text[at];
      }
      at++;
    } else {
      while (at < text.length && text[at] !== "," && text[at] !== "\r") cell += text[at++];
    }
    rows.at(-1)!.push(cell);
    if (text[at] === ",") at++;
    else if (text.startsWith("\r\n", at)) {
      at += 2;
      if (at < text.length) rows.push([]);
    } else if (at < text.length) throw new Error(`stray ${JSON.stringify(text[at])} at ${at}`);
  }
  return rows;
}

describe("the CSV report", () => {
  const cells = (songs: readonly Song[]) => {
    const csv = csvReport(songs);
    expect(csv.startsWith("\ufeff")).toBe(true);
    const [names, ...rows] = parseCsv(csv.slice(1));
    return rows.map((row) => Object.fromEntries(names!.map((name, i) => [name, row[i]])));
  };

  it("has a row a song, numbers as numbers, nothing for what is not known", () => {
    expect(cells([song(), song({ result: null, bitDepth: null } as Partial<Song>)])).toMatchObject([
      {
        path: "Album/01.mp3",
        gainDb: "-2.34",
        resultIntegratedLufs: "-14",
        sourceTruePeakDbtp: "1.1",
        bitDepth: "",
      },
      { resultIntegratedLufs: "" },
    ]);
  });

  it("gives back any text, and no text that a spreadsheet would run", () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom("=", "+", "-", "@", "\t", "\r", "\n", '"', ",", "'", "a", "🎵"),
        }),
        (path) => {
          const read = cells([song({ path })])[0]!.path!;
          expect([path, `'${path}`]).toContain(read);
          expect(read).not.toMatch(/^[=+\-@\t\r\n]/);
        },
      ),
    );
  });
});
