import { writeSongs } from "../test/support/songs";
import { expect, test } from "./support/test";

const seconds = 6;
/** A set on two discs, whose songs differ by 8 LU, and a folder beside it. */
const library = {
  "Set/CD1/01 Loud.flac": { extension: "flac", seconds, lufs: -16, seed: 1 },
  "Set/CD2/01 Quiet.flac": { extension: "flac", seconds, lufs: -24, seed: 2 },
  "Single/01 Alone.flac": { extension: "flac", seconds, lufs: -20, seed: 3 },
} as const;

interface AlbumReport {
  readonly albums: readonly { readonly name: string; readonly gainDb: number }[];
  readonly files: readonly {
    readonly path: string;
    readonly album: number;
    readonly source: { readonly integratedLufs: number };
    readonly result: { readonly integratedLufs: number; readonly truePeakDbtp: number };
  }[];
}

test("the page says what forms an album and its gain, and delivers that", async ({
  levelUp,
  page,
  folder,
}) => {
  await writeSongs(folder, library);
  await levelUp.set({ "Level by": "Album" });
  await levelUp.add([folder]);
  await levelUp.press("Measure");
  await levelUp.finished(60_000);

  await page.getByText("Albums 2", { exact: true }).click();
  const albums = page.getByRole("list", { name: "Albums" }).getByRole("listitem");
  await expect(albums.filter({ hasText: "/Set by folder, 2 songs" })).toBeVisible();
  await expect(albums.filter({ hasText: "/Single by folder, 1 song" })).toContainText("to −14.0");
  const asOne = await albums.first().textContent();

  // AES streaming practice: the loudest song at the target, the others under it.
  await levelUp.set({ "Align albums by": "Loudest song (AES)" });
  await expect(albums.first()).not.toHaveText(asOne!);
  await levelUp.press("Start");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 3, failed: 0 });
  const report = (await levelUp.report()) as unknown as AlbumReport;
  expect(report.albums.map(({ name }) => name.split("/").at(-1))).toEqual(["Set", "Single"]);
  const [loud, quiet, alone] = report.files;
  expect([loud!.album, quiet!.album, alone!.album]).toEqual([0, 0, 1]);
  const gained = (file: typeof loud) => file!.result.integratedLufs - file!.source.integratedLufs;
  const { gainDb } = report.albums[0]!;
  for (const file of [loud, quiet]) expect(Math.abs(gained(file) - gainDb)).toBeLessThan(0.2);
  for (const { result } of report.files) expect(result.truePeakDbtp).toBeLessThan(-0.95);
  expect(Math.abs(loud!.result.integratedLufs + 14)).toBeLessThan(0.2);
  expect(Math.abs(alone!.result.integratedLufs + 14)).toBeLessThan(0.2);
});
