/** Random and mangled bytes: no exception, no hang, no file that is not one. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  assemble,
  bytesSource,
  gapless,
  partsSize,
  readAlbumTags,
  transplantTags,
  type Kind,
} from "@/lib/formats";
import { indexOf, join, noise, zeros } from "../../support/formats/bytes";
import {
  flac,
  flacAudio,
  flacPicture,
  streamInfo,
  vorbisComment,
} from "../../support/formats/flac";
import { aiff, bigChunk, chunk, comm, fmt, wav } from "../../support/formats/iff";
import {
  ape,
  apic,
  frame23,
  id3v1,
  id3v2,
  lameFrame,
  lyrics3,
  mp3Audio,
  text,
  txxx,
} from "../../support/formats/mpeg";
import { chapterReference, freeform, item, meta, mp4, trak, udta } from "../../support/formats/mp4";
import { ogg } from "../../support/formats/ogg";
import { processorTime } from "../../support/formats/processor-time";

const tag = id3v2(
  { version: 3, flags: 0x80 },
  join(
    frame23("TIT2", text("t")),
    frame23("TXXX", txxx("REPLAYGAIN_TRACK_GAIN", "1")),
    frame23("APIC", apic(200)),
    zeros(20),
  ),
);
const entries = ["TITLE=T", "REPLAYGAIN_TRACK_GAIN=1", `X=${"x".repeat(600)}`];
const chapters = {
  extra: [chapterReference(7)],
  stts: [[3, 1024]] as const,
  edit: [50, 1024] as const,
};
const songs: Record<Kind, Uint8Array> = {
  mp3: join(
    tag,
    lameFrame(3, 576, 900),
    mp3Audio(3),
    ape([
      ["Title", "t"],
      ["MP3GAIN_UNDO", "1"],
    ]),
    lyrics3("la"),
    id3v1("t"),
  ),
  flac: join(
    tag,
    flac(
      streamInfo(99),
      [
        [4, vorbisComment("v", entries)],
        [6, flacPicture(noise(99))],
        [1, zeros(9)],
      ],
      flacAudio(99, 3),
    ),
  ),
  wav: wav(
    fmt(),
    chunk("bext", noise(602)),
    chunk("data", noise(99)),
    chunk("id3 ", tag),
    chunk("LIST", join("INFO", chunk("INAM", "t"))),
  ),
  aiff: aiff(comm(9), bigChunk("NAME", "n"), bigChunk("SSND", noise(99)), bigChunk("ID3 ", tag)),
  m4a: mp4({
    track: chapters,
    rest: [udta(meta(item("\xa9nam", "t"), freeform("iTunSMPB", " 0 840 1CA 3F")))],
    extraTracks: () => [trak({ id: 7, handler: "text", sizes: [5, 9], offset: 40 })],
  }),
  ogg: ogg("vorbis", "v", entries),
  opus: ogg("opus", "v", entries),
};
const oggBodies = [9, 10, 11].map((fill) => new Uint8Array(500).fill(fill));
/** What players need of each of them. */
const audios: Record<Kind, readonly Uint8Array[]> = {
  mp3: [join(lameFrame(3, 576, 900), mp3Audio(3))],
  flac: [streamInfo(99), flacAudio(99, 3)],
  wav: [fmt(), chunk("data", noise(99))],
  aiff: [comm(9), bigChunk("SSND", noise(99))],
  m4a: [noise(300)],
  ogg: oggBodies,
  opus: oggBodies,
};
const kinds = Object.keys(songs) as Kind[];
const encodes: Record<Kind, Uint8Array> = { ...songs, m4a: mp4({ first: "moov" }) };

/** Everything the module does with a file; a result must be one that could be delivered. */
function exercise(source: Uint8Array, encoded: Uint8Array, kind: Kind): void {
  const [from, to] = [bytesSource(source), bytesSource(encoded)];
  readAlbumTags(from, kind);
  if (kind === "mp3" || kind === "m4a") gapless(from, kind);
  const result = transplantTags(from, to, kind);
  if (result.kind === "refused") {
    expect(result.reason).toMatch(/^[a-z-]+$/);
    return;
  }
  for (const part of result.parts)
    if ("from" in part) {
      expect(part.offset).toBeGreaterThanOrEqual(0);
      expect(part.offset + part.length).toBeLessThanOrEqual(encoded.length);
    }
  expect(assemble(result.parts, to).length).toBe(partsSize(result.parts));
}

/** The song with some bytes overwritten, a stretch cut out, and an end cut off. */
const mangled = (song: Uint8Array) =>
  fc
    .record({
      writes: fc.array(
        fc.tuple(fc.nat(song.length - 1), fc.constantFrom(0, 1, 0x7f, 0x80, 0xfe, 0xff)),
        { maxLength: 12 },
      ),
      cut: fc.tuple(fc.nat(song.length), fc.nat(60)),
      end: fc.option(fc.nat(song.length), { freq: 4 }),
    })
    .map(({ writes, cut: [at, length], end }) => {
      const bytes = song.slice();
      for (const [offset, value] of writes) bytes[offset] = value;
      return join(bytes.subarray(0, at), bytes.subarray(at + length)).subarray(
        0,
        end ?? song.length,
      );
    });

describe.each(kinds)("%s", (kind) => {
  test("the song used here is a sound one", () => {
    const result = transplantTags(bytesSource(songs[kind]), bytesSource(encodes[kind]), kind);
    expect(result.kind).toBe("done");
  });

  test("mangled sources, and mangled encodes", { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(mangled(songs[kind]), (source) => exercise(source, encodes[kind], kind)),
      { numRuns: 1500, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true },
    );
    fc.assert(
      fc.property(mangled(encodes[kind]), (encoded) => exercise(songs[kind], encoded, kind)),
      { numRuns: 500, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true },
    );
  });

  test("a mangled source never costs the encode its audio", () => {
    // What the source says may be lost; what players need of the encode may not.
    fc.assert(
      fc.property(mangled(songs[kind]), (source) => {
        const clean = encodes[kind];
        const result = transplantTags(bytesSource(source), bytesSource(clean), kind);
        if (result.kind === "refused") return;
        const delivered = assemble(result.parts, bytesSource(clean));
        // What comes out is a source as good as any: its tags go once more into the same encode.
        const again = transplantTags(bytesSource(delivered), bytesSource(clean), kind);
        expect(again).toMatchObject({ kind: "done", removed: [] });
        for (const audio of audios[kind])
          expect(indexOf(delivered, audio)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 500 },
    );
  });

  test("random bytes, bare and behind a true beginning", () => {
    const start = fc.constantFrom(0, 4, 12, 40, 200);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4000, size: "max" }), start, (bytes, length) => {
        exercise(join(songs[kind].subarray(0, length), bytes), encodes[kind], kind);
      }),
      { numRuns: 400 },
    );
  });

  test("16 MiB made to keep a parser busy take less than three seconds", () => {
    const size = 16 << 20;
    const fill = (pattern: Uint8Array) => {
      const out = new Uint8Array(size);
      for (let at = 0; at < size; at += pattern.length)
        out.set(pattern.subarray(0, Math.min(pattern.length, size - at)), at);
      return out;
    };
    const patterns = [
      zeros(4096),
      join("ID3", [3, 0, 0, 0, 0, 0, 0]),
      join("OggS", zeros(23)),
      join("LIST", zeros(4)),
      join([0, 0, 0, 8], "trak"),
      join("APETAGEX", zeros(24)),
      join("TAG", zeros(125)),
      join([0xff, 0xfb, 0x90, 0]),
    ];
    for (const pattern of patterns) {
      const bytes = join(songs[kind].subarray(0, 12), fill(pattern));
      expect(processorTime(() => exercise(bytes, encodes[kind], kind))).toBeLessThan(3000);
    }
  });
});
