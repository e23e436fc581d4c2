import { expect, it } from "vitest";
import { batchLines } from "@/lib/batch/log";

it("an empty batch has no success rate to boast of", () => {
  const counts = { total: 0, completed: 0, failed: 0, cancelled: 0 };
  expect(batchLines.summary(counts)).toContain("Success rate: 0.0%");
});
