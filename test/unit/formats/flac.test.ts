import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesSource, transplantTags } from "@/lib/formats";
import { dbtp, lufs } from "@/lib/loudness/units";
import { big, join, noise, zeros } from "../../support/formats/bytes";
import {
  flac,
  flacAudio,
  flacBlock,
  flacPicture,
  streamInfo,
  vorbisComment,
} from "../../support/formats/flac";
import { frame23, id3v2, text, txxx } from "../../support/formats/mpeg";
import { expectBytes, transplanted } from "../../support/formats/transplanting";

const oldAudio = flacAudio(300, 5);
const newAudio = flacAudio(400, 6);
const info = streamInfo(44100, 2);
const encoded = flac(
  info,
  [
    [4, vorbisComment("Lavf", ["encoder=Lavf"])],
    [1, zeros(8192)],
  ],
  newAudio,
);
const entries = [
  "TITLE=T",
  "ARTIST=A1",
  "GENRE=G",
  "ARTIST=A2",
  "artist=a3",
  "EMPTY=",
  "X==y=z",
  "no equals sign",
];
const song = (blocks: ReadonlyArray<readonly [number, Uint8Array | string]>) =>
  flac(streamInfo(44100, 1), blocks, oldAudio);

test("blocks keep their order and bytes; STREAMINFO, vendor and audio are the encoder's", () => {
  const kept = [
    [6, flacPicture(noise(500))],
    [2, join("riff", noise(40))],
    [5, noise(400)],
    [1, zeros(77)],
    [6, flacPicture(noise(20 << 10))],
    [99, noise(12)],
  ] as const;
  const source = song([[3, noise(36)], [4, vorbisComment("reference libFLAC", entries)], ...kept]);
  const { bytes, notes } = transplanted(source, encoded, "flac");
  expectBytes(bytes, flac(info, [[4, vorbisComment("Lavf", entries)], ...kept], newAudio));
  expect(notes).toEqual([]);
});

test("any entries come back in order", () => {
  const entry = fc.tuple(
    fc.constantFrom("TITLE", "artist", "LYRICS"),
    fc.string({ maxLength: 40, unit: "grapheme-ascii" }),
  );
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 30 }), (list) => {
      const lines = list.map(([name, value]) => `${name}=${value}`);
      const { bytes } = transplanted(song([[4, vorbisComment("v", lines)]]), encoded, "flac");
      expectBytes(bytes, flac(info, [[4, vorbisComment("Lavf", lines)]], newAudio));
    }),
  );
});

test("loudness tags go, new ones come at the end", () => {
  const source = song([
    [
      4,
      vorbisComment("v", [
        "REPLAYGAIN_TRACK_GAIN=1",
        ...entries,
        "replaygain_reference_loudness=89",
        "R128_TRACK_GAIN=0",
      ]),
    ],
  ]);
  const { bytes, removed } = transplanted(source, encoded, "flac", {
    loudness: { track: { integrated: lufs(-23), truePeak: dbtp(-6) } },
  });
  const fresh = ["REPLAYGAIN_TRACK_GAIN=5.00 dB", "REPLAYGAIN_TRACK_PEAK=0.501187"];
  expectBytes(bytes, flac(info, [[4, vorbisComment("Lavf", [...entries, ...fresh])]], newAudio));
  expect(removed).toEqual([
    "REPLAYGAIN_TRACK_GAIN",
    "replaygain_reference_loudness",
    "R128_TRACK_GAIN",
  ]);
});

test("the encoder's seek table and channel mask stay, the source's go", () => {
  const mask = "WAVEFORMATEXTENSIBLE_CHANNEL_MASK=0x003F";
  const table = noise(18);
  const own = flac(
    info,
    [
      [3, table],
      [4, vorbisComment("Lavf", ["encoder=x", mask])],
    ],
    newAudio,
  );
  const source = song([
    [4, vorbisComment("v", ["waveformatextensible_channel_mask=0x60F", "TITLE=T"])],
    [3, noise(36)],
  ]);
  const { bytes } = transplanted(source, own, "flac");
  expectBytes(
    bytes,
    flac(
      info,
      [
        [3, table],
        [4, vorbisComment("Lavf", ["TITLE=T", mask])],
      ],
      newAudio,
    ),
  );
});

test("no comments in the source: none of the encoder's in the output", () => {
  expectBytes(transplanted(song([]), encoded, "flac").bytes, flac(info, [], newAudio));
});

test("ID3 in front of FLAC is carried, without its loudness tags", () => {
  const title = frame23("TIT2", text("t"));
  const tag = id3v2(
    { version: 3 },
    join(title, frame23("TXXX", txxx("REPLAYGAIN_TRACK_GAIN", "1")), zeros(30)),
  );
  const { bytes } = transplanted(join(tag, song([])), encoded, "flac");
  expectBytes(bytes, join(id3v2({ version: 3 }, join(title, zeros(30))), flac(info, [], newAudio)));
});

describe("damage", () => {
  test("a comment list that lies about its count keeps what is there", () => {
    const list = join(
      vorbisComment("v", ["TITLE=T", "ARTIST=A"]).subarray(0, 5),
      [9, 0, 0, 0],
      vorbisComment("v", ["TITLE=T", "ARTIST=A"]).subarray(9),
    );
    const { bytes, notes } = transplanted(song([[4, list]]), encoded, "flac");
    expectBytes(bytes, flac(info, [[4, vorbisComment("Lavf", ["TITLE=T", "ARTIST=A"])]], newAudio));
    expect(notes).toEqual(["damaged-tag-trimmed"]);
  });
  test("a picture that claims the audio is left out, what stood before it stays", () => {
    const comment = vorbisComment("v", ["TITLE=T"]);
    const source = join(
      "fLaC",
      flacBlock(0, streamInfo(1)),
      flacBlock(4, comment),
      [0x86],
      big(250, 3),
      noise(100),
      oldAudio,
    );
    const { bytes, notes } = transplanted(source, encoded, "flac");
    expectBytes(bytes, flac(info, [[4, vorbisComment("Lavf", ["TITLE=T"])]], newAudio));
    expect(notes).toEqual(["damaged-tag-trimmed"]);
  });
  test("a block that runs past the end ends the list", () => {
    const source = join(
      "fLaC",
      flacBlock(0, streamInfo(1)),
      flacBlock(4, vorbisComment("v", ["A=b"])),
      [6],
      big(0xffffff, 3),
      noise(100),
    );
    const { bytes } = transplanted(source, encoded, "flac");
    expectBytes(bytes, flac(info, [[4, vorbisComment("Lavf", ["A=b"])]], newAudio));
  });
  test("a second comment block is left out", () => {
    const source = song([
      [4, vorbisComment("v", ["A=1"])],
      [4, vorbisComment("v", ["A=2"])],
    ]);
    const { bytes, notes } = transplanted(source, encoded, "flac");
    expectBytes(bytes, flac(info, [[4, vorbisComment("Lavf", ["A=1"])]], newAudio));
    expect(notes).toEqual(["second-comment-block-dropped"]);
  });
  test("an ID3 tag whose size lies does not hide the FLAC behind it", () => {
    const title = frame23("TIT2", text("t"));
    const tag = id3v2({ version: 3, size: 1 << 20 }, title);
    const { bytes } = transplanted(
      join(tag, song([[4, vorbisComment("v", ["A=1"])]])),
      encoded,
      "flac",
    );
    expectBytes(
      bytes,
      join(
        id3v2({ version: 3 }, title),
        flac(info, [[4, vorbisComment("Lavf", ["A=1"])]], newAudio),
      ),
    );
  });
  test("what is no FLAC is refused", () => {
    expect(transplantTags(bytesSource(noise(500)), bytesSource(encoded), "flac")).toEqual({
      kind: "refused",
      reason: "source-not-recognised",
    });
  });
});
