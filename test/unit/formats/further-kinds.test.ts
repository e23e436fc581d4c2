import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assemble, bytesSource, transplantTags } from "@/lib/formats";
import { apeItem, buildApe } from "@/lib/formats/ape/ape";
import {
  asfAttributes,
  asfText,
  textAttribute,
  withAttributes,
} from "@/lib/formats/asf/attributes";
import {
  asfGuid,
  extensionContent,
  headerBytes,
  readAsfHeader,
  type AsfObject,
} from "@/lib/formats/asf/header";
import { concat, fromLatin1, u64le } from "@/lib/formats/bytes";
import { flacComment, flacLayout } from "@/lib/formats/flac/layout";
import { flacOfOgg } from "@/lib/formats/ogg/flac-transplant";
import { paginate } from "@/lib/formats/ogg/packets";
import { buildVorbisComment, commentEntry, entryText } from "@/lib/formats/vorbis-comment";
import { lufs, dbtp } from "@/lib/loudness/units";

const sound = (seed: number) => Uint8Array.from({ length: 300 }, (_, i) => (i * seed) & 0xff);

function asf(texts: ReadonlyArray<readonly [string, string]>, seed: number): Uint8Array {
  const attributes = texts.map(([name, text]) => textAttribute(name, text));
  const properties = { guid: asfGuid.fileProperties, content: new Uint8Array(80) };
  const extension = {
    guid: asfGuid.headerExtension,
    content: extensionContent(new Uint8Array(22), []),
  };
  const objects: AsfObject[] = [
    properties,
    extension,
    withAttributes(asfGuid.extendedContentDescription, attributes),
  ];
  return concat([headerBytes(objects, Uint8Array.of(1, 2)), sound(seed)]);
}

const streamInfo = new Uint8Array(34);
const block = (type: number, content: Uint8Array) =>
  concat([Uint8Array.of(type, 0, content.length >> 8, content.length), content]);

function oggFlac(texts: ReadonlyArray<readonly [string, string]>, serial: number): Uint8Array {
  const mapping = Uint8Array.of(...fromLatin1("\x7fFLAC"), 1, 0, 0, 1);
  const first = concat([mapping, fromLatin1("fLaC"), block(0, streamInfo)]);
  const comment = buildVorbisComment(fromLatin1("v"), texts.map(commentEntry));
  return concat([
    paginate([first], { serial, sequence: 0, beginsStream: true }).bytes,
    paginate([block(0x84, comment)], { serial, sequence: 1 }).bytes,
    paginate([sound(serial)], { serial, sequence: 2, granule: 100 }).bytes,
  ]);
}

const wavpack = (texts: ReadonlyArray<readonly [string, string]>, seed: number) =>
  concat([
    ...[fromLatin1("wvpk"), sound(seed)],
    buildApe(texts.map(([name, text]) => apeItem(name, text))),
  ]);

const makers = { wma: asf, oggflac: oggFlac, wavpack } as const;
type Made = keyof typeof makers;
const kinds = Object.keys(makers) as Made[];

const readers: Record<Made, (file: Uint8Array, name: string) => string[]> = {
  wma: (file, name) =>
    asfAttributes(readAsfHeader(bytesSource(file))!)
      .filter((each) => each.name === name)
      .map(({ value }) => asfText(value)),
  oggflac: (file, name) => {
    const native = flacOfOgg(bytesSource(file))!;
    const entries = flacComment(native, flacLayout(native)!)!.entries.map(entryText);
    return entries.filter((_, index) => entries[index] !== undefined && name !== "");
  },
  wavpack: (file, name) => [new TextDecoder("latin1").decode(file).includes(name) ? name : ""],
};

const carry = (kind: Made, source: Uint8Array, encoded: Uint8Array, loud = false) => {
  const track = { integrated: lufs(-14), truePeak: dbtp(-1) };
  const options = loud ? { loudness: { track } } : {};
  return transplantTags(bytesSource(source), bytesSource(encoded), kind, options);
};

describe.each(kinds)("tags of %s", (kind) => {
  const source = makers[kind](
    [
      ["Mine", "one"],
      ["REPLAYGAIN_TRACK_GAIN", "-3.00 dB"],
    ],
    3,
  );
  const encoded = makers[kind]([["Encoder", "e"]], 7);

  test("are the source's, the sound is the encode's, and old loudness is left out", () => {
    const result = carry(kind, source, encoded);
    if (result.kind !== "done") throw new Error(result.reason);
    const made = assemble(result.parts, bytesSource(encoded));
    expect(result.removed).toEqual(["REPLAYGAIN_TRACK_GAIN"]);
    const text = new TextDecoder("latin1").decode(made);
    const has = (bytes: Uint8Array) => text.includes(new TextDecoder("latin1").decode(bytes));
    expect(has(sound(7))).toBe(true);
    expect(has(sound(3))).toBe(false);
    expect(readers[kind](made, "Mine")).toEqual([kind === "wavpack" ? "Mine" : "one"]);
    if (kind === "wma") {
      const properties = readAsfHeader(bytesSource(made))!.objects[0]!;
      expect(u64le(properties.content, 16)).toBe(made.length);
    }
  });

  test("get new loudness beside them where it is asked for", () => {
    const result = carry(kind, source, encoded, true);
    if (result.kind !== "done") throw new Error(result.reason);
    const made = assemble(result.parts, bytesSource(encoded));
    const text = new TextDecoder("latin1").decode(made).replaceAll("\0", "");
    expect(text).toContain("-4.00 dB");
    expect(text).not.toContain("-3.00 dB");
  });

  test("of damaged and random files get an answer", () => {
    const any = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .array(fc.tuple(fc.nat(source.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
        .map((changes) => {
          const copy = source.slice();
          for (const [at, value] of changes) copy[at] = value;
          return copy;
        }),
      fc.nat(source.length).map((length) => source.slice(0, length)),
    );
    fc.assert(
      fc.property(any, (bytes) => {
        for (const result of [carry(kind, bytes, encoded), carry(kind, source, bytes, true)])
          expect(["done", "refused"]).toContain(result.kind);
      }),
      { numRuns: 300 },
    );
  });
});
