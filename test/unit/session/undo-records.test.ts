import { expect, it } from "vitest";
import { changeOpusGain } from "@/lib/formats/ogg/opus-undo";
import { SongTable } from "@/lib/batch/song-table";
import { decibels } from "@/lib/loudness/units";
import { UndoRecords } from "@/lib/session/undo-records";
import { opusStream } from "../../support/formats/ogg-pages";
import { join } from "../../support/formats/mp3-frames";
import { picked } from "../batch/fixtures";

const zeros = (length: number) => new Uint8Array(length);
const text = (value: string) => new Uint8Array(Buffer.from(value, "latin1"));
const audio = join("\xff\xfb\x90\0", zeros(90_000));

/** ID3v2.3 with frames of an id and a content. */
function id3(...frames: readonly (readonly [id: string, content: Uint8Array])[]): Uint8Array {
  const be = (value: number, bits: number) =>
    [3, 2, 1, 0].map((i) => Math.floor(value / 2 ** (bits * i)) & (2 ** bits - 1));
  const body = join(
    ...frames.map(([id, content]) => join(id, be(content.length, 8), [0, 0], content)),
  );
  return join("ID3", [3, 0, 0], be(body.length, 7), body);
}

const undoFrame = (steps: string) => ["TXXX", text(`\0MP3GAIN_UNDO\0${steps},${steps},N`)] as const;
const cover = ["APIC", zeros(200_000)] as const;
const ape = (item: string) =>
  join(item, "APETAGEX", [0xd0, 7, 0, 0], [item.length + 32, 0, 0, 0], [1, 0, 0, 0], zeros(12));

const opus = (gain: number) => {
  const file = opusStream(0, { comments: ["TITLE=Mine"] });
  const changed = changeOpusGain(file, decibels(gain));
  if (changed.kind === "refused") throw new Error(changed.reason);
  return changed.bytes;
};

const files: Readonly<Record<string, readonly [Uint8Array, boolean]>> = {
  "mp3gain.mp3": [join(audio, ape("\0\0MP3GAIN_UNDO\0+003,+003,N")), true],
  "plain.mp3": [join(id3(cover), audio, ape("\0\0TITLE\0Mine")), false],
  "id3.mp3": [join(id3(cover, undoFrame("+003")), audio), true],
  "undone in id3.mp3": [join(id3(undoFrame("+000"), cover), audio), false],
  "changed.opus": [opus(3), true],
  "plain.opus": [join(opus(0), text("LEVELUP_UNDO=1;5; in the audio")), false],
  "changed.m4a": [
    join([0, 0, 0, 8], "free", [0, 0, 0, 40], "moov", "....----....replaygain_undo......"),
    true,
  ],
  "sound.m4a": [join([0, 0, 0, 40], "mdat", "....----....replaygain_undo......"), false],
  "other.flac": [text("LEVELUP_UNDO=1"), false],
};

it("a song is known by the record in its file, wherever that lies, and not by its sound", async () => {
  const table = new SongTable(() => undefined);
  const ids = table.add(
    Object.entries(files).map(([name, [bytes]]) =>
      picked(name, { open: () => Promise.resolve(new File([bytes as BlobPart], name)) }),
    ),
  );
  await new UndoRecords(table, () => undefined).look(ids);
  expect(Object.fromEntries(ids.map((id) => [table.get(id).name, table.get(id).undoable]))).toEqual(
    Object.fromEntries(Object.entries(files).map(([name, [, holds]]) => [name, holds])),
  );
});
