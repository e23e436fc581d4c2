import { describe, expect, test } from "vitest";
import { bytesSource, gapless, readAlbumTags, type Kind } from "@/lib/formats";
import { big, join, zeros } from "../../support/formats/bytes";
import { flac, flacAudio, streamInfo, vorbisComment } from "../../support/formats/flac";
import { aiff, bigChunk, chunk, comm, fmt, wav } from "../../support/formats/iff";
import {
  ape,
  frame22,
  frame23,
  frame24,
  id3v1,
  id3v2,
  lameFrame,
  mp3Audio,
  text,
} from "../../support/formats/mpeg";
import { box, freeform, item, meta, mp4, udta } from "../../support/formats/mp4";
import { ogg } from "../../support/formats/ogg";

const album = (bytes: Uint8Array, kind: Kind) => readAlbumTags(bytesSource(bytes), kind);
const figures = (bytes: Uint8Array, kind: "mp3" | "m4a") => gapless(bytesSource(bytes), kind);
const audio = mp3Audio(3);
const full = { album: "L", albumArtist: "AA", disc: 2 };
const entries = [
  "Title=T",
  "ARTIST=A1",
  "artist=A2",
  "ALBUM=L",
  "ALBUMARTIST=AA",
  "TRACKNUMBER=03/12",
  "DISCNUMBER=2",
];
const frames = [
  ["TIT2", "T"],
  ["TPE1", "A1\0A2"],
  ["TALB", "L"],
  ["TPE2", "AA"],
  ["TRCK", "3/12"],
  ["TPOS", "2/2"],
] as const;

describe("the tags that group songs to albums", () => {
  test("of ID3v2.4 with several values, of 2.3 in UTF-16, of 2.2", () => {
    const four = join(...frames.map(([id, value]) => frame24(id, text(value))));
    expect(album(join(id3v2({ version: 4 }, four), audio), "mp3")).toEqual(full);
    const wide = (value: string) =>
      `\x01${Buffer.from(`\ufeff${value}`, "utf16le").toString("latin1")}`;
    const three = id3v2(
      { version: 3, flags: 0x80 },
      join(frame23("TALB", wide("Żółć 音楽")), frame23("TPOS", wide("0/0"))),
    );
    expect(album(join(three, audio), "mp3")).toEqual({ album: "Żółć 音楽" });
    const two = id3v2({ version: 2 }, join(frame22("TAL", text("L\0")), frame22("TPA", text("1"))));
    expect(album(join(two, audio), "mp3")).toEqual({ album: "L", disc: 1 });
  });
  test("ID3v2 counts before APE, APE before ID3v1; gaps are filled", () => {
    const names = join(frame23("TIT2", text("two")), frame23("TPOS", text("2")));
    const front = id3v2({ version: 3 }, names);
    const back = (...items: Array<readonly [string, string]>) => join(ape(items), id3v1("one"));
    expect(
      album(
        join(front, audio, back(["Album", "L\0M"], ["album artist", "AA"], ["Disc", "3"])),
        "mp3",
      ),
    ).toEqual({ album: "L", albumArtist: "AA", disc: 2 });
    expect(album(join(front, audio, back(["Title", "t"])), "mp3")).toEqual({
      album: "Album",
      disc: 2,
    });
  });
  test("of Vorbis comments in FLAC, Ogg and Opus", () => {
    expect(
      album(flac(streamInfo(1), [[4, vorbisComment("v", entries)]], flacAudio(9, 1)), "flac"),
    ).toEqual(full);
    expect(album(ogg("vorbis", "v", entries), "ogg")).toEqual(full);
    expect(album(ogg("opus", "v", entries), "opus")).toEqual(full);
  });
  test("of iTunes items", () => {
    const list = meta(
      item("\xa9nam", "T"),
      box("\xa9ART", ...["A1; A2"].map((name) => box("data", big(1, 4), zeros(4), name))),
      item("\xa9alb", "L"),
      item("aART", "AA"),
      item("trkn", join(zeros(3), [3, 0, 12, 0, 0]), 0),
      item("disk", join(zeros(3), [2, 0, 2]), 0),
      freeform("ALBUM", "second place"),
    );
    expect(album(mp4({ rest: [udta(list)] }), "m4a")).toEqual(full);
  });
  test("of RIFF INFO, ID3 chunks and AIFF texts", () => {
    const info = chunk(
      "LIST",
      join(
        "INFO",
        chunk("INAM", "T\0"),
        chunk("IART", "A1; A2\0"),
        chunk("IPRD", "L"),
        chunk("ITRK", "3"),
      ),
    );
    const tag = id3v2(
      { version: 3 },
      join(frame23("TPE2", text("AA")), frame23("TPOS", text("2"))),
    );
    expect(album(wav(fmt(), chunk("data", zeros(8)), info, chunk("id3 ", tag)), "wav")).toEqual(
      full,
    );
    const texts = [bigChunk("NAME", "T"), bigChunk("AUTH", "A1; A2"), bigChunk("ID3 ", tag)];
    expect(album(aiff(comm(1), ...texts, bigChunk("SSND", zeros(9))), "aiff")).toEqual({
      albumArtist: "AA",
      disc: 2,
    });
  });
  test("nothing where there is nothing", () => {
    for (const kind of ["mp3", "flac", "wav", "aiff", "m4a", "ogg", "opus"] as const)
      expect(album(zeros(3000), kind)).toEqual({});
  });
});

describe("gapless figures", () => {
  test("of LAME's header, behind tags", () => {
    const bytes = join(
      id3v2({ version: 3 }, frame23("TIT2", text("t"))),
      lameFrame(100, 576, 1105),
      mp3Audio(100),
    );
    expect(figures(bytes, "mp3")).toEqual({
      delay: 576,
      padding: 1105,
      samples: 100 * 1152 - 576 - 1105,
      from: "lame",
    });
    expect(figures(audio, "mp3")).toBeNull();
  });
  test("of iTunSMPB in a comment", () => {
    const smpb = frame23("COMM", "\0engiTunSMPB\0 00000000 00000210 000009E4 00000000000ABCDE");
    expect(figures(join(id3v2({ version: 3 }, smpb), audio), "mp3")).toEqual({
      delay: 528,
      padding: 2532,
      samples: 0xabcde,
      from: "itunsmpb",
    });
  });
  test("of an edit list, whose coarse length is made exact by the sample table", () => {
    const track = {
      stts: [
        [99, 1024],
        [1, 500],
      ] as const,
      edit: [2287, 1024] as const,
    };
    expect(figures(mp4({ track }), "m4a")).toEqual({
      delay: 1024,
      padding: 524,
      samples: 99 * 1024 + 500 - 1024,
      from: "edit-list",
    });
    expect(figures(mp4(), "m4a")).toBeNull();
  });
});

test("Node's buffers are read as plain bytes, whose slices are copies", () => {
  const buffer = Buffer.from([1, 2, 3, 4]);
  const read = bytesSource(buffer).read(1, 2);
  read.slice()[0] = 9;
  expect([...buffer]).toEqual([1, 2, 3, 4]);
  expect([...read]).toEqual([2, 3]);
});
