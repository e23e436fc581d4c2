import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelOf, readNumber, schemaOf } from "@/lib/settings/kinds";
import { changeOf, presetOf, presets } from "@/lib/settings/presets";
import {
  defaultSettings,
  descriptionOf,
  hasEffect,
  parseSettings,
  settingNames,
  type SettingName,
  type Settings,
} from "@/lib/settings/settings";
import { anySettings, anyValueOf } from "../../support/any-setting";

const allows = (name: SettingName, value: unknown) =>
  schemaOf(descriptionOf(name)).safeParse(value).success;

const forbidden = (settings: Settings) =>
  settingNames.filter((name) => !allows(name, settings[name]));

/** As 0.1.0 stored them, none at its default. */
const storedBefore =
  '{"preset":"custom","targetLoudness":-16,"truePeakCeiling":-2,"whenPeaksTooHigh":"quieter",' +
  '"mostLimiting":3,"levelBy":"album","onlyTurnDown":true,"dualMono":true,"outputFormat":"flac",' +
  '"saveTo":"download","keepOriginals":false,"losslessWherePossible":true,' +
  '"writeLoudnessTags":true,"enableParallelProcessing":false,"coreUse":"aggressive",' +
  '"maxConcurrentJobs":5,"keepResponsive":true,"twoPassNormalization":false,"maxPasses":4,' +
  '"accuracyThreshold":0.5}';

describe("settings from outside", () => {
  it("are the mission's defaults where nothing is stored, and those are allowed", () => {
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
    expect(forbidden(defaultSettings)).toEqual([]);
  });

  it("are allowed whatever was stored", () => {
    const field = fc.oneof(fc.jsonValue(), fc.constantFrom(NaN, Infinity, -Infinity, undefined));
    const name = fc.oneof(fc.constantFrom(...settingNames), fc.string());
    fc.assert(
      fc.property(fc.oneof(fc.dictionary(name, field), fc.jsonValue()), (stored) => {
        const settings = parseSettings(stored);
        expect(forbidden(settings)).toEqual([]);
        expect(Object.keys(settings).sort()).toEqual([...settingNames].sort());
      }),
    );
  });

  it("are taken as they are where they are allowed, those of earlier versions too", () => {
    fc.assert(
      fc.property(anySettings, (settings) => {
        expect(parseSettings(settings)).toEqual(settings);
      }),
    );
    const { losslessWherePossible, writeLoudnessTags, ...before } = JSON.parse(
      storedBefore,
    ) as Settings & { losslessWherePossible: boolean; writeLoudnessTags: boolean };
    const read = parseSettings({ ...before, losslessWherePossible, writeLoudnessTags });
    const now = { reencoding: "never", loudnessTags: "write" } as const;
    expect(read).toEqual({ ...defaultSettings, ...before, ...now });
    expect(parseSettings({ writeLoudnessTags: false })).toEqual(defaultSettings);
    expect(parseSettings({ writeLoudnessTags: true, loudnessTags: "only" }).loudnessTags).toBe(
      "only",
    );
    for (const name of Object.keys(before) as SettingName[])
      expect(before[name]).not.toEqual(defaultSettings[name]);
  });

  it("that asked for lossless changes still do, and those that did not get the default", () => {
    const read = (stored: object) => parseSettings(stored).reencoding;
    expect(read({ losslessWherePossible: true })).toBe("never");
    expect(read({ losslessWherePossible: false })).toBe("best-sound");
    expect(read({ losslessWherePossible: true, reencoding: "always" })).toBe("always");
    expect(read({ losslessWherePossible: true, reencoding: "sometimes" })).toBe("never");
  });

  it("keep every good field beside a bad one", () => {
    const bad = [NaN, 1e9, "no such thing", {}, [], "x".repeat(100)];
    fc.assert(
      fc.property(
        anySettings,
        fc.constantFrom(...settingNames),
        fc.constantFrom(...bad),
        (settings, name, value) => {
          // The name of a preset is any short text.
          fc.pre(!(name === "preset" && value === "no such thing"));
          expect(parseSettings({ ...settings, [name]: value })).toEqual({
            ...settings,
            [name]: defaultSettings[name],
          });
        },
      ),
    );
  });

  it("take the ends of a range and nothing beyond", () => {
    for (const name of settingNames) {
      const description = descriptionOf(name);
      if (description.kind !== "number" && description.kind !== "count") continue;
      const { kind, min, max } = description;
      expect([min, max, min - 0.01, max + 0.01].map((value) => allows(name, value))).toEqual([
        ...[true, true],
        ...[false, false],
      ]);
      expect(allows(name, min + 0.5)).toBe(kind === "number");
    }
    expect(parseSettings({ targetLoudness: -5 }).targetLoudness).toBe(-5);
    expect(parseSettings({ targetLoudness: -4.99 }).targetLoudness).toBe(-14);
    expect(parseSettings({ maxPasses: 2.5 }).maxPasses).toBe(2);
    expect(parseSettings({ maxConcurrentJobs: 0 }).maxConcurrentJobs).toBeNull();
  });
});

describe("a typed number", () => {
  const [target, passes, workers] = (
    ["targetLoudness", "maxPasses", "maxConcurrentJobs"] as const
  ).map((name) => (text: string) => {
    const description = descriptionOf(name);
    if (description.kind !== "number" && description.kind !== "count") throw new Error(name);
    return readNumber(description, text);
  });
  it("counts only inside its range, with either minus sign", () => {
    expect(target!("−16.5")).toBe(-16.5);
    expect(target!("-3")).toBeUndefined();
    expect(target!("4")).toBeUndefined();
    expect(target!("-")).toBeUndefined();
    expect(passes!("2.5")).toBeUndefined();
  });
  it("is a level under full scale without its minus too", () => {
    expect(target!("14")).toBe(-14);
    expect(target!("16,5")).toBeUndefined();
    expect(passes!("-2")).toBeUndefined();
  });
  it("may be absent only where automatic is meant", () => {
    expect(workers!(" ")).toBeNull();
    expect(target!("")).toBeUndefined();
    expect(passes!("")).toBeUndefined();
  });
});

describe("a change of one setting", () => {
  it("changes that one, and only a preset and what it fills in change more", () => {
    const nameAndValue = fc
      .constantFrom(...settingNames)
      .chain((name) => fc.tuple(fc.constant(name), anyValueOf(name)));
    fc.assert(
      fc.property(anySettings, nameAndValue, (settings, [name, value]) => {
        const after = parseSettings({ ...settings, ...changeOf(name, value) });
        expect(after[name]).toEqual(value);
        const { targetLoudness, truePeakCeiling } = after;
        const chosen = presetOf(after.preset);
        if (name === "preset" && chosen !== undefined) {
          expect(chosen).toMatchObject({ targetLoudness, truePeakCeiling });
        } else {
          const filledIn = name === "targetLoudness" || name === "truePeakCeiling";
          const preset = filledIn ? "custom" : after.preset;
          expect(after).toEqual({ ...settings, preset, [name]: value });
        }
      }),
    );
  });
});

describe("presets", () => {
  it("that are left take along what they alone had set, and keep what was edited since", () => {
    const stick = { ...defaultSettings, ...changeOf("preset", "dj-stick", defaultSettings) };
    expect(stick).toMatchObject({
      saveTo: "replace",
      keepOriginals: true,
      accuracyThreshold: 0.75,
    });
    const left = { ...stick, ...changeOf("preset", "ebu-r128", stick) };
    expect(left).toMatchObject({ saveTo: "leveled", accuracyThreshold: 0.1, targetLoudness: -23 });
    const edited = { ...stick, ...changeOf("accuracyThreshold", 0.3, stick) };
    expect(edited.preset).toBe("custom");
    expect({ ...edited, ...changeOf("preset", "spotify", edited) }.saveTo).toBe("replace");
  });

  it("of earlier versions are still known", () => {
    for (const id of ["streaming", "spotify", "apple-music", "youtube", "tidal", "amazon-music"]) {
      expect(presetOf(id)?.id).toBe(id);
    }
    expect(presetOf("aes-td1008")).toMatchObject({ id: "aes77", targetLoudness: -16 });
  });
});

describe("the settings", () => {
  it("have presets within their ranges, and the default preset among them", () => {
    for (const { targetLoudness, truePeakCeiling } of presets) {
      expect(forbidden({ ...defaultSettings, targetLoudness, truePeakCeiling })).toEqual([]);
    }
    const ids = presets.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(presetOf(defaultSettings.preset)).toMatchObject({
      targetLoudness: defaultSettings.targetLoudness,
      truePeakCeiling: defaultSettings.truePeakCeiling,
    });
  });

  it("are found by any part of their labels that is not another's", () => {
    const labels = settingNames.map((name) => labelOf(descriptionOf(name)).toLowerCase());
    for (const label of labels) {
      expect(labels.filter((other) => other.includes(label))).toEqual([label]);
    }
  });

  it("all have an effect at first, except on originals that stay and on albums", () => {
    expect(settingNames.filter((name) => !hasEffect(name, defaultSettings))).toEqual([
      "albumsBy",
      "keepOriginals",
    ]);
    const replacing: Settings = { ...defaultSettings, saveTo: "replace" };
    expect(hasEffect("keepOriginals", replacing)).toBe(true);
    expect(hasEffect("mostLimiting", { ...replacing, whenPeaksTooHigh: "quieter" })).toBe(false);
    const tagsOnly: Settings = { ...replacing, loudnessTags: "only" };
    expect(settingNames.filter((name) => hasEffect(name, tagsOnly))).toEqual([
      ...["preset", "levelBy", "dualMono", "saveTo", "onlyNew", "keepOriginals", "loudnessTags"],
      ...["enableParallelProcessing", "coreUse", "maxConcurrentJobs", "keepResponsive"],
    ]);
    expect(hasEffect("coreUse", { ...replacing, maxConcurrentJobs: 3 })).toBe(false);
  });
});
