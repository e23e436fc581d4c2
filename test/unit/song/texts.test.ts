import { describe, expect, it } from "vitest";
import { descriptions } from "@/lib/settings/descriptions";
import { leveledText } from "@/lib/song/texts";

describe("what is said of a leveled song", () => {
  const most = descriptions.maxPasses.max;

  it.each(["accuracy-not-reached", "ceiling-not-reached"] as const)(
    "promises something of more passes only where there may be more: %s",
    (shortfall) => {
      const said = (passes: number) => leveledText({ shortfall, held: null, notes: [], passes });
      expect(said(most - 1)).toContain("more passes");
      expect(said(most)).not.toContain("pass");
    },
  );
});
