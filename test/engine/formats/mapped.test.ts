/** Tags for a song that changes its kind: the border to the library, and what is written. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  assemble,
  bytesSource,
  readMappedTags,
  tagsOnlyFile,
  transplantTags,
  type ByteSource,
  type Kind,
  type MappedTags,
} from "@/lib/formats";
import { fromLibrary } from "@/lib/formats/mapped/from-library";
import { unsplit } from "@/lib/formats/mapped/slashes";
import { join, noise, zeros } from "../../support/formats/bytes";
import {
  flac,
  flacAudio,
  flacPicture,
  streamInfo,
  vorbisComment,
} from "../../support/formats/flac";
import { aiff, bigChunk, chunk, comm, fmt, wav } from "../../support/formats/iff";
import {
  apic,
  frame23,
  id3v1,
  id3v2,
  lameFrame,
  mp3Audio,
  text,
  txxx,
} from "../../support/formats/mpeg";
import { item, meta, mp4, udta } from "../../support/formats/mp4";
import { ogg } from "../../support/formats/ogg";

const tag = id3v2(
  { version: 3 },
  join(frame23("TIT2", text("t")), frame23("TXXX", txxx("MINE", "1")), frame23("APIC", apic(200))),
);
const entries = ["TITLE=t", "MINE=1", `LYRICS=${"la ".repeat(300)}`];
const songs: Record<Kind, Uint8Array> = {
  mp3: join(tag, lameFrame(3, 576, 900), mp3Audio(3), id3v1("t")),
  flac: flac(
    streamInfo(99),
    [
      [4, vorbisComment("v", entries)],
      [6, flacPicture(noise(99))],
    ],
    flacAudio(99, 3),
  ),
  wav: wav(fmt(), chunk("data", noise(99)), chunk("id3 ", tag)),
  aiff: aiff(comm(9), bigChunk("SSND", noise(99)), bigChunk("ID3 ", tag)),
  m4a: mp4({ rest: [udta(meta(item("\xa9nam", "t")))] }),
  ogg: ogg("vorbis", "v", entries),
  opus: ogg("opus", "v", entries),
};
const encodes: Record<Kind, Uint8Array> = { ...songs, m4a: mp4({ first: "moov" }) };
const kinds = Object.keys(songs) as Kind[];

/** Reads the song and writes what was read into every kind: no exception, and files that are ones. */
async function exercise(source: Uint8Array, kind: Kind): Promise<MappedTags | null> {
  const tags = await readMappedTags(bytesSource(source), kind);
  if (tags === null) return null;
  for (const target of kinds) {
    const encoded = bytesSource(encodes[target]);
    const donor = bytesSource(tagsOnlyFile(target, tags, encoded).bytes);
    const result = transplantTags(donor, encoded, target);
    expect(result).toMatchObject({ kind: "done", removed: [] });
    if (result.kind === "done") assemble(result.parts, encoded);
  }
  return tags;
}

const mangled = (song: Uint8Array) =>
  fc
    .record({
      writes: fc.array(
        fc.tuple(fc.nat(song.length - 1), fc.constantFrom(0, 1, 0x7f, 0x80, 0xfe, 0xff)),
        { maxLength: 12 },
      ),
      end: fc.option(fc.nat(song.length), { freq: 4 }),
    })
    .map(({ writes, end }) => {
      const bytes = song.slice();
      for (const [offset, value] of writes) bytes[offset] = value;
      return bytes.subarray(0, end ?? song.length);
    });

describe.each(kinds)("%s", (kind) => {
  test("the song used here is read", async () => {
    const tags = await exercise(songs[kind], kind);
    expect(tags?.texts.get("title")).toEqual(["t"]);
  });

  test(
    "mangled and random bytes are tags or none, in bounded time",
    { timeout: 60_000 },
    async () => {
      const once = (bytes: Uint8Array) => exercise(bytes, kind).then(() => undefined);
      const limits = { interruptAfterTimeLimit: 25_000, markInterruptAsFailure: true };
      await fc.assert(fc.asyncProperty(mangled(songs[kind]), once), { numRuns: 150, ...limits });
      const random = fc
        .tuple(fc.constantFrom(0, 4, 12, 40), fc.uint8Array({ maxLength: 3000, size: "max" }))
        .map(([start, bytes]) => join(songs[kind].subarray(0, start), bytes));
      await fc.assert(fc.asyncProperty(random, once), { numRuns: 100, ...limits });
    },
  );
});

test("any answer of the library becomes tags, or null", () => {
  const values = fc.anything({ withMap: true, withTypedArray: true, withNullPrototype: true });
  const names = fc.constantFrom(
    ...["title", "artist", "artists", "date", "year", "track", "disk", "comment", "lyrics"],
    ...["picture", "rating", "bpm", "genre", "compilation"],
  );
  const answer = fc.record({
    common: fc.dictionary(names, values),
    native: fc.dictionary(
      fc.constantFrom("vorbis", "iTunes", "ID3v2.3", "ID3v2.4", "APEv2"),
      fc.array(fc.record({ id: fc.string(), value: values })),
    ),
  });
  fc.assert(
    fc.property(fc.oneof(values, answer), (given) => {
      const tags = fromLibrary(given);
      if (tags === null) return;
      for (const target of kinds) tagsOnlyFile(target, tags, bytesSource(encodes[target]));
    }),
    { numRuns: 500 },
  );
});

test("a megabyte-long padding is no reason to hold the song up", async () => {
  const padded = join(id3v2({ version: 4 }, zeros(24 << 20)), mp3Audio(3));
  const whole = bytesSource(padded);
  let read = 0;
  const counted: ByteSource = {
    size: whole.size,
    read(offset, length) {
      read += length;
      return whole.read(offset, length);
    },
  };
  expect(await readMappedTags(counted, "mp3")).toBeNull();
  expect(read).toBeLessThanOrEqual(whole.size);
});

test("a file that cannot be read any more has no unreadable tags: its error comes through", async () => {
  const gone: ByteSource = {
    size: 1000,
    read: () => {
      throw new TypeError("gone");
    },
  };
  await expect(readMappedTags(gone, "mp3")).rejects.toThrow("gone");
});

test("only where its tags lie is a long song read", async () => {
  const long = join(songs.flac, zeros(0));
  let read = 0;
  const size = 2 ** 33;
  const source: ByteSource = {
    size,
    read(offset, length) {
      read += length;
      const out = new Uint8Array(Math.min(length, size - offset));
      out.set(long.subarray(offset, offset + out.length));
      return out;
    },
  };
  expect((await readMappedTags(source, "flac"))?.texts.get("title")).toEqual(["t"]);
  expect(read).toBeLessThan(100_000);
});

test("a picture of more than 16 MB has no place in FLAC, and one in other kinds", async () => {
  const read = await readMappedTags(bytesSource(songs.flac), "flac");
  const picture = { type: 3, mime: "image/jpeg", description: "", data: noise(17 << 20) };
  const tags = { ...read!, pictures: [picture] };
  for (const kind of ["flac", "mp3", "m4a"] as const)
    expect(tagsOnlyFile(kind, tags, bytesSource(encodes[kind])).pictureLeftOut).toBe(
      kind === "flac",
    );
});

test("what was one text with slashes is one again; what was several stays several", () => {
  const texts = ["AC/DC", "http://a.org/b", "A / B"];
  expect(unsplit(["AC", "DC"], texts)).toEqual(["AC/DC"]);
  expect(unsplit(["http:", "a.org", "b"], texts)).toEqual(["http://a.org/b"]);
  expect(unsplit(["A", "B"], texts)).toEqual(["A / B"]);
  expect(unsplit(["One", "Two"], texts)).toEqual(["One", "Two"]);
});
