import { describe, expect, test } from "vitest";
import { layoutChange } from "@/lib/ffmpeg/layouts";
import { leveledText } from "@/lib/song/texts";

describe("channels that the delivered kind has no name for", () => {
  test("beside is called behind, where nothing else differs", () => {
    for (const kind of ["m4a", "ogg", "opus", "alac"] as const)
      expect(layoutChange(kind, 6, "5.1(side)")).toMatchObject({ to: "5.1", by: "name" });
    expect(layoutChange("opus", 4, "quad(side)")).toMatchObject({ to: "quad", by: "name" });
  });

  test("are mixed into a layout with room for each of them", () => {
    expect(layoutChange("m4a", 4, "3.1")).toMatchObject({ to: "5.1", channels: 6, by: "mix" });
    expect(layoutChange("ogg", 4, "4.0")).toMatchObject({ to: "5.0", channels: 5, by: "mix" });
    expect(layoutChange("opus", 7, "6.1(front)")).toMatchObject({ to: "7.1", by: "mix" });
    expect(layoutChange("mp3", 6, "5.1")).toMatchObject({ to: "stereo", channels: 2, by: "mix" });
  });

  test("stay what they are where the kind names them", () => {
    expect(layoutChange("flac", 6, "5.1(side)")).toBeNull();
    expect(layoutChange("wav", 8, "octagonal")).toBeNull();
    expect(layoutChange("opus", 8, "7.1")).toBeNull();
    expect(layoutChange("mp3", 2, "downmix")).toBeNull();
  });

  test("the row says it in one sentence", () => {
    const row = (channels: "name" | "mix", from: string, to: string) =>
      leveledText({ shortfall: null, held: null, passes: 1, notes: [{ channels, from, to }] });
    expect(row("name", "5.1(side)", "5.1")).toBe(
      "Its channels, 5.1(side), are called 5.1 in this format.",
    );
    expect(row("mix", "5.1", "stereo")).toBe(
      "Its channels, 5.1, were mixed to stereo, since this format has no place for them.",
    );
  });
});
