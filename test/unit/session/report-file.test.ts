import { expect, it } from "vitest";
import { reportFile } from "@/lib/session/report-file";
import type { RunFacts } from "@/lib/session/runs";
import { changedUnderRun, defaultSettings, type Settings } from "@/lib/settings/settings";

const ran: Settings = { ...defaultSettings, targetLoudness: -18, maxConcurrentJobs: 2 };
const now: Settings = { ...defaultSettings, outputFormat: "mp3", maxConcurrentJobs: 5 };

const facts = (mode: RunFacts["mode"], settings: Settings): RunFacts => ({
  ...{ mode, settings, ids: [], target: null, beside: [], workers: 1, elapsed: 1 },
  ...{ startedAt: new Date(0), finishedAt: null, swaps: { age: 0, left: null } },
});

const settingsIn = (run: RunFacts | null) => {
  const { text } = reportFile("json", [], now, run, []);
  return (JSON.parse(text) as { settings: Settings }).settings;
};

it("the report states the settings that the songs were leveled with, not those set since", () => {
  expect(settingsIn(facts("level", ran))).toEqual(ran);
  expect(settingsIn(facts("level", changedUnderRun(ran, now)))).toEqual({
    ...ran,
    maxConcurrentJobs: 5,
  });
});

it("what was only measured, or not even that, is planned by the present settings", () => {
  expect(settingsIn(facts("measure", ran))).toEqual(now);
  expect(settingsIn(null)).toEqual(now);
});
