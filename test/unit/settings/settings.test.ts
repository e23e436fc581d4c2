import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { presets } from "@/lib/settings/presets";
import {
  ceilingRange,
  defaultSettings,
  parseSettings,
  settingsSchema,
  targetLoudnessRange,
  type Settings,
} from "@/lib/settings/settings";

const names = Object.keys(defaultSettings) as (keyof Settings)[];

/** For each field a value that is not its default. */
const others: Settings = {
  preset: "custom",
  targetLoudness: -16,
  truePeakCeiling: -2,
  whenPeaksTooHigh: "quieter",
  mostLimiting: 3,
  levelBy: "album",
  onlyTurnDown: true,
  dualMono: true,
  outputFormat: "flac",
  saveTo: "download",
  losslessWherePossible: true,
  keepOriginals: false,
  writeLoudnessTags: true,
  enableParallelProcessing: false,
  coreUse: "aggressive",
  maxConcurrentJobs: 5,
  keepResponsive: true,
  twoPassNormalization: false,
  maxPasses: 4,
  accuracyThreshold: 0.5,
};

describe("settings from outside", () => {
  it("are the mission's defaults where nothing is stored", () => {
    expect(parseSettings(undefined)).toMatchObject({
      enableParallelProcessing: true,
      maxConcurrentJobs: null,
      twoPassNormalization: true,
      maxPasses: 2,
      accuracyThreshold: 0.2,
      outputFormat: "same",
      saveTo: "leveled",
      targetLoudness: -14,
      truePeakCeiling: -1,
    });
  });

  it("are valid whatever was stored", () => {
    const field = fc.oneof(fc.jsonValue(), fc.constantFrom(NaN, Infinity, -Infinity, undefined));
    const junk = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), field);
    fc.assert(
      fc.property(fc.oneof(junk, fc.jsonValue()), (stored) => {
        const settings = parseSettings(stored);
        expect(settingsSchema.safeParse(settings).success).toBe(true);
        expect(Object.keys(settings).sort()).toEqual([...names].sort());
      }),
    );
  });

  it("keep every good field beside a bad one", () => {
    expect(parseSettings(JSON.parse(JSON.stringify(others)))).toEqual(others);
    const bad = [NaN, 1e9, "no such thing", {}, [], "x".repeat(100)];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.constantFrom(...bad), (name, value) => {
        // The name of a preset is any short text.
        fc.pre(!(name === "preset" && value === "no such thing"));
        expect(parseSettings({ ...others, [name]: value })).toEqual({
          ...others,
          [name]: defaultSettings[name],
        });
      }),
    );
  });

  it("take the ends of a range and nothing beyond", () => {
    const { min, max } = targetLoudnessRange;
    expect(parseSettings({ targetLoudness: min }).targetLoudness).toBe(min);
    expect(parseSettings({ targetLoudness: max }).targetLoudness).toBe(max);
    expect(parseSettings({ targetLoudness: max + 0.01 }).targetLoudness).toBe(-14);
    expect(parseSettings({ maxPasses: 2.5 }).maxPasses).toBe(2);
    expect(parseSettings({ maxConcurrentJobs: 0 }).maxConcurrentJobs).toBeNull();
  });

  it("have the presets' targets within their ranges, and the default preset among them", () => {
    for (const { targetLoudness, truePeakCeiling } of presets) {
      expect(targetLoudness).toBeGreaterThanOrEqual(targetLoudnessRange.min);
      expect(targetLoudness).toBeLessThanOrEqual(targetLoudnessRange.max);
      expect(truePeakCeiling).toBeGreaterThanOrEqual(ceilingRange.min);
      expect(truePeakCeiling).toBeLessThanOrEqual(ceilingRange.max);
    }
    const ids = presets.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const preset = presets.find(({ id }) => id === defaultSettings.preset);
    expect(preset).toMatchObject({
      targetLoudness: defaultSettings.targetLoudness,
      truePeakCeiling: defaultSettings.truePeakCeiling,
    });
  });
});
