import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  assemble,
  audioParts,
  bytesSource,
  canTagLoudness,
  partsSize,
  tagLoudness,
} from "@/lib/formats";
import { dbtp, lufs } from "@/lib/loudness/units";
import { big, indexOf, join, little, noise, zeros } from "../../support/formats/bytes";
import { flac, flacAudio, streamInfo, vorbisComment } from "../../support/formats/flac";
import { aiff, bigChunk, chunk, comm, fmt, wav } from "../../support/formats/iff";
import { ape, apic, frame23, id3v1, id3v2, mp3Audio, text, txxx } from "../../support/formats/mpeg";
import { box, freeform, inside, item, meta, mp4, udta } from "../../support/formats/mp4";
import { ogg, opusHead } from "../../support/formats/ogg";
import { expectBytes } from "../../support/formats/transplanting";

interface Figures {
  readonly integrated: number;
  readonly truePeak: number;
  readonly samplePeak: number;
}
interface Loudness {
  readonly track: Figures;
  readonly album: Figures | null;
}

const figures = fc.record({
  integrated: fc.double({ min: -69, max: 5, noNaN: true }),
  truePeak: fc.double({ min: -80, max: 6, noNaN: true }),
  samplePeak: fc.double({ min: -80, max: 6, noNaN: true }),
});
const anyLoudness: fc.Arbitrary<Loudness> = fc.record({
  track: figures,
  album: fc.option(figures),
});

const outcomeOf = (bytes: Uint8Array, container: string, { track, album }: Loudness) => {
  const of = (each: Figures) => ({
    integrated: lufs(each.integrated),
    truePeak: dbtp(each.truePeak),
    samplePeak: dbtp(each.samplePeak),
  });
  const loudness = { track: of(track), ...(album && { album: of(album) }) };
  return tagLoudness(bytesSource(bytes), container, loudness);
};
const tagged = (bytes: Uint8Array, container: string, loudness: Loudness): Uint8Array => {
  const result = outcomeOf(bytes, container, loudness);
  if (result.kind !== "done") throw new Error(result.kind);
  return assemble(result.parts, bytesSource(bytes));
};

/** ReplayGain 2.0: the gain towards -18 LUFS, the peak as a factor of full scale. */
const replayGain = ({ track, album }: Loudness): [string, string][] =>
  (["TRACK", "ALBUM"] as const).flatMap((scope): [string, string][] => {
    const of = scope === "TRACK" ? track : album;
    if (of === null) return [];
    return [
      [`REPLAYGAIN_${scope}_GAIN`, `${(-18 - of.integrated).toFixed(2)} dB`],
      [`REPLAYGAIN_${scope}_PEAK`, (10 ** (of.truePeak / 20)).toFixed(6)],
    ];
  });
/** RFC 7845 §5.2.1: 1/256 dB towards -23 LUFS. */
const r128 = ({ track, album }: Loudness): [string, string][] =>
  (["TRACK", "ALBUM"] as const).flatMap((scope): [string, string][] => {
    const of = scope === "TRACK" ? track : album;
    if (of === null) return [];
    return [[`R128_${scope}_GAIN`, String(Math.round((-23 - of.integrated) * 256))]];
  });

const before = [
  ["REPLAYGAIN_TRACK_GAIN", "-1.00 dB"],
  ["replaygain_track_peak", "0.5"],
  ["REPLAYGAIN_REFERENCE_LOUDNESS", "89.0 dB"],
  ["R128_TRACK_GAIN", "-5"],
] as const;
const albumBefore = [
  ["REPLAYGAIN_ALBUM_GAIN", "-2.00 dB"],
  ["R128_ALBUM_GAIN", "-7"],
] as const;
/** What an undo needs, and what iTunes says of the same sound. */
const untouched = [
  ["MP3GAIN_UNDO", "+002,+002,N"],
  ["LEVELUP_UNDO", "1;x"],
  ["iTunNORM", " 00000A"],
  ["iTunSMPB", " 00000000 00000840"],
  ["WAVEFORMATEXTENSIBLE_CHANNEL_MASK", "0x3"],
  ["TITLE", "T"],
] as const;
const kept = ({ album }: Loudness) => [...(album ? [] : albumBefore), ...untouched];

const titled = frame23("TIT2", text("t"));
const picture = frame23("APIC", apic(900));
const frames = (pairs: readonly (readonly [string, string])[]) =>
  join(...pairs.map(([name, value]) => frame23("TXXX", txxx(name, value))));
const entries = (pairs: readonly (readonly [string, string])[]) =>
  pairs.map(([name, value]) => `${name}=${value}`);
const all = [...before, ...albumBefore, ...untouched];

const audio = mp3Audio(3);
const v3 = { version: 3 } as const;
const withTags = (loudness: Loudness, source: boolean) =>
  source ? frames(all) : frames([...kept(loudness), ...replayGain(loudness)]);

/** A `ludt` box field by field: ISO 14496-12 §12.2.7, version 0, levels by ISO 23003-4. */
const loudnessBox = (type: string, { integrated, truePeak, samplePeak }: Figures) => {
  const peak = (value: number) => Math.min(4095, Math.round((20 - value) * 32));
  const value = Math.max(0, Math.min(255, Math.round((integrated + 57.75) * 4)));
  const levels = peak(samplePeak) * 4096 + peak(truePeak);
  return box(type, zeros(4), big(0, 2), big(levels, 3), [0x23, 1, 1, value, 0x23]);
};
const ludt = ({ track, album }: Loudness, ...others: readonly Uint8Array[]) =>
  box(
    "ludt",
    ...others,
    loudnessBox("tlou", track),
    ...(album ? [loudnessBox("alou", album)] : []),
  );
const oldAlbumBox = box("alou", zeros(4), noise(11));
const items = (pairs: readonly (readonly [string, string])[], lower = false) =>
  pairs.map(([name, value]) => freeform(lower ? name.toLowerCase() : name, value));

/** Each kind as it was and as it has to be: every byte but the tags is the same. */
const kinds: Readonly<Record<string, (loudness: Loudness, source: boolean) => Uint8Array>> = {
  mp3: (loudness, source) =>
    join(
      id3v2(v3, join(titled, picture, withTags(loudness, source), zeros(64))),
      audio,
      ape(source ? all : kept(loudness)),
      id3v1("t"),
    ),
  flac: (loudness, source) =>
    flac(
      streamInfo(300, 1),
      [
        [1, zeros(20)],
        [
          4,
          vorbisComment(
            "reference",
            entries(source ? all : [...kept(loudness), ...replayGain(loudness)]),
          ),
        ],
        [3, noise(36)],
        [6, noise(500)],
      ],
      join(flacAudio(300, 5), id3v1("t")),
    ),
  wav: (loudness, source) =>
    wav(
      chunk("JUNK", zeros(28)),
      fmt(),
      chunk("PEAK", zeros(24)),
      chunk("id3 ", id3v2(v3, join(titled, withTags(loudness, source)))),
      chunk("data", noise(1001)),
      chunk("LIST", join("INFO", chunk("INAM", "Title\0"))),
    ),
  aiff: (loudness, source) =>
    aiff(
      comm(10),
      bigChunk("SSND", noise(1001)),
      bigChunk("ID3 ", id3v2(v3, join(titled, withTags(loudness, source)))),
      bigChunk("NAME", "odd"),
    ),
  wavpack: (loudness, source) =>
    join(
      "wvpk",
      noise(700),
      ape(source ? all : [...kept(loudness), ...replayGain(loudness)]),
      id3v1("t"),
    ),
  ogg: (loudness, source) =>
    ogg("vorbis", "x", entries(source ? all : [...kept(loudness), ...replayGain(loudness)])),
  opus: (loudness, source) =>
    ogg("opus", "x", entries(source ? all : [...kept(loudness), ...r128(loudness)]), {
      head: opusHead(-512),
    }),
  m4a: (loudness, source) =>
    mp4({
      first: "moov",
      track: {
        extra: [
          udta(
            box("name", "n"),
            source
              ? box("ludt", oldAlbumBox, box("tlou", noise(9)))
              : ludt(loudness, ...(loudness.album ? [] : [oldAlbumBox])),
          ),
        ],
      },
      rest: [
        udta(
          meta(
            item("\xa9nam", "Title"),
            ...(source
              ? items(all)
              : [...items(kept(loudness)), ...items(replayGain(loudness), true)]),
          ),
          box("Xtra", noise(40)),
        ),
        box("meta", noise(30)),
      ],
    }),
};

const quiet: Loudness = {
  track: { integrated: -24.5, truePeak: -6, samplePeak: -6.5 },
  album: null,
};

/** Null where it is not told, or tables say more than there is. */
const sound = (bytes: Uint8Array): string | null => {
  const parts = audioParts(bytesSource(bytes))?.parts ?? [];
  const size = partsSize(parts);
  if (size === 0 || size > bytes.length) return null;
  return Buffer.from(assemble(parts, bytesSource(bytes))).toString("hex");
};

describe.each(Object.keys(kinds))("loudness tags alone, %s", (kind) => {
  const make = kinds[kind]!;
  test("the new values stand behind the other tags, and every other byte stays", () => {
    fc.assert(
      fc.property(anyLoudness, (loudness) => {
        const source = make(loudness, true);
        const bytes = tagged(source, kind, loudness);
        expectBytes(bytes, make(loudness, false));
        expect(sound(bytes)).toBe(sound(source));
        expect(outcomeOf(bytes, kind, loudness)).toEqual({ kind: "unchanged" });
      }),
      { numRuns: 40 },
    );
  });

  test("whatever is wrong in a file, its sound stays or it is refused", () => {
    const source = make(quiet, true);
    const place = fc.nat(source.length - 1);
    const changes = fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(changes, fc.option(place), (wrong, end) => {
        const bytes = source.slice(0, end ?? source.length);
        for (const [at, value] of wrong) if (at < bytes.length) bytes[at] = value;
        const result = outcomeOf(bytes, kind, quiet);
        if (result.kind !== "done") return;
        const before = sound(bytes);
        const made = assemble(result.parts, bytesSource(bytes));
        if (before !== null && before !== sound(made)) throw new Error("another sound");
      }),
      { numRuns: 1500 },
    );
  });
});

const rg = frames(replayGain(quiet));

test("a place for tags is made where there is none", () => {
  const data = chunk("data", noise(1001));
  expectBytes(tagged(audio, "mp3", quiet), join(id3v2(v3, rg), audio));
  expectBytes(
    tagged(wav(fmt(), data), "wav", quiet),
    wav(fmt(), data, chunk("id3 ", id3v2(v3, rg))),
  );
  const sounds = [comm(10), bigChunk("SSND", noise(31))];
  const tag = bigChunk("ID3 ", id3v2(v3, rg));
  expectBytes(tagged(aiff(...sounds), "aiff", quiet), aiff(...sounds, tag));
  const bare = flac(streamInfo(300), [[3, noise(36)]], flacAudio(300, 5));
  expectBytes(
    tagged(bare, "flac", quiet),
    flac(
      streamInfo(300),
      [
        [4, vorbisComment("", entries(replayGain(quiet)))],
        [3, noise(36)],
      ],
      flacAudio(300, 5),
    ),
  );
  const pack = join("wvpk", noise(700));
  expectBytes(tagged(pack, "wavpack", quiet), join(pack, ape(replayGain(quiet))));
  for (const first of ["moov", "mdat"] as const) {
    const bytes = tagged(mp4({ first }), "m4a", quiet);
    const [track, movie] = ["trak", "moov"].map((type) =>
      type === "trak"
        ? inside(bytes, "moov", "trak", "udta")
        : inside(bytes, "moov", "udta", "meta"),
    );
    expectBytes(track!, ludt(quiet));
    expect(indexOf(movie!, join(...items(replayGain(quiet), true)))).toBeGreaterThan(0);
    expect(sound(bytes)).toBe(sound(mp4({ first })));
  }
});

test("the loudness of a broadcast wave is written where its version has one", () => {
  const bext = (version: number, values: readonly number[]) =>
    chunk(
      "bext",
      join(
        zeros(346),
        little(version, 2),
        zeros(64),
        ...values.map((value) => little(value & 0xffff, 2)),
        zeros(180),
      ),
    );
  const tag = chunk("id3 ", id3v2(v3, rg));
  const data = chunk("data", zeros(8));
  const [none, given] = [
    [0, 0, 0, 0, 0],
    [-2450, 0x7fff, -600, 0x7fff, 0x7fff],
  ];
  const of = (...chunks: readonly Uint8Array[]) => wav(fmt(), ...chunks);
  expectBytes(tagged(of(bext(2, none), data), "wav", quiet), of(bext(2, given), data, tag));
  expectBytes(tagged(of(bext(1, none), data), "wav", quiet), of(bext(1, none), data, tag));
});

test("sizes of WAV are made right: of 64 bits, and where the header told none", () => {
  const [data, tag] = [noise(1000), chunk("id3 ", id3v2(v3, rg))];
  const streamed = join(
    "RIFF",
    little(0xffff_ffff, 4),
    "WAVE",
    fmt(),
    "data",
    little(0xffff_ffff, 4),
    data,
  );
  expectBytes(tagged(streamed, "wav", quiet), wav(fmt(), chunk("data", data), tag));
  const wide = (size: number, ...behind: readonly Uint8Array[]) =>
    join(
      ...["RF64", little(0xffff_ffff, 4), "WAVE"],
      chunk("ds64", join(little(size, 8), little(data.length, 8), little(500, 8), zeros(4))),
      ...[fmt(), "data", little(0xffff_ffff, 4), data, ...behind],
    );
  const size = wide(0).length - 8;
  expectBytes(tagged(wide(size), "wav", quiet), wide(size + tag.length, tag));
});

test("an MP4 whose samples do not lie in its media data is refused", () => {
  const file = mp4({ first: "moov" });
  const table = indexOf(file, "stco");
  // The one chunk would begin inside the movie, whose bytes move.
  file.set([0, 0, 0, 64], table + 12);
  expect(outcomeOf(file, "m4a", quiet)).toMatchObject({ kind: "refused" });
});

test("what cannot be told from the sound, or belongs to several streams, is left alone", () => {
  const refused = (bytes: Uint8Array, container: string) => {
    const result = outcomeOf(bytes, container, quiet);
    return result.kind === "refused" ? result.reason : result.kind;
  };
  const chain = join(ogg("vorbis", "x", ["A=1"]), ogg("vorbis", "x", ["A=2"], { serial: 5 }));
  expect(refused(chain, "ogg")).toBe("several-streams");
  const cut = wav(fmt(), chunk("data", noise(1000))).subarray(0, 500);
  expect(refused(cut, "wav")).toBe("source-not-recognised");
  expect(refused(aiff(comm(10), bigChunk("SSND", noise(1000))).subarray(0, 500), "aiff")).toBe(
    "source-not-recognised",
  );
  const fragmented = mp4({ rest: [box("mvex", zeros(8))] });
  expect(refused(fragmented, "m4a")).toBe("source-not-recognised");
  expect(refused(noise(500), "flac")).toBe("source-not-recognised");
  expect(canTagLoudness("wma")).toBe(false);
  expect(refused(noise(500), "wma")).toBe("source-not-recognised");
});
