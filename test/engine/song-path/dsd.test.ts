import { describe, expect, it } from "vitest";
import { flacRate } from "@/lib/ffmpeg/bit-rates";
import { levelSong } from "@/lib/song-path";
import { asBlob } from "@/lib/storage/song-bytes";
import { songTools } from "../../support/song-tools";
import { levelTask, probed, target } from "./sources";

/** A DSF file (Sony, DSF File Format Specification 1.01): a mono tone of half a second. */
function dsf(timesUsual: number): Uint8Array {
  const rate = 44_100 * timesUsual;
  const BLOCK = 4096;
  const bytes = Math.ceil(rate / 2 / 8 / BLOCK) * BLOCK;
  const file = new Uint8Array(28 + 52 + 12 + bytes);
  const view = new DataView(file.buffer);
  const text = (at: number, value: string) => file.set(Buffer.from(value, "latin1"), at);
  const put64 = (at: number, value: number) => view.setBigUint64(at, BigInt(value), true);
  text(0, "DSD ");
  put64(4, 28);
  put64(12, file.length);
  text(28, "fmt ");
  put64(32, 52);
  [1, 0, 1, 1, rate, 1].forEach((value, index) => view.setUint32(40 + index * 4, value, true));
  put64(64, bytes * 8);
  view.setUint32(72, BLOCK, true);
  text(80, "data");
  put64(84, 12 + bytes);
  // A sigma-delta modulator of the first order, least significant bit first.
  let error = 0;
  for (let bit = 0; bit < bytes * 8; bit++) {
    const wanted = 0.3 * Math.sin((2 * Math.PI * 500 * bit) / rate);
    const one = error + wanted >= 0;
    error += wanted - (one ? 1 : -1);
    if (one) file[92 + (bit >> 3)]! |= 1 << (bit & 7);
  }
  return file;
}

describe("DSD becomes FLAC at a rate that FLAC can hold", () => {
  it.each([
    [64, 352_800],
    [128, 352_800],
    [256, 352_800],
  ])("DSD%d", async (timesUsual, rate) => {
    const source = dsf(timesUsual);
    const change = { target: target({ loudness: -20 }) };
    const outcome = await levelSong(levelTask(source, "a.dsf", change), songTools(source));
    if (outcome.kind !== "leveled") throw new Error(JSON.stringify(outcome));
    expect(Math.abs(outcome.result!.integrated - -20)).toBeLessThanOrEqual(0.2);
    const bytes = new Uint8Array(await asBlob(outcome.bytes).arrayBuffer());
    expect((await probed(bytes)).format).toMatchObject({ codec: "flac", sampleRate: rate });
  });
});

it("a rate that FLAC cannot hold becomes one that it can, any other stays", () => {
  expect([8000, 44_100, 48_001, 96_000, 192_000, 352_800].map(flacRate)).toEqual([
    8000, 44_100, 48_001, 96_000, 192_000, 352_800,
  ]);
  expect([96_001, 705_600, 768_000].map(flacRate)).toEqual([96_010, 352_800, 384_000]);
});
