import { expect, it } from "vitest";
import { readPlaywright, readVitest } from "../../../scripts/support/tally";

it("names Vitest's failed tests, and files that could not be loaded", () => {
  const report = {
    numPassedTests: 5,
    testResults: [
      {
        name: "/x/gain.test.ts",
        status: "failed",
        message: "",
        assertionResults: [
          { fullName: "a gain is kept", status: "passed", duration: 1500 },
          {
            fullName: "a gain is told",
            status: "failed",
            failureMessages: ["\u001B[31mError: 1 is not 2\u001B[39m\n  at x"],
          },
        ],
      },
      { name: "/x/song.test.ts", status: "failed", message: "No such file", assertionResults: [] },
      { name: "/x/empty.test.ts", status: "passed", message: "", assertionResults: [] },
    ],
  };
  expect(readVitest(JSON.stringify(report))).toEqual({
    passed: 5,
    failures: ["gain.test.ts: a gain is told (Error: 1 is not 2)", "song.test.ts (No such file)"],
    slow: [
      { name: "gain.test.ts: a gain is kept", seconds: 1.5 },
      { name: "gain.test.ts: a gain is told", seconds: 0 },
    ],
  });
});

it("names Playwright's failed tests, flaky ones among them", () => {
  const test = (status: string, message?: string) => ({
    status,
    results: [{ duration: 2000, error: message === undefined ? undefined : { message } }],
  });
  const spec = (title: string, ...tests: object[]) => ({ title, file: "e2e/a.test.ts", tests });
  const report = {
    stats: { expected: 7, unexpected: 1, flaky: 1 },
    suites: [
      {
        specs: [spec("stops", test("unexpected", "Test timeout\nmore"))],
        suites: [{ specs: [spec("goes on", test("flaky")), spec("ends", test("expected"))] }],
      },
    ],
  };
  expect(readPlaywright(JSON.stringify(report))).toEqual({
    passed: 7,
    failures: ["a.test.ts: stops (Test timeout)", "a.test.ts: goes on"],
    slow: ["stops", "goes on", "ends"].map((title) => ({
      name: `a.test.ts: ${title}`,
      seconds: 2,
    })),
  });
});
