/** An ID3v2 tag is as long to everything that steps over it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  bytesSource,
  gapless,
  mp3Audio as audioOf,
  planMp3Gain,
  transplantTags,
} from "@/lib/formats";
import { flacLayout } from "@/lib/formats/flac/layout";
import { readId3v2 } from "@/lib/formats/id3/id3v2";
import { id3v2Length } from "@/lib/formats/id3/id3v2-header";
import { findStream } from "@/lib/formats/mpeg/sync";
import { join, syncsafe, zeros } from "../../support/formats/bytes";
import { flac, flacAudio, streamInfo } from "../../support/formats/flac";
import { lameFrame, mp3Audio } from "../../support/formats/mpeg";

const byte = fc.nat(255);
const shape = fc.record({
  version: fc.oneof(fc.constantFrom(2, 3, 4), byte),
  revision: fc.oneof(fc.constant(0), byte),
  flags: byte,
  size: fc.nat(2000),
});

test("for every version, flag and size: header, content, and a footer in 2.4 alone", () => {
  const audio = join(lameFrame(5, 576, 1105), mp3Audio(5));
  const lossless = flac(streamInfo(9), [[1, zeros(9)]], flacAudio(9, 1));
  fc.assert(
    fc.property(shape, ({ version, revision, flags, size }) => {
      const head = join([version, revision, flags], syncsafe(size));
      const footer = version === 4 && (flags & 0x10) !== 0 ? join("3DI", head) : zeros(0);
      const tag = join("ID3", head, zeros(size), footer);
      const isTag = version < 0xff && revision < 0xff;
      const file = join(tag, audio);
      const source = bytesSource(file);

      expect(id3v2Length(file)).toBe(isTag ? tag.length : null);
      expect(readId3v2(source, 0)?.declaredLength ?? null).toBe(isTag ? tag.length : null);
      expect(audioOf(source).size).toBe(isTag ? audio.length : file.length);
      expect(findStream(source, 0, file.length)?.offset).toBe(tag.length);
      expect(gapless(source, "mp3")?.delay).toBe(576);
      expect(planMp3Gain(file).kind).toBe("done");
      const carried = transplantTags(source, bytesSource(mp3Audio(3)), "mp3");
      expect(carried.kind).toBe("done");
      const start = flacLayout(bytesSource(join(tag, lossless)))?.start;
      expect(start).toBe(tag.length);
    }),
    { numRuns: 2000 },
  );
});

test("no tag is claimed where a byte of the size has its highest bit set, or the header is cut", () => {
  const head = join("ID3", [4, 0, 0], syncsafe(100));
  for (let at = 6; at < 10; at++)
    expect(id3v2Length(head.map((b, i) => (i === at ? 0x80 : b)))).toBeNull();
  for (let length = 0; length < 10; length++)
    expect(id3v2Length(head.subarray(0, length))).toBeNull();
});
