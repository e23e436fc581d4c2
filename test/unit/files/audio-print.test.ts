import { describe, expect, it } from "vitest";
import { audioPrint } from "@/lib/files/audio/audio-print";
import { retaggedOriginal } from "@/lib/files/audio/retagged";
import { readAwaited } from "@/lib/storage/awaited-source";
import { big, join, noise, zeros } from "../../support/formats/bytes";
import {
  flac,
  flacAudio,
  flacPicture,
  streamInfo,
  vorbisComment,
} from "../../support/formats/flac";
import { aiff, bigChunk, chunk, comm, fmt, wav } from "../../support/formats/iff";
import { freeform, item, meta, mp4, udta } from "../../support/formats/mp4";
import {
  ape,
  apic,
  frame23,
  frame24,
  id3v1,
  id3v2,
  lameFrame,
  lyrics3,
  mp3Audio,
  text,
} from "../../support/formats/mpeg";
import { ogg, packetsOf, page, readPages } from "../../support/formats/ogg";

const title = (words: string) => id3v2({ version: 3 }, frame23("TIT2", text(words)));
const sound = join(lameFrame(5, 576, 700), mp3Audio(5));
const pcm = noise(4000);
const tagsOf = (words: string) => vorbisComment("LevelUp", [`TITLE=${words}`]);
const m4a = (...items: readonly Uint8Array[]) =>
  mp4({
    first: "moov",
    rest: [udta(meta(...items))],
    track: { edit: [100, 1024], stts: [[3, 1024]] },
  });

interface Retagging {
  readonly before: Uint8Array;
  /** The same song in the hands of different editors of tags. */
  readonly after: readonly Uint8Array[];
}

const kinds: Record<string, Retagging> = {
  mp3: {
    before: join(title("Old"), sound),
    after: [
      join(title("New"), sound),
      join(id3v2({ version: 4 }, join(frame24("APIC", apic(200_000)), zeros(5000))), sound),
      join(title("Old"), sound, lyrics3("la"), ape([["Title", "New"]]), id3v1("New")),
      sound,
    ],
  },
  flac: {
    before: flac(streamInfo(900), [[4, tagsOf("Old")]], flacAudio(3000, 7)),
    after: [
      flac(streamInfo(900), [[4, tagsOf("New title")]], flacAudio(3000, 7)),
      flac(
        streamInfo(900),
        [
          [3, zeros(36)],
          [6, flacPicture(noise(90_000))],
          [1, zeros(4096)],
        ],
        flacAudio(3000, 7),
      ),
      join(
        title("New"),
        flac(streamInfo(900), [[4, tagsOf("Old")]], flacAudio(3000, 7)),
        id3v1("New"),
      ),
    ],
  },
  "ogg vorbis": {
    before: ogg("vorbis", "LevelUp", ["TITLE=Old"]),
    after: [
      ogg("vorbis", "other", ["TITLE=New"]),
      ogg("vorbis", "LevelUp", ["TITLE=New", `METADATA_BLOCK_PICTURE=${"A".repeat(200_000)}`]),
    ],
  },
  opus: {
    before: ogg("opus", "LevelUp", ["TITLE=Old"]),
    after: [ogg("opus", "LevelUp", []), relaid(ogg("opus", "LevelUp", ["TITLE=New"]))],
  },
  m4a: {
    before: m4a(item("©nam", "Old")),
    after: [
      m4a(item("©nam", "New"), item("covr", noise(80_000), 13)),
      mp4({ first: "mdat", track: { edit: [100, 1024], stts: [[3, 1024]] } }),
    ],
  },
  wav: {
    before: wav(fmt(), chunk("data", pcm), chunk("LIST", "INFOINAM\x04\0\0\0Old\0")),
    after: [
      wav(fmt(), chunk("JUNK", zeros(400)), chunk("data", pcm), chunk("id3 ", title("New"))),
      wav(fmt(), chunk("data", pcm)),
    ],
  },
  aiff: {
    before: aiff(comm(1000), bigChunk("SSND", join(zeros(8), pcm))),
    after: [
      aiff(comm(1000), bigChunk("SSND", join(zeros(8), pcm)), bigChunk("ID3 ", title("New"))),
      aiff(bigChunk("NAME", "New"), comm(1000), bigChunk("SSND", join(zeros(8), pcm))),
    ],
  },
};

/** Every packet of sound on a page of its own, as another muxer may lay them out. */
function relaid(bytes: Uint8Array): Uint8Array {
  const [head, comment, ...audio] = readPages(bytes);
  const packets = packetsOf(audio);
  const end = audio.at(-1)!;
  const lacing = (length: number) => [
    ...Array.from({ length: Math.floor(length / 255) }, () => 255),
    length % 255,
  ];
  return join(
    page(head!),
    page(comment!),
    ...packets.map((body, index) => {
      const granule = index === packets.length - 1 ? end.granule : (index + 1) * 480;
      return page({
        ...end,
        flags: 0,
        granule,
        sequence: 2 + index,
        lacing: lacing(body.length),
        body,
      });
    }),
  );
}

const blob = (bytes: Uint8Array) => new Blob([bytes as Uint8Array<ArrayBuffer>]);
const file = (bytes: Uint8Array, name: string) => new File([blob(bytes)], name);
const bytesOf = async (of: Blob) => new Uint8Array(await of.arrayBuffer());

describe.each(Object.entries(kinds))("the sound of %s", (_, { before, after }) => {
  it("is the same whatever is done to the tags", async () => {
    const print = await audioPrint(blob(before));
    expect(print).toMatch(/^[0-9a-f]{64}$/);
    for (const each of after) expect(await audioPrint(blob(each))).toBe(print);
  });

  it("is another once a byte of it is changed", async () => {
    const print = await audioPrint(blob(before));
    const changed = before.slice();
    const at = indexOfSound(before, after[0]!);
    changed[at]! ^= 1;
    expect(await audioPrint(blob(changed))).not.toBe(print);
    expect(await audioPrint(blob(before.slice(0, at)))).not.toBe(print);
  });

  it("of an original goes on with the tags of another file of its kind", async () => {
    for (const each of after) {
      const result = await retaggedOriginal(file(before, "a"), file(each, "b"));
      expect(await audioPrint(result!)).toBe(await audioPrint(blob(before)));
    }
    // What the edited file holds of tags is in the result, byte for byte.
    const back = await retaggedOriginal(file(after[0]!, "a"), file(before, "b"));
    const again = await retaggedOriginal(file(before, "a"), back!);
    expect(await bytesOf(again!)).toEqual(await bytesOf(await sameTags(before)));
  });
});

const sameTags = async (bytes: Uint8Array) =>
  (await retaggedOriginal(file(bytes, "a"), file(bytes, "b")))!;

/** Where both files hold the same 40 bytes, not at their beginning. */
function indexOfSound(a: Uint8Array, b: Uint8Array): number {
  const other = Buffer.from(b);
  for (let at = a.length - 200; at > 0; at -= 40) {
    if (other.includes(Buffer.from(a.subarray(at, at + 40)))) return at + 20;
  }
  throw new Error("nothing in common");
}

it("gapless figures in a tag of an M4A stay those of the sound", async () => {
  const smpb = (samples: string) =>
    freeform("iTunSMPB", ` 00000000 00000840 000001CA ${samples} 00000000`);
  const original = mp4({ first: "moov", rest: [udta(meta(smpb("00000000003F31F6")))] });
  const edited = (...more: readonly Uint8Array[]) =>
    mp4({ first: "moov", rest: [udta(meta(item("©nam", "New"), ...more))] });
  const result = await retaggedOriginal(
    file(original, "a"),
    file(edited(smpb("0000000000000042")), "b"),
  );
  expect(Buffer.from(await bytesOf(result!)).includes("00000000003F31F6")).toBe(true);
  // Without a place for them the music would begin and end elsewhere.
  expect(await retaggedOriginal(file(original, "a"), file(edited(), "b"))).toBeNull();
});

it("sound that is not told apart from tags has no print, and takes no others' tags", async () => {
  const [mp3, vorbis] = [kinds["mp3"]!.before, kinds["ogg vorbis"]!.before];
  const nothing = {
    empty: zeros(0),
    text: join("not a song"),
    "two links": join(vorbis, ogg("vorbis", "x", [], { serial: 78 })),
    "fragments of MP4": join(mp4(), big(8, 4), "moof"),
    "WAV cut short": kinds["wav"]!.before.slice(0, 2000),
    "FLAC cut in its tags": kinds["flac"]!.before.slice(0, 60),
  };
  for (const [what, bytes] of Object.entries(nothing)) {
    expect(await audioPrint(blob(bytes)), what).toBeNull();
    expect(await retaggedOriginal(file(mp3, "a"), file(bytes, "b")), what).toBeNull();
    expect(await retaggedOriginal(file(bytes, "a"), file(mp3, "b")), what).toBeNull();
  }
  expect(await retaggedOriginal(file(mp3, "a"), file(vorbis, "b"))).toBeNull();
});

describe("a reader whose bytes have to be awaited", () => {
  it("sees the file as it is, from whichever end it reads it", async () => {
    const bytes = noise(1 << 20);
    const sum = await readAwaited([blob(bytes), [bytes as Uint8Array<ArrayBuffer>]], (a, b) => {
      for (const at of [0, 5, 70_000, bytes.length - 4, bytes.length - 90_000]) {
        expect(a.read(at, 300)).toEqual(bytes.subarray(at, at + 300));
        expect(b.read(at, 3000)).toEqual(bytes.subarray(at, at + 3000));
      }
      return a.read(bytes.length, 4).length + a.read(-5, 3).length;
    });
    expect(sum).toBe(0);
  });
});
