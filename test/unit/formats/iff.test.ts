import { describe, expect, test } from "vitest";
import { bytesSource, partsSize, transplantTags } from "@/lib/formats";
import { dbtp, lufs } from "@/lib/loudness/units";
import { big, join, little, noise, zeros } from "../../support/formats/bytes";
import { aiff, bigChunk, chunk, chunks, comm, fmt, wav } from "../../support/formats/iff";
import { apic, frame23, id3v2, text, txxx } from "../../support/formats/mpeg";
import { expectBytes, transplanted } from "../../support/formats/transplanting";

const title = frame23("TIT2", text("t"));
const loud = frame23("TXXX", txxx("REPLAYGAIN_TRACK_GAIN", "-1 dB"));
const info = chunk("LIST", join("INFO", chunk("INAM", "Title\0"), chunk("ICMT", "odd")));
const before = [chunk("bext", noise(602)), chunk("iXML", "<x/>"), chunk("cart", noise(21))];
const after = [
  info,
  chunk("cue ", noise(28)),
  chunk("LIST", join("adtl", noise(9))),
  chunk("smpl", noise(60)),
  chunk("_PMX", noise(33)),
  chunk("id3 ", id3v2({ version: 3 }, join(title, frame23("APIC", apic(900)), zeros(7)))),
];
const ofTheAudio = [
  chunk("JUNK", zeros(27)),
  chunk("fact", zeros(4)),
  chunk("PEAK", zeros(24)),
  chunk("levl", zeros(9)),
  chunk("PAD ", zeros(5)),
];
const oldData = chunk("data", noise(1001, 4));
const newData = chunk("data", noise(1999, 5));
const encoded = wav(fmt(), chunk("LIST", join("INFO", chunk("ISFT", "Lavf\0"))), newData);

describe("WAV", () => {
  // Version 0: no loudness figures in it.
  const bext = chunk("bext", zeros(602));
  test("chunks keep their bytes, order and side of the audio", () => {
    const front = [bext, ...before.slice(1)];
    const source = wav(fmt(), ...ofTheAudio, ...front, oldData, ...after);
    const { bytes, removed, notes } = transplanted(source, encoded, "wav");
    expectBytes(bytes, wav(fmt(), ...front, newData, ...after));
    expect([removed, notes]).toEqual([[], []]);
  });

  test("loudness tags inside an ID3 chunk go; the chunk goes with its last frame", () => {
    const mixed = chunk("ID3 ", id3v2({ version: 3 }, join(loud, title)));
    const { bytes, removed } = transplanted(wav(fmt(), oldData, mixed, info), encoded, "wav");
    expectBytes(bytes, wav(fmt(), newData, chunk("ID3 ", id3v2({ version: 3 }, title)), info));
    expect(removed).toEqual(["REPLAYGAIN_TRACK_GAIN"]);
    const only = chunk("id3 ", id3v2({ version: 3 }, loud));
    expectBytes(transplanted(wav(fmt(), oldData, only), encoded, "wav").bytes, wav(fmt(), newData));
  });

  test("an ID3 chunk keeps what stands behind its tag, and one that is none stays as it is", () => {
    const odd = [
      chunk("id3 ", join(id3v2({ version: 3 }, title), "behind it")),
      chunk("ID3 ", noise(50)),
    ];
    const { bytes } = transplanted(wav(fmt(), oldData, ...odd), encoded, "wav");
    expectBytes(bytes, wav(fmt(), newData, ...odd));
  });

  test("figures of loudness in bext version 2 are blanked, or written anew", () => {
    const broadcast = (...figures: readonly number[]) =>
      chunk(
        "bext",
        join(
          noise(346),
          little(2, 2),
          noise(64),
          ...figures.map((value) => little(value & 0xffff, 2)),
          noise(180),
        ),
      );
    const source = wav(fmt(), broadcast(-2300, 500, -100, -1800, -2000), oldData);
    const blank = 0x7fff;
    const plain = transplanted(source, encoded, "wav");
    expectBytes(plain.bytes, wav(fmt(), broadcast(blank, blank, blank, blank, blank), newData));
    expect(plain.removed).toEqual(["bext loudness"]);
    const loudness = { track: { integrated: lufs(-14.02), truePeak: dbtp(-1) } };
    const { bytes } = transplanted(source, encoded, "wav", { loudness });
    const [, first] = chunks(bytes);
    expectBytes(
      chunk("bext", first?.content ?? zeros(0)),
      broadcast(-1402, blank, -100, blank, blank),
    );
    const unset = wav(fmt(), broadcast(blank, blank, blank, blank, blank), oldData);
    expect(transplanted(unset, encoded, "wav").removed).toEqual([]);
  });

  test("new loudness tags get an id3 chunk", () => {
    const loudness = { track: { integrated: lufs(-14), truePeak: dbtp(-1) } };
    const { bytes } = transplanted(wav(fmt(), oldData, info), encoded, "wav", { loudness });
    const tag = id3v2(
      { version: 3 },
      join(
        frame23("TXXX", txxx("REPLAYGAIN_TRACK_GAIN", "-4.00 dB")),
        frame23("TXXX", txxx("REPLAYGAIN_TRACK_PEAK", "0.891251")),
      ),
    );
    expectBytes(bytes, wav(fmt(), newData, info, chunk("id3 ", tag)));
  });

  test("RF64: sizes of 64 bits are read from a source and made right in an encode", () => {
    const ds64 = (riff: number, data: number, samples: number) =>
      chunk("ds64", join(little(riff, 8), little(data, 8), little(samples, 8), zeros(4)));
    const rf64 = (data: Uint8Array, length: number, ...rest: readonly Uint8Array[]) => {
      const body = (riff: number) =>
        join(
          "WAVE",
          ds64(riff, length, Math.floor(length / 4)),
          fmt(),
          ...rest.slice(0, 1),
          "data",
          new Uint8Array(4).fill(255),
          data.subarray(8),
          ...rest.slice(1),
        );
      return join("RF64", new Uint8Array(4).fill(255), body(body(0).length));
    };
    const source = rf64(oldData, 1001, zeros(0), info);
    expectBytes(transplanted(source, encoded, "wav").bytes, wav(fmt(), newData, info));
    const wide = rf64(newData, 1999, zeros(0));
    expectBytes(
      transplanted(wav(fmt(), bext, oldData, info), wide, "wav").bytes,
      rf64(newData, 1999, bext, info),
    );
  });

  test("what grows past 4 GiB becomes RF64", () => {
    const length = 0xffff_ff00;
    const head = join("RIFF", little(length + 36, 4), "WAVE", fmt(), "data", little(length, 4));
    const large = {
      size: head.length + length,
      read: (offset: number, wanted: number) =>
        offset < head.length ? head.slice(offset, offset + wanted) : zeros(Math.min(wanted, 16)),
    };
    const result = transplantTags(
      bytesSource(wav(fmt(), oldData, info, chunk("XyZ ", noise(400)))),
      large,
      "wav",
    );
    if (result.kind === "refused") throw new Error(result.reason);
    const [first] = result.parts;
    if (first === undefined || "from" in first) throw new Error("no header");
    const view = Buffer.from(first);
    expect(view.toString("latin1", 0, 4) + view.toString("latin1", 12, 16)).toBe("RF64ds64");
    expect(Number(view.readBigUInt64LE(20))).toBe(partsSize(result.parts) - 8);
    expect(Number(view.readBigUInt64LE(28))).toBe(length);
  });

  test("damage: sizes past the end, a missing pad byte, an open-ended data chunk", () => {
    const cut = wav(fmt(), oldData, info, chunk("cue ", noise(28))).subarray(0, -4);
    const truncated = transplanted(cut, encoded, "wav");
    expectBytes(truncated.bytes, wav(fmt(), newData, info));
    expect(truncated.notes).toEqual(["damaged-chunk-dropped"]);
    const unpadded = join("data", little(1001, 4), noise(1001));
    expectBytes(
      transplanted(wav(fmt(), unpadded, info), encoded, "wav").bytes,
      wav(fmt(), newData, info),
    );
    const open = join("data", new Uint8Array(4).fill(255), noise(1000));
    expectBytes(
      transplanted(wav(fmt(), bext, open), encoded, "wav").bytes,
      wav(fmt(), bext, newData),
    );
  });
});

describe("AIFF", () => {
  const sound = (seed: number, length: number) =>
    bigChunk("SSND", join(zeros(8), noise(length, seed)));
  const target = aiff(comm(9), bigChunk("ANNO", "Lavf"), sound(2, 41));
  const texts = [
    bigChunk("NAME", "Name"),
    bigChunk("AUTH", "odd"),
    bigChunk("(c) ", "me"),
    bigChunk("ANNO", "1"),
    bigChunk("ANNO", "2"),
  ];
  const rest = [
    bigChunk("MARK", noise(31)),
    bigChunk("INST", noise(20)),
    bigChunk("COMT", noise(14)),
    bigChunk("APPL", noise(9)),
  ];

  test("chunks keep their bytes, order and side of the audio", () => {
    const source = aiff(bigChunk("FVER", big(1, 4)), comm(7), ...texts, sound(1, 30), ...rest);
    expectBytes(
      transplanted(source, target, "aiff").bytes,
      aiff(comm(9), ...texts, sound(2, 41), ...rest),
    );
  });

  test("loudness tags inside the ID3 chunk go, new ones come into it", () => {
    const source = aiff(
      comm(7),
      sound(1, 30),
      bigChunk("ID3 ", id3v2({ version: 3 }, join(title, loud))),
      ...rest,
    );
    const { bytes, removed } = transplanted(source, target, "aiff");
    expectBytes(
      bytes,
      aiff(comm(9), sound(2, 41), bigChunk("ID3 ", id3v2({ version: 3 }, title)), ...rest),
    );
    expect(removed).toEqual(["REPLAYGAIN_TRACK_GAIN"]);
    const loudness = { track: { integrated: lufs(-18), truePeak: dbtp(0) } };
    const fresh = join(
      title,
      frame23("TXXX", txxx("REPLAYGAIN_TRACK_GAIN", "0.00 dB")),
      frame23("TXXX", txxx("REPLAYGAIN_TRACK_PEAK", "1.000000")),
    );
    expectBytes(
      transplanted(source, target, "aiff", { loudness }).bytes,
      aiff(comm(9), sound(2, 41), bigChunk("ID3 ", id3v2({ version: 3 }, fresh)), ...rest),
    );
  });

  test("a chunk past the end is left out, and that is said", () => {
    const source = aiff(comm(7), sound(1, 30), ...texts).subarray(0, -2);
    const { bytes, notes } = transplanted(source, target, "aiff");
    expectBytes(bytes, aiff(comm(9), sound(2, 41), ...texts.slice(0, -1)));
    expect(notes).toEqual(["damaged-chunk-dropped"]);
  });
});
