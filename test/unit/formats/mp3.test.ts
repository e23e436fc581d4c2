import fc from "fast-check";
import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import { bytesSource, transplantTags } from "@/lib/formats";
import { mp3Layout } from "@/lib/formats/mpeg/layout";
import { dbtp, lufs } from "@/lib/loudness/units";
import { big, join, noise, syncsafe, zeros } from "../../support/formats/bytes";
import {
  ape,
  apic,
  frame22,
  frame23,
  frame24,
  id3v1,
  id3v2,
  lyrics3,
  mp3Audio,
  stuffed,
  text,
  txxx,
} from "../../support/formats/mpeg";
import { expectBytes, transplanted } from "../../support/formats/transplanting";

const oldAudio = mp3Audio(4, 0x55);
const newAudio = mp3Audio(5, 0x66);
/** What an encoder delivers: its own small tag, then audio. */
const encoded = join(id3v2({ version: 4 }, frame24("TSSE", text("Lavf"))), newAudio);
const loud3 = frame23("TXXX", txxx("REPLAYGAIN_TRACK_GAIN", "-7 dB"));
const words = join(frame23("TIT2", text("Title")), frame23("POPM", "me\0\xc4\0\0\0\x05"));

describe("without loudness tags, every tag block comes back byte for byte", () => {
  const blocks: Record<string, [front: Uint8Array, back: Uint8Array]> = {
    "ID3v2.2": [id3v2({ version: 2 }, join(frame22("TT2", text("t")), zeros(30))), zeros(0)],
    "ID3v2.3 with padding": [id3v2({ version: 3 }, join(words, zeros(1000))), zeros(0)],
    "ID3v2.3 unsynchronised": [
      id3v2({ version: 3, flags: 0x80 }, join(words, frame23("APIC", apic(900)), zeros(10))),
      zeros(0),
    ],
    "ID3v2.4 with stuffed frames": [
      id3v2({ version: 4, flags: 0x80 }, frame24("PRIV", stuffed(noise(500)), 2)),
      zeros(0),
    ],
    "ID3v2.4 with footer": [
      id3v2({ version: 4, footer: true }, frame24("TIT2", text("t"))),
      zeros(0),
    ],
    "ID3v2.4 with plain sizes (old iTunes)": [
      id3v2({ version: 4 }, join(frame23("APIC", apic(300)), frame23("TIT2", text("t")))),
      zeros(0),
    ],
    "ID3v2.3 with names of 2.2": [id3v2({ version: 3 }, frame23("TCP\0", "\x001")), zeros(0)],
    "compressed ID3v2.2": [id3v2({ version: 2, flags: 0x40 }, noise(60)), zeros(0)],
    "three covers and 20 MB": [
      id3v2(
        { version: 3 },
        join(frame23("APIC", apic(20 << 20)), frame23("APIC", apic(9)), frame23("APIC", apic(5))),
      ),
      zeros(0),
    ],
    "two tags in a row": [
      join(id3v2({ version: 3 }, words), id3v2({ version: 4 }, frame24("TIT2", text("2")))),
      zeros(0),
    ],
    ID3v1: [zeros(0), id3v1("One")],
    APEv2: [
      zeros(0),
      ape([
        ["Title", "t"],
        ["Artist", "a\0b"],
      ]),
    ],
    "APEv1 without header": [zeros(0), ape([["Title", "t"]], false)],
    "APE without header behind one that has one": [
      zeros(0),
      join(ape([["Title", "t"]]), ape([["Artist", "a"]], false)),
    ],
    "APEv2 in front": [ape([["Title", "t"]]), zeros(0)],
    "Lyrics3 and ID3v1": [id3v2({ version: 3 }, words), join(lyrics3("la la"), id3v1("One"))],
    "Lyrics3 version 1": [zeros(0), join("LYRICSBEGINla laLYRICSEND", id3v1("One"))],
    "APE, Lyrics3, ID3v1 in their order": [
      id3v2({ version: 3 }, words),
      join(ape([["Title", "t"]]), lyrics3("x"), id3v1("One")),
    ],
    "ID3v1 in front of APE, and both twice": [
      zeros(0),
      join(id3v1("One"), ape([["A1", "t"]]), id3v1("Two"), ape([["B2", "u"]])),
    ],
    "ID3v2.4 appended": [
      zeros(0),
      id3v2({ version: 4, footer: true }, frame24("TIT2", text("end"))),
    ],
    "enhanced ID3v1": [zeros(0), join("TAG+", zeros(223), id3v1("One"))],
  };
  test.each(Object.entries(blocks))("%s", (_, [front, back]) => {
    const { bytes, removed, outdated, notes } = transplanted(
      join(front, oldAudio, back),
      encoded,
      "mp3",
    );
    expectBytes(bytes, join(front, newAudio, back));
    expect([removed, outdated, notes]).toEqual([[], [], []]);
  });

  test("any frames, versions, paddings and tails", () => {
    const frames = fc.array(
      fc.tuple(
        fc.constantFrom("TIT2", "PRIV", "GEOB", "XYZ1", "APIC"),
        fc.uint8Array({ maxLength: 300 }),
      ),
      { minLength: 1, maxLength: 8 },
    );
    const shape = fc.record({
      version: fc.constantFrom(3 as const, 4 as const),
      unsync: fc.boolean(),
      padding: fc.nat(200),
      v1: fc.boolean(),
    });
    fc.assert(
      fc.property(frames, shape, (list, { version, unsync, padding, v1 }) => {
        const make = version === 3 ? frame23 : frame24;
        const stored = (content: Uint8Array) =>
          version === 4 && unsync ? stuffed(content) : content;
        const body = join(
          ...list.map(([id, content]) => make(id, stored(content))),
          zeros(padding),
        );
        const front = id3v2({ version, flags: unsync ? 0x80 : 0 }, body);
        const back = v1 ? id3v1("x") : zeros(0);
        const result = transplanted(join(front, oldAudio, back), encoded, "mp3");
        expectBytes(result.bytes, join(front, newAudio, back));
      }),
      { numRuns: 200 },
    );
  });

  test("a source without tags gives a file without tags", () => {
    expectBytes(transplanted(oldAudio, encoded, "mp3").bytes, newAudio);
  });
});

describe("loudness tags go, and nothing else does", () => {
  test("of an ID3v2.3 tag: TXXX in any case and encoding, RVAD, RGAD, iTunNORM", () => {
    const wide = (value: string) => Buffer.from(`\ufeff${value}`, "utf16le").toString("latin1");
    const gone = join(
      loud3,
      frame23("TXXX", `\x01${wide("replaygain_album_peak\0")}${wide("0.9")}`),
      frame23("TXXX", txxx("R128_TRACK_GAIN", "1")),
      frame23("TXXX", txxx("mp3gain_undo", "+001,+001,N")),
      frame23("RVAD", "\x03\x10\0\x01\0\x01"),
      frame23("RGAD", zeros(8)),
      frame23("COMM", "\0engiTunNORM\0 0001"),
    );
    const kept = join(
      frame23("COMM", "\0engiTunPGAP\x000"),
      frame23("TXXX", txxx("REPLAY", "kept")),
      frame23("TXXX", txxx("replaygainer", "kept")),
      frame23("TXXX", txxx("MusicBrainz Album Id", "REPLAYGAIN_TRACK_GAIN")),
    );
    const source = join(id3v2({ version: 3 }, join(words, gone, kept, zeros(64))), oldAudio);
    const { bytes, removed } = transplanted(source, encoded, "mp3");
    expectBytes(bytes, join(id3v2({ version: 3 }, join(words, kept, zeros(64))), newAudio));
    expect(removed).toEqual([
      "REPLAYGAIN_TRACK_GAIN",
      "replaygain_album_peak",
      "R128_TRACK_GAIN",
      "mp3gain_undo",
      "RVAD",
      "RGAD",
      "iTunNORM",
    ]);
  });

  test("of an unsynchronised tag, which stays unsynchronised", () => {
    const cover = frame23("APIC", apic(700));
    const source = join(id3v2({ version: 3, flags: 0x80 }, join(loud3, cover)), oldAudio);
    const { bytes } = transplanted(source, encoded, "mp3");
    expectBytes(bytes, join(id3v2({ version: 3, flags: 0x80 }, cover), newAudio));
  });

  test("of ID3v2.4 with plain sizes, where syncsafe ones would lose the way", () => {
    const cover = frame23("APIC", apic(300));
    const source = join(id3v2({ version: 4 }, join(cover, loud3, words)), oldAudio);
    expectBytes(
      transplanted(source, encoded, "mp3").bytes,
      join(id3v2({ version: 4 }, join(cover, words)), newAudio),
    );
  });

  test("of ID3v2.2, and of ID3v2.4 with a footer", () => {
    const two = id3v2({ version: 2 }, join(frame22("TT2", text("t")), frame22("RVA", zeros(5))));
    expectBytes(
      transplanted(join(two, oldAudio), encoded, "mp3").bytes,
      join(id3v2({ version: 2 }, frame22("TT2", text("t"))), newAudio),
    );
    const rva2 = frame24("RVA2", "track\0\x01\0\0\0");
    const title = frame24("TIT2", text("t"));
    const four = id3v2({ version: 4, footer: true }, join(rva2, title));
    expectBytes(
      transplanted(join(four, oldAudio), encoded, "mp3").bytes,
      join(id3v2({ version: 4, footer: true }, title), newAudio),
    );
  });

  test("with the extended header's padding size and checksum made right", () => {
    const three = (frames: Uint8Array) =>
      id3v2(
        { version: 3, flags: 0x40 },
        join(big(10, 4), big(0x8000, 2), big(20, 4), big(crc32(frames), 4), frames, zeros(20)),
      );
    expectBytes(
      transplanted(join(three(join(loud3, words)), oldAudio), encoded, "mp3").bytes,
      join(three(words), newAudio),
    );
    const four = (frames: Uint8Array) => {
      const crc = crc32(join(frames, zeros(20)));
      const extended = join(syncsafe(12), [1, 0x20, 5, crc >>> 28], syncsafe(crc & 0xfff_ffff));
      return id3v2({ version: 4, flags: 0x40 }, join(extended, frames, zeros(20)));
    };
    const title = frame24("TIT2", text("t"));
    const loud4 = frame24("TXXX", txxx("r128_album_gain", "2"));
    expectBytes(
      transplanted(join(four(join(title, loud4)), oldAudio), encoded, "mp3").bytes,
      join(four(title), newAudio),
    );
  });

  test("of APEv2, whose sizes and count are made right; a tag of nothing else goes whole", () => {
    const gain = [
      ["MP3GAIN_UNDO", "+1,+1,N"],
      ["REPLAYGAIN_TRACK_GAIN", "1"],
    ] as const;
    const mixed = ape([gain[0], ["Title", "t"], gain[1], ["Year", "1999"]]);
    expectBytes(
      transplanted(join(oldAudio, mixed, id3v1("x")), encoded, "mp3").bytes,
      join(
        newAudio,
        ape([
          ["Title", "t"],
          ["Year", "1999"],
        ]),
        id3v1("x"),
      ),
    );
    expectBytes(transplanted(join(oldAudio, ape(gain)), encoded, "mp3").bytes, newAudio);
    const only = join(id3v2({ version: 3 }, join(loud3, zeros(50))), oldAudio);
    expectBytes(transplanted(only, encoded, "mp3").bytes, newAudio);
  });

  test("what describes the old encoding goes under its own heading", () => {
    const smpb = frame23("COMM", "\0engiTunSMPB\0 00000000 00000210");
    const source = join(
      id3v2({ version: 3 }, join(words, smpb, frame23("MLLT", zeros(10)))),
      oldAudio,
    );
    const { bytes, removed, outdated } = transplanted(source, encoded, "mp3");
    expectBytes(bytes, join(id3v2({ version: 3 }, words), newAudio));
    expect([removed, outdated]).toEqual([[], ["iTunSMPB", "MLLT"]]);
  });

  test("byte offsets of chapters are cleared, so that their times count", () => {
    const chapter = (offsets: Uint8Array) =>
      frame23("CHAP", join("c1\0", big(0, 4), big(500, 4), offsets, frame23("TIT2", text("one"))));
    const unused = new Uint8Array(8).fill(255);
    const source = join(id3v2({ version: 3 }, chapter(join(big(4000, 4), big(9000, 4)))), oldAudio);
    const { bytes, notes } = transplanted(source, encoded, "mp3");
    expectBytes(bytes, join(id3v2({ version: 3 }, chapter(unused)), newAudio));
    expect(notes).toEqual(["chapter-offsets-cleared"]);
  });
});

describe("new loudness tags", () => {
  const loudness = {
    track: { integrated: lufs(-14), truePeak: dbtp(-1) },
    album: { integrated: lufs(-15.5), truePeak: dbtp(0) },
  };
  const values: Array<[string, string]> = [
    ["REPLAYGAIN_TRACK_GAIN", "-4.00 dB"],
    ["REPLAYGAIN_TRACK_PEAK", "0.891251"],
    ["REPLAYGAIN_ALBUM_GAIN", "-2.50 dB"],
    ["REPLAYGAIN_ALBUM_PEAK", "1.000000"],
  ];
  test("join the first tag, in its version", () => {
    for (const [version, make, id] of [
      [2, frame22, "TXX"],
      [3, frame23, "TXXX"],
      [4, frame24, "TXXX"],
    ] as const) {
      const title = make(version === 2 ? "TT2" : "TIT2", text("t"));
      const old = make(id, txxx("REPLAYGAIN_TRACK_GAIN", "-1 dB"));
      const source = join(id3v2({ version }, join(old, title, zeros(9))), oldAudio);
      const fresh = values.map(([name, value]) => make(id, txxx(name, value)));
      const { bytes } = transplanted(source, encoded, "mp3", { loudness });
      expectBytes(bytes, join(id3v2({ version }, join(title, ...fresh, zeros(9))), newAudio));
    }
  });
  test("get a tag of their own where there is none; silence has no gain", () => {
    const fresh = values.slice(0, 2).map(([name, value]) => frame23("TXXX", txxx(name, value)));
    const { bytes } = transplanted(oldAudio, encoded, "mp3", {
      loudness: { track: loudness.track },
    });
    expectBytes(bytes, join(id3v2({ version: 3 }, join(...fresh)), newAudio));
    const silent = { track: { integrated: lufs(-Infinity), truePeak: dbtp(-Infinity) } };
    expectBytes(transplanted(oldAudio, encoded, "mp3", { loudness: silent }).bytes, newAudio);
  });
});

describe("damage", () => {
  test("a tag that claims more than the file has is rebuilt from its sound frames", () => {
    const source = join(id3v2({ version: 3, size: 5_000_000 }, words), oldAudio);
    const { bytes, notes } = transplanted(source, encoded, "mp3");
    expectBytes(bytes, join(id3v2({ version: 3 }, words), newAudio));
    expect(notes).toEqual(["damaged-tag-trimmed"]);
  });
  test("then its extended header no longer speaks of padding", () => {
    const extended = (padding: number) => join(big(6, 4), zeros(2), big(padding, 4), words);
    const source = join(
      id3v2({ version: 3, flags: 0x40, size: 9_000_000 }, extended(512)),
      oldAudio,
    );
    const { bytes } = transplanted(source, encoded, "mp3");
    expectBytes(bytes, join(id3v2({ version: 3, flags: 0x40 }, extended(0)), newAudio));
  });
  test("a tag that claims part of the audio gives up what is no frame", () => {
    const source = join(id3v2({ version: 3, size: words.length + 700 }, words), oldAudio);
    const { bytes } = transplanted(source, encoded, "mp3");
    expectBytes(bytes, join(id3v2({ version: 3 }, words), newAudio));
  });
  test("a frame that runs past the end of a tag of the right size stays as it is", () => {
    const cut = join(words, "APIC", big(9999, 4), zeros(2), noise(40));
    const source = join(id3v2({ version: 3 }, cut), oldAudio);
    expectBytes(
      transplanted(source, encoded, "mp3").bytes,
      join(id3v2({ version: 3 }, cut), newAudio),
    );
  });
  test("an extended header flag without an extended header does no harm", () => {
    const source = join(id3v2({ version: 3, flags: 0x40 }, join(words, loud3)), oldAudio);
    expectBytes(
      transplanted(source, encoded, "mp3").bytes,
      join(id3v2({ version: 3, flags: 0x40 }, words), newAudio),
    );
  });
  test("an APE size past the start of the file is no tag", () => {
    const tag = ape([["Title", "t"]], false);
    const lying = join(tag.subarray(0, -20), big(0xffffff7f, 4), tag.subarray(-16));
    const { bytes } = transplanted(join(oldAudio, lying), encoded, "mp3");
    expectBytes(bytes, newAudio);
  });
  test("what is no MP3 at all is refused, on either side", () => {
    const refuse = (source: Uint8Array, to: Uint8Array) =>
      transplantTags(bytesSource(source), bytesSource(to), "mp3");
    expect(refuse(zeros(5000), encoded)).toEqual({
      kind: "refused",
      reason: "source-not-recognised",
    });
    expect(refuse(oldAudio, zeros(500))).toEqual({
      kind: "refused",
      reason: "encoded-not-recognised",
    });
  });
  test("tags of more than 128 MiB are refused, without holding them", () => {
    const frame = join("APIC", big(120 << 20, 4), zeros(2));
    const header = id3v2({ version: 3, size: frame.length + (120 << 20) }, frame);
    const length = header.length + (120 << 20);
    // Two such tags, then audio; all the rest are zeros.
    const stretches = [header, header, oldAudio].map((bytes, index) => ({
      at: index * length,
      bytes,
    }));
    const source = {
      size: 2 * length + oldAudio.length,
      read(offset: number, wanted: number) {
        const out = new Uint8Array(Math.max(0, Math.min(wanted, this.size - offset)));
        for (const { at, bytes } of stretches) {
          const from = Math.max(at, offset);
          const to = Math.min(at + bytes.length, offset + out.length);
          if (from < to) out.set(bytes.subarray(from - at, to - at), from - offset);
        }
        return out;
      },
    };
    expect(transplantTags(source, bytesSource(encoded), "mp3")).toEqual({
      kind: "refused",
      reason: "tags-too-large",
    });
  });
});

test("the layout tells audio from tags", () => {
  const front = id3v2({ version: 3 }, words);
  const back = join(ape([["Title", "t"]]), id3v1("x"));
  const layout = mp3Layout(bytesSource(join(front, oldAudio, back)));
  expect([layout.audioStart, layout.audioEnd]).toEqual([
    front.length,
    front.length + oldAudio.length,
  ]);
  expect([...layout.head, ...layout.tail].map(({ type }) => type)).toEqual([
    "id3v2",
    "ape",
    "id3v1",
  ]);
});
