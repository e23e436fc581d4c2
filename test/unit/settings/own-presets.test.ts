import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  chosenOwn,
  ownId,
  ownName,
  ownPresetOf,
  parseOwnPresets,
  withOwn,
} from "@/lib/settings/own-presets";
import { changeOf } from "@/lib/settings/presets";
import {
  defaultSettings,
  holdsAtOnce,
  parseSettings,
  settingNames,
  type Settings,
} from "@/lib/settings/settings";
import { anySettings } from "../../support/any-setting";

const names = fc
  .string()
  .map(ownName)
  .filter((name) => name !== null);

describe("settings kept under a name", () => {
  it("come back as they were, but for how the machine is used", () => {
    fc.assert(
      fc.property(anySettings, anySettings, names, (kept, now, name) => {
        const [preset] = parseOwnPresets(JSON.parse(JSON.stringify([ownPresetOf(name, kept)])));
        const after = parseSettings({ ...now, ...chosenOwn(preset!) });
        expect(after.preset).toBe(ownId(name));
        for (const each of settingNames) {
          if (each === "preset") continue;
          expect(after[each], each).toEqual((holdsAtOnce(each) ? now : kept)[each]);
        }
      }),
    );
  });

  it("are read whatever was stored, each name once and none without one", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (stored) => {
        const read = parseOwnPresets([{ name: " a ", settings: stored }, stored]);
        expect(new Set(read.map(({ name }) => name)).size).toBe(read.length);
        for (const { settings } of read) parseSettings({ ...defaultSettings, ...settings });
      }),
    );
    expect(parseOwnPresets([{ name: "  ", settings: {} }])).toEqual([]);
    expect(parseOwnPresets("none")).toEqual([]);
    const twice = withOwn([{ name: "Car", settings: { targetLoudness: -12 } }], {
      name: "Car",
      settings: { targetLoudness: -11 },
    });
    expect(twice).toEqual([{ name: "Car", settings: { targetLoudness: -11 } }]);
  });

  it("are no longer what is chosen once something of them is edited", () => {
    const now = { ...defaultSettings, ...chosenOwn(ownPresetOf("Car", defaultSettings)) };
    expect(changeOf("outputFormat", "mp3", now)).toEqual({ outputFormat: "mp3", preset: "custom" });
    expect(changeOf("maxConcurrentJobs", 2, now)).toEqual({ maxConcurrentJobs: 2 });
  });

  it("leave no originals to be replaced behind when another preset is chosen", () => {
    const risky: Settings = { ...defaultSettings, saveTo: "replace", keepOriginals: false };
    const now = { ...risky, ...chosenOwn(ownPresetOf("Stick", risky)) };
    const left = { ...now, ...changeOf("preset", "spotify", now) };
    expect(left).toMatchObject({ preset: "spotify", saveTo: "leveled", keepOriginals: true });
    const stick = { ...now, ...changeOf("preset", "dj-stick", now) };
    expect(stick).toMatchObject({ saveTo: "replace", keepOriginals: true });
    const elsewhere = { ...now, saveTo: "folder" } as const;
    expect({ ...elsewhere, ...changeOf("preset", "spotify", elsewhere) }.saveTo).toBe("folder");
  });
});
