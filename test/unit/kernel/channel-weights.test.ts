import { describe, expect, test } from "vitest";
import { channelWeights } from "@/lib/kernel";

/** For a source, each layout with its channels' weights, in ffmpeg's order of channels. */
const sources = {
  "BS.1770-5 Table 3: left, right, centre 1, surrounds 1.41, LFE left out": {
    mono: "1",
    stereo: "1 1",
    "2.1": "1 1 0",
    "3.0": "1 1 1",
    "3.1": "1 1 1 0",
    quad: "1 1 1.41 1.41",
    "quad(side)": "1 1 1.41 1.41",
    "5.0": "1 1 1 1.41 1.41",
    "5.0(side)": "1 1 1 1.41 1.41",
    "5.1": "1 1 1 0 1.41 1.41",
    "5.1(side)": "1 1 1 0 1.41 1.41",
  },
  "BS.1770-5 Annex 3: one channel behind stands at 180°": {
    "3.0(back)": "1 1 1",
    "4.0": "1 1 1 1",
    "4.1": "1 1 1 0 1",
    "6.0": "1 1 1 1 1.41 1.41",
    hexagonal: "1 1 1 1.41 1.41 1",
    "6.1": "1 1 1 0 1 1.41 1.41",
    "6.1(back)": "1 1 1 0 1.41 1.41 1",
  },
  "BS.1770-5 Annex 3: left and right of the centre stand between it and 60°": {
    "6.0(front)": "1 1 1 1 1.41 1.41",
    "6.1(front)": "1 1 0 1 1 1.41 1.41",
    "7.0(front)": "1 1 1 1 1 1.41 1.41",
    "7.1(wide)": "1 1 1 0 1.41 1.41 1 1",
    "7.1(wide-side)": "1 1 1 0 1 1 1.41 1.41",
  },
  "BS.2051-3 system I: beside ±90° the back channels stand at ±135°": {
    "7.0": "1 1 1 1 1 1.41 1.41",
    "7.1": "1 1 1 0 1 1 1.41 1.41",
    octagonal: "1 1 1 1 1 1 1.41 1.41",
  },
  "BS.2051-3 system H: front at ±60°, all above and below 1": {
    "22.2": "1.41 1.41 1 0 1 1 1 1 1 1.41 1.41 1 1 1 1 1 1 1 0 1 1 1 1 1",
  },
  "IAMF 9.1.6: wide at ±60°": {
    hexadecagonal: "1 1 1 1 1 1 1.41 1.41 1 1 1 1 1 1 1.41 1.41",
  },
} as const;

const numbers = (text: string): number[] => text.split(" ").map(Number);

describe.each(Object.entries(sources))("%s", (_, layouts) => {
  test.each(Object.entries<string>(layouts))("%s", (layout, expected) => {
    const weights = numbers(expected);
    expect(channelWeights(layout, weights.length)).toEqual(weights);
  });
});

describe("a mask without a name", () => {
  test.each([
    ["FL+FR+LFE", "1 1 0"],
    ["4 channels (FL+FR+LFE+BC)", "1 1 0 1"],
    ["5 channels (FL+FR+BL+BR+BC)", "1 1 1.41 1.41 1"],
    ["6 channels (FL+FR+BL+BR+SL+SR)", "1 1 1 1 1.41 1.41"],
    ["3 channels (FL@left+FR@right+LFE)", "1 1 0"],
  ])("%s", (layout, expected) => {
    const weights = numbers(expected);
    expect(channelWeights(layout, weights.length)).toEqual(weights);
  });
});

describe("without a layout that fits", () => {
  test.each([
    [null, "1 1"],
    [null, "1 1 1 0 1.41 1.41"],
    ["6 channels", "1 1 1 0 1.41 1.41"],
    ["5.1", "1 1"],
    ["ambisonic 3", "1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"],
    [null, "1 1 1 1 1 1 1 1 1 1 1"],
  ])("%s: ffmpeg's default, or 1: %s", (layout, expected) => {
    const weights = numbers(expected);
    expect(channelWeights(layout, weights.length)).toEqual(weights);
  });
});
