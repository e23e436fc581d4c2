import { expect, test } from "vitest";
import { readPlaywright, readVitest } from "../../../scripts/support/tally";

test("a test file that does not load counts as a failure", () => {
  const report = {
    numPassedTests: 5,
    numFailedTests: 1,
    testResults: [
      { status: "passed", assertionResults: [{}] },
      { status: "failed", assertionResults: [{}] },
      { status: "failed", assertionResults: [] },
    ],
  };
  expect(readVitest(JSON.stringify(report))).toEqual({ passed: 5, failed: 2 });
});

test("a test that passes only at the second try counts as failed", () => {
  const stats = { expected: 7, unexpected: 1, flaky: 2, skipped: 0 };
  expect(readPlaywright(JSON.stringify({ stats }))).toEqual({ passed: 7, failed: 3 });
});
