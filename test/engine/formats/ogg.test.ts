import { describe, expect, test } from "vitest";
import { bytesSource, transplantTags } from "@/lib/formats";
import { dbtp, lufs } from "@/lib/loudness/units";
import { join, noise, zeros } from "../../support/formats/bytes";
import { vorbisComment } from "../../support/formats/flac";
import { ogg, opusHead, packetsOf, page, readPages } from "../../support/formats/ogg";
import { expectBytes, transplanted } from "../../support/formats/transplanting";

const entries = ["TITLE=T", "ARTIST=A1", "GENRE=G", "ARTIST=A2", "artist=a3"];
const commentOf = (codec: "vorbis" | "opus", list: readonly string[]) =>
  codec === "vorbis"
    ? join("\x03vorbis", vorbisComment("Lavf", list), [1])
    : join("OpusTags", vorbisComment("Lavf", list));

/** Sound pages, numbered from 0, with the encoder's audio packets and these comments. */
function expectStream(
  bytes: Uint8Array,
  codec: "vorbis" | "opus",
  list: readonly string[],
  encoded: Uint8Array,
  check = true,
) {
  const pages = readPages(bytes, check);
  expect(pages.map(({ sequence }) => sequence)).toEqual(pages.map((_, index) => index));
  const [before, after] = [packetsOf(readPages(encoded)), packetsOf(pages)];
  expect(after.length).toBe(before.length);
  for (const [index, packet] of before.entries())
    expectBytes(after[index] ?? zeros(0), index === 1 ? commentOf(codec, list) : packet);
  const audio = (all: typeof pages) =>
    all.slice(-3).map(({ granule, flags }) => ({ granule, flags }));
  expect(audio(pages)).toEqual(audio(readPages(encoded)));
}

describe.each(["vorbis", "opus"] as const)("%s", (codec) => {
  const kind = codec === "vorbis" ? "ogg" : "opus";
  const encoded = ogg(codec, "Lavf", ["encoder=Lavc"], { serial: 5, fill: 60 });
  // Lengths at which a packet just fills a segment, or a page.
  const sizes = [
    ...[0, 1, 200_000],
    ...Array.from({ length: 255 }, (_, i) => 1000 + i),
    ...Array.from({ length: 140 }, (_, i) => 64_890 + i),
  ];

  test("comments are the source's, audio the encoder's, whatever their length", () => {
    for (const size of sizes) {
      const list = [...entries, `PAD=${"x".repeat(size)}`];
      const source = ogg(codec, "old vendor", list, { serial: 1, audioPages: 4 });
      expectStream(transplanted(source, encoded, kind).bytes, codec, list, encoded);
    }
  });

  test("fewer header pages than before: audio pages are numbered down", () => {
    const long = ogg(codec, "Lavf", [`encoder=${"y".repeat(150_000)}`], { serial: 5, fill: 60 });
    const source = ogg(codec, "v", entries);
    expectStream(transplanted(source, long, kind).bytes, codec, entries, long);
  });

  test("a cover of 20 MB", () => {
    const list = [
      "TITLE=T",
      `METADATA_BLOCK_PICTURE=${Buffer.from(noise(20 << 20)).toString("base64")}`,
      "Z=z",
    ];
    const source = ogg(codec, "v", list);
    const { bytes } = transplanted(source, encoded, kind);
    // The slow checksum of the test would take a minute; native tools check it as well.
    expectStream(bytes, codec, list, encoded, false);
  });

  test("only the last header page that ends a packet has position 0", () => {
    const source = ogg(codec, "v", [`PAD=${"x".repeat(200_000)}`]);
    const pages = readPages(transplanted(source, encoded, kind).bytes).slice(0, -3);
    const ends = pages.map(({ lacing }) => lacing.some((value) => value < 255));
    expect(pages.map(({ granule }) => granule)).toEqual(ends.map((ended) => (ended ? 0 : -1)));
    expect(ends.filter((ended) => !ended).length).toBeGreaterThan(1);
  });

  test("loudness tags go; new ones are of the codec's own kind", () => {
    const source = ogg(codec, "v", ["R128_TRACK_GAIN=5", ...entries, "REPLAYGAIN_ALBUM_PEAK=1"]);
    const { bytes, removed } = transplanted(source, encoded, kind, {
      loudness: { track: { integrated: lufs(-14), truePeak: dbtp(-1) } },
    });
    const fresh =
      codec === "opus"
        ? ["R128_TRACK_GAIN=-2304"]
        : ["REPLAYGAIN_TRACK_GAIN=-4.00 dB", "REPLAYGAIN_TRACK_PEAK=0.891251"];
    expectStream(bytes, codec, [...entries, ...fresh], encoded);
    expect(removed).toEqual(["R128_TRACK_GAIN", "REPLAYGAIN_ALBUM_PEAK"]);
  });

  test("a chain gives its first stream's tags, and says so", () => {
    const source = join(
      ogg(codec, "v", entries, { serial: 1 }),
      ogg(codec, "v", ["TITLE=2"], { serial: 2 }),
    );
    const { bytes, notes } = transplanted(source, encoded, kind);
    expectStream(bytes, codec, entries, encoded);
    expect(notes).toEqual(["first-of-chain-only"]);
  });

  test("another stream beside the audio, and junk in front, are passed over", () => {
    const [first, ...rest] = splitPages(ogg(codec, "v", entries, { serial: 1 }));
    const other = (sequence: number, flags: number) =>
      page({
        flags,
        granule: 0,
        serial: 9,
        sequence,
        lacing: [20],
        body: join("fishead", zeros(13)),
      });
    const source = join(
      noise(700),
      other(0, 2),
      first ?? zeros(0),
      other(1, 0),
      ...rest,
      other(2, 4),
    );
    const { bytes, notes } = transplanted(source, encoded, kind);
    expectStream(bytes, codec, entries, encoded);
    expect(notes).toEqual([]);
  });

  test("a comment packet cut off by the end of the file keeps its sound entries", () => {
    const source = ogg(codec, "v", [...entries, `PAD=${"x".repeat(100_000)}`]).subarray(0, 66_000);
    const { bytes, notes } = transplanted(source, encoded, kind);
    expectStream(bytes, codec, entries, encoded);
    expect(notes).toEqual(["damaged-tag-trimmed"]);
  });
});

const splitPages = (bytes: Uint8Array): Uint8Array[] => readPages(bytes).map((one) => page(one));

test("Opus: the output gain of the encoded file stays, the source's does not come", () => {
  const encoded = ogg("opus", "Lavf", [], { head: opusHead(123) });
  const source = ogg("opus", "v", entries, { head: opusHead(-700) });
  const [head] = packetsOf(readPages(transplanted(source, encoded, "opus").bytes));
  expectBytes(head ?? zeros(0), opusHead(123));
});

test("Opus: data behind the comments is kept only if its first bit says so", () => {
  const encoded = ogg("opus", "Lavf", []);
  const withTail = (tail: readonly number[]) => {
    const [head, comment, ...audio] = readPages(ogg("opus", "v", entries));
    if (head === undefined || comment === undefined) throw new Error("no header pages");
    const body = join(comment.body, tail);
    return join(
      page(head),
      page({ ...comment, body, lacing: [body.length] }),
      ...audio.map((one) => page(one)),
    );
  };
  const tags = (tail: readonly number[]) =>
    packetsOf(readPages(transplanted(withTail(tail), encoded, "opus").bytes))[1] ?? zeros(0);
  expectBytes(tags([1, 2, 3]), join("OpusTags", vorbisComment("Lavf", entries), [1, 2, 3]));
  expectBytes(tags([0, 0, 0]), join("OpusTags", vorbisComment("Lavf", entries)));
});

test("comments of Ogg FLAC come into Vorbis", () => {
  const comment = vorbisComment("v", entries);
  const head = join("\x7fFLAC", [1, 0, 0, 1], "fLaC", [0, 0, 0, 34], zeros(34));
  const block = join([0x84, 0, 0, comment.length], comment);
  const source = join(
    page({ flags: 2, granule: 0, serial: 3, sequence: 0, lacing: [head.length], body: head }),
    page({ flags: 0, granule: 0, serial: 3, sequence: 1, lacing: [block.length], body: block }),
  );
  const encoded = ogg("vorbis", "Lavf", []);
  expectStream(transplanted(source, encoded, "ogg").bytes, "vorbis", entries, encoded);
});

test("refusals are typed", () => {
  const refusal = (source: Uint8Array, encoded: Uint8Array) =>
    transplantTags(bytesSource(source), bytesSource(encoded), "ogg");
  const sound = ogg("vorbis", "v", entries);
  expect(refusal(noise(1000), sound)).toEqual({ kind: "refused", reason: "source-not-recognised" });
  const [first] = splitPages(sound);
  expect(refusal(sound, first ?? zeros(0))).toEqual({
    kind: "refused",
    reason: "encoded-not-recognised",
  });
});
