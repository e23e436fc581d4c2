import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differing, linkedSettings, linkOf, takenFrom } from "@/lib/settings/link";
import { presetOf } from "@/lib/settings/presets";
import {
  defaultSettings,
  holdsAtOnce,
  parseSettings,
  settingNames,
  type SettingName,
} from "@/lib/settings/settings";
import { anySettings } from "../../support/any-setting";

const PAGE = "https://levelup.example/?a=b#old";
const fragmentOf = (link: string) => link.slice(link.indexOf("#"));

/** Whatever somebody may put into a fragment, settings by name among it. */
const anyFragment = fc
  .array(
    fc.tuple(
      fc.oneof(fc.constantFrom(...settingNames, "__proto__", "constructor"), fc.string()),
      fc.oneof(
        fc.constantFrom(
          "replace",
          '"replace"',
          "false",
          "true",
          "null",
          "dj-stick",
          "-16",
          "1e999",
        ),
        fc.string(),
        fc.jsonValue().map((value) => JSON.stringify(value)),
      ),
    ),
  )
  .map((fields) => `#settings&${fields.map((field) => field.join("=")).join("&")}`);

describe("a link that carries settings", () => {
  it("never says where songs go, what becomes of originals, or how the machine is used", () => {
    fc.assert(
      fc.property(anyFragment, anySettings, (fragment, now) => {
        const after = parseSettings({ ...now, ...takenFrom(linkedSettings(fragment)!, now) });
        for (const name of ["saveTo", "keepOriginals", "onlyNew"] as const) {
          expect(after[name]).toBe(now[name]);
        }
        for (const name of settingNames.filter(holdsAtOnce)) expect(after[name]).toBe(now[name]);
      }),
    );
    const asked = linkedSettings("#settings&saveTo=replace&keepOriginals=false&preset=dj-stick");
    expect(asked).toEqual({});
    expect(takenFrom(asked!, defaultSettings)).toEqual({ preset: "streaming" });
  });

  it("gives values that are allowed, and no others", () => {
    fc.assert(
      fc.property(anyFragment, (fragment) => {
        const linked = linkedSettings(fragment)!;
        const read = parseSettings(linked);
        for (const name of Object.keys(linked) as SettingName[]) {
          expect(read[name]).toBe(linked[name]);
        }
      }),
    );
    expect(linkedSettings("#settings&targetLoudness=99&maxPasses=3&nothing=1&=&&")).toEqual({
      maxPasses: 3,
    });
    for (const other of ["", "#", "#songs", "#targetLoudness=-16", "#settings=1"]) {
      expect(linkedSettings(other), other).toBeNull();
    }
  });

  it("brings another page's settings to one's own, and says first what that changes", () => {
    fc.assert(
      fc.property(anySettings, anySettings, (theirs, mine) => {
        const linked = linkedSettings(fragmentOf(linkOf(PAGE, theirs)))!;
        const after = parseSettings({ ...mine, ...takenFrom(linked, mine) });
        expect(differing(linked, after)).toEqual([]);
        const changed = settingNames.filter((name) => after[name] !== mine[name]);
        expect(changed.filter((name) => name !== "preset")).toEqual(differing(linked, mine));
        const preset = presetOf(after.preset);
        if (preset) expect(after).toMatchObject(preset.also ?? {});
      }),
    );
    expect(linkOf(PAGE, defaultSettings)).toMatch(/^https:\/\/levelup\.example\/\?a=b#settings&/);
  });
});
