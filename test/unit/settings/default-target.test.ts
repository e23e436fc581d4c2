import { expect, test } from "vitest";
import { parseSettings } from "@/lib/settings/settings";

test("songs are leveled to -14 LUFS, their peaks under -1 dBTP, where nothing else is asked for", () => {
  expect(parseSettings(undefined)).toMatchObject({ targetLoudness: -14, truePeakCeiling: -1 });
});
