import { describe, expect, test } from "vitest";
import { bytesSource, gapless, transplantTags } from "@/lib/formats";
import { dbtp, lufs } from "@/lib/loudness/units";
import { big, join, noise, zeros } from "../../support/formats/bytes";
import {
  box,
  boxes,
  chapterReference,
  freeform,
  ftyp,
  inside,
  item,
  meta,
  mp4,
  mvhd,
  samplesOf,
  trak,
  udta,
} from "../../support/formats/mp4";
import { expectBytes, transplanted } from "../../support/formats/transplanting";

const cover = join([0xff, 0xd8], noise(4000));
const items = [
  item("\xa9nam", "Title"),
  item("trkn", join(zeros(3), [3, 0, 12, 0, 0]), 0),
  item("tmpo", [0, 128].map((byte) => String.fromCharCode(byte)).join(""), 21),
  item("rtng", "\x04", 21),
  item("soar", "sort"),
  box(
    "covr",
    box("data", big(13, 4), zeros(4), cover),
    box("data", big(14, 4), zeros(4), noise(99)),
  ),
  freeform("MusicBrainz Track Id", "mb"),
  freeform("markers", "x", "com.serato.dj"),
];
const chpl = box("chpl", zeros(8), [1], zeros(8), [5], "Intro");
const songTags = udta(meta(...items), chpl, box("Xtra", noise(40)));
const media = noise(310, 3);
const own = [udta(meta(item("\xa9too", "Lavf")))];
const encodes = {
  "moov behind mdat": mp4({ media, rest: own }),
  "moov in front of mdat": mp4({ first: "moov", media, rest: own }),
  "64-bit chunk offsets": mp4({ first: "moov", media, rest: own, track: { wide: true } }),
};

const traks = (file: Uint8Array): Uint8Array[] =>
  boxes(inside(file, "moov") ?? zeros(0))
    .filter(({ type }) => type === "trak")
    .map(({ content }) => content);
const samples = (file: Uint8Array, index = 0): Uint8Array[] =>
  samplesOf(file, traks(file)[index] ?? zeros(0));
const userData = (file: Uint8Array): Uint8Array =>
  box("udta", inside(file, "moov", "udta") ?? zeros(0));

describe.each(Object.entries(encodes))("%s", (_, encoded) => {
  test("user data come back byte for byte, and the samples are still found", () => {
    const { bytes, removed, outdated, notes } = transplanted(
      mp4({ rest: [songTags] }),
      encoded,
      "m4a",
    );
    expectBytes(userData(bytes), songTags);
    expect(samples(bytes)).toEqual(samples(encoded));
    expect([removed, outdated, notes]).toEqual([[], [], []]);
  });

  test("a source without user data gives a file without", () => {
    const { bytes } = transplanted(mp4(), encoded, "m4a");
    expect(inside(bytes, "moov", "udta")).toBeNull();
    expect(samples(bytes)).toEqual(samples(encoded));
  });

  test("a 20 MB cover", () => {
    const large = udta(meta(item("covr", noise(20 << 20), 13)));
    const { bytes } = transplanted(mp4({ rest: [large] }), encoded, "m4a");
    expectBytes(userData(bytes), large);
    expect(samples(bytes)).toEqual(samples(encoded));
  });

  test("chapter tracks come along with their samples", () => {
    const words = [join(big(5, 2), "First"), join(big(6, 2), "Second")];
    const source = withChapters(words);
    const { bytes, notes } = transplanted(source, encoded, "m4a");
    expect(notes).toEqual([]);
    expect(samples(bytes)).toEqual(samples(encoded));
    expect(samples(bytes, 1)).toEqual(words);
    const [audio, chapters] = traks(bytes);
    // The audio refers to the chapters by the id that they have now; ids differ.
    const id = inside(chapters ?? zeros(0), "tkhd")?.subarray(12, 16);
    expect(inside(audio ?? zeros(0), "tref", "chap")).toEqual(id);
    expect(inside(audio ?? zeros(0), "tkhd")?.subarray(12, 16)).not.toEqual(id);
    // 1000 in the old movie's 1/600 s is 1667 in the new one's 1/1000 s.
    expect(inside(chapters ?? zeros(0), "tkhd")?.subarray(20, 24)).toEqual(big(1667, 4));
  });
});

/** A movie of 1/600 s with a text track of id 7 behind the audio's samples. */
function withChapters(words: readonly Uint8Array[], offsetShift = 0): Uint8Array {
  const audio = noise(300);
  const start = ftyp.length + 8;
  const text = trak({
    id: 7,
    handler: "text",
    entry: "text",
    sizes: words.map(({ length }) => length),
    offset: start + audio.length + offsetShift,
    gap: 5,
    extra: [chapterReference(1)],
  });
  const sound = trak({ sizes: [300], offset: start, extra: [chapterReference(7)] });
  return join(
    ftyp,
    box("mdat", audio, ...words.map((word) => join(word, zeros(5)))),
    box("moov", mvhd(600), sound, text),
  );
}

test("a chapter track whose samples lie past the end is left out, and that is said", () => {
  const { bytes, notes } = transplanted(withChapters([noise(9)], 1 << 20), mp4({ media }), "m4a");
  expect(traks(bytes).length).toBe(1);
  expect(notes).toEqual(["chapter-track-dropped"]);
});

test("loudness atoms go wherever they are; other freeform atoms stay", () => {
  const gone = [
    freeform("iTunNORM", " 0001"),
    freeform("replaygain_track_gain", "-1 dB"),
    freeform("REPLAYGAIN_ALBUM_PEAK", "1", "org.hydrogenaudio.replaygain"),
  ];
  const source = udta(
    box("ludt", noise(20)),
    meta(...items.slice(0, 3), ...gone, ...items.slice(3)),
    chpl,
  );
  const { bytes, removed } = transplanted(mp4({ rest: [source] }), mp4({ media }), "m4a");
  expectBytes(userData(bytes), udta(meta(...items), chpl));
  expect(removed).toEqual(["ludt", "iTunNORM", "replaygain_track_gain", "REPLAYGAIN_ALBUM_PEAK"]);
});

test("new ones are written, into the old list or a new one", () => {
  const options = { loudness: { track: { integrated: lufs(-14), truePeak: dbtp(-1) } } };
  const fresh = [
    freeform("replaygain_track_gain", "-4.00 dB"),
    freeform("replaygain_track_peak", "0.891251"),
  ];
  const old = mp4({ rest: [udta(meta(...items), chpl)] });
  const { bytes } = transplanted(old, mp4({ media }), "m4a", options);
  expectBytes(userData(bytes), udta(meta(...items, ...fresh), chpl));
  const bare = transplanted(mp4(), mp4({ media, first: "moov" }), "m4a", options).bytes;
  expectBytes(inside(bare, "moov", "udta", "meta", "ilst") ?? zeros(0), join(...fresh));
  expect(samples(bare)).toEqual(samples(mp4({ media, first: "moov" })));
});

test("iTunSMPB comes back with the new encode's figures, or not at all", () => {
  const old = " 00000000 00000840 000001CA 00000000003F31F6 00000000";
  const source = mp4({ rest: [udta(meta(...items.slice(0, 1), freeform("iTunSMPB", old)))] });
  // Three frames, the last one 1000 long: 3048 - 1024 samples of music, 24 of padding.
  const track = {
    stts: [
      [2, 1024],
      [1, 1000],
    ] as const,
    edit: [46, 1024] as const,
  };
  const { bytes, outdated } = transplanted(source, mp4({ media, track }), "m4a");
  expect(outdated).toEqual(["iTunSMPB"]);
  expect(gapless(bytesSource(bytes), "m4a")).toEqual({
    delay: 1024,
    padding: 24,
    samples: 2024,
    from: "itunsmpb",
  });
  const without = transplanted(source, mp4({ media }), "m4a").bytes;
  expectBytes(userData(without), udta(meta(...items.slice(0, 1))));
});

test("QuickTime's meta with keys loses its loudness values and keeps the rest", () => {
  const key = (name: string) => join(big(name.length + 8, 4), "mdta", name);
  const keys = box(
    "keys",
    zeros(4),
    big(3, 4),
    key("title"),
    key("replaygain_track_gain"),
    key("mine"),
  );
  const value = (index: number, text: string) => {
    const data = box("data", big(1, 4), zeros(4), text);
    return join(big(data.length + 8, 4), big(index, 4), data);
  };
  const list = (...values: readonly Uint8Array[]) =>
    box("meta", box("hdlr", zeros(8), "mdta", zeros(13)), keys, box("ilst", ...values));
  const source = mp4({ rest: [list(value(1, "t"), value(2, "-1"), value(3, "m"))] });
  const { bytes, removed } = transplanted(source, mp4({ media }), "m4a");
  expectBytes(
    box("meta", inside(bytes, "moov", "meta") ?? zeros(0)),
    list(value(1, "t"), value(3, "m")),
  );
  expect(removed).toEqual(["replaygain_track_gain"]);
});

test("the audio track's language and user data come along; XMP boxes too", () => {
  const xmp = box("uuid", Buffer.from("be7acfcb97a942e89c71999491e3afac", "hex"), "<x:xmpmeta/>");
  const foreign = box("uuid", noise(16), "other");
  const name = udta(box("name", "Main"));
  const source = join(mp4({ track: { language: 0x10b5, extra: [name] } }), xmp, foreign);
  const { bytes } = transplanted(source, mp4({ media, first: "moov" }), "m4a");
  const [track = zeros(0)] = traks(bytes);
  expect(inside(track, "mdia", "mdhd")?.subarray(20, 22)).toEqual(big(0x10b5, 2));
  expectBytes(inside(track, "udta") ?? zeros(0), box("name", "Main"));
  expect(boxes(bytes).map(({ type }) => type)).toEqual(["ftyp", "moov", "mdat", "uuid"]);
  expectBytes(bytes.subarray(-xmp.length), xmp);
});

describe("structures out of the ordinary", () => {
  test("of two moov boxes the first counts", () => {
    const second = box("moov", mvhd(), udta(meta(item("\xa9nam", "Wrong"))));
    const source = join(mp4({ rest: [songTags] }), second);
    expectBytes(userData(transplanted(source, mp4({ media }), "m4a").bytes), songTags);
  });
  test("a fragmented source gives its tags", () => {
    const source = join(
      ftyp,
      box("moov", mvhd(), trak({ sizes: [], offset: 0 }), box("mvex"), songTags),
      box("moof", noise(30)),
      box("mdat", noise(90)),
    );
    expectBytes(userData(transplanted(source, mp4({ media }), "m4a").bytes), songTags);
  });
  test("user data may end with a zero word, and meta may lack a version", () => {
    const quick = box(
      "udta",
      box("meta", box("hdlr", zeros(8), "mdirappl", zeros(9)), box("ilst", ...items)),
      zeros(4),
    );
    expectBytes(userData(transplanted(mp4({ rest: [quick] }), mp4({ media }), "m4a").bytes), quick);
  });
  test("an item that runs past its list is left out, what stood before it stays", () => {
    const broken = join(big(5000, 4), "\xa9ART", zeros(20));
    const source = mp4({ rest: [udta(meta(...items.slice(0, 2), broken), chpl)] });
    const { bytes, notes } = transplanted(source, mp4({ media }), "m4a");
    expectBytes(userData(bytes), udta(meta(...items.slice(0, 2)), chpl));
    expect(notes).toEqual(["damaged-tag-trimmed"]);
  });
  const refusal = (source: Uint8Array, encoded: Uint8Array) =>
    transplantTags(bytesSource(source), bytesSource(encoded), "m4a");
  test("a moov that runs past the end, or none, is refused", () => {
    for (const source of [mp4().subarray(0, -10), join(ftyp, box("mdat", media)), noise(900)])
      expect(refusal(source, mp4({ media }))).toEqual({
        kind: "refused",
        reason: "source-not-recognised",
      });
  });
  test("an encode in fragments, or with an open-ended mdat, is refused", () => {
    const fragments = join(mp4({ media }), box("moof", zeros(8)));
    const open = mp4({ media, first: "moov" });
    open.fill(0, open.length - media.length - 8, open.length - media.length - 4);
    for (const encoded of [fragments, open])
      expect(refusal(mp4(), encoded)).toEqual({
        kind: "refused",
        reason: "encoded-not-recognised",
      });
  });
  test("a chunk offset that no longer fits 32 bits is refused", () => {
    const track = trak({ sizes: [300], offset: 0xffff_ffff });
    // `mdat` with a size of 64 bits (ISO 14496-12 §4.2): the chunk begins just under 4 GiB.
    const head = join(
      ftyp,
      box("moov", mvhd(), track),
      zeros(3),
      [1],
      "mdat",
      zeros(3),
      [2],
      zeros(4),
    );
    const size = head.length - 16 + 2 * 2 ** 32;
    const encoded = {
      size,
      read: (offset: number, length: number) =>
        join(head.subarray(offset, offset + length), zeros(length)).subarray(0, length),
    };
    const source = bytesSource(mp4({ rest: [songTags] }));
    expect(transplantTags(source, encoded, "m4a")).toEqual({
      kind: "refused",
      reason: "output-too-large",
    });
  });
});
