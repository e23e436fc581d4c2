import { expect, test } from "./support/test";
import { writeSongs } from "../test/support/songs";

test("what Measure plans is what Start delivers, and a target out of reach is offered one that is not", async ({
  levelUp,
  folder,
}) => {
  await writeSongs(folder, {
    "limited.mp3": { extension: "mp3", seconds: 6, lufs: -20, seed: 1 },
    "turned down.flac": { extension: "flac", seconds: 6, lufs: -9, seed: 2, drive: 6 },
  });
  await levelUp.set({ "When peaks are too high": "Stay quieter" });
  await levelUp.add([folder]);
  await levelUp.press("Measure");
  await levelUp.finished(60_000);
  const measured = await levelUp.report();
  const { reachable, heldBack } = measured.target;
  expect(heldBack).toBe(1);
  expect(measured.files.map(({ result }) => result)).toEqual([null, null]);

  const offer = levelUp.page.getByRole("button", { name: /^Set target to/ });
  await expect(offer).toHaveText(`Set target to ${reachable!.toFixed(1).replace("-", "−")} LUFS`);
  await offer.click();
  await expect(offer).toBeHidden();
  const replanned = await levelUp.report();
  expect(replanned.target.heldBack).toBe(0);

  await levelUp.press("Start");
  await levelUp.finished(60_000);
  const { files } = await levelUp.report();
  expect(files.map(({ planned }) => planned)).toEqual(replanned.files.map((file) => file.planned));
  for (const { planned, result, gainDb } of files) {
    expect(Math.abs(result!.integratedLufs! - planned!.integratedLufs!)).toBeLessThan(0.1);
    expect(Math.abs(gainDb! - planned!.gainDb!)).toBeLessThan(0.1);
    expect(result!.truePeakDbtp!).toBeLessThan(-0.95);
  }
});
