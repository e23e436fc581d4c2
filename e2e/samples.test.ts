import { readFile } from "node:fs/promises";
import { expectDelivered } from "./support/judge";
import { expect, test } from "./support/test";
import { readZip } from "./support/zip";

test("the sample songs show the whole job, and their result can be downloaded", async ({
  levelUp,
}) => {
  await levelUp.press("Try sample songs");
  await levelUp.lookedThrough();
  await expect(levelUp.page.getByText("5 added")).toBeVisible();
  await levelUp.press("Start");
  expect(await levelUp.finished(90_000)).toMatchObject({ done: 5, songs: 5, failed: 0 });

  const report = await levelUp.report();
  const download = await levelUp.download(() =>
    levelUp.page.getByRole("link", { name: /^Download / }).click(),
  );
  const files = readZip(await readFile(await download.path()));
  expect([...files.keys()].sort()).toEqual(report.files.map(({ output }) => output).sort());
  for (const file of report.files) await expectDelivered(files.get(file.output ?? "")!, file);
});
