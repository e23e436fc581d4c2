// `npm run test:long -- power-cut`: the exported page in *Replace originals* on file systems that
// lose power at any moment: they lie in files, which are copied while mounted, right after another
// program's fsync. In every copy every song has to be whole by native decode, in its place or in
// `Originals`; on every third of them the page goes on, and has to end right. The table goes into
// docs/long-runs.md. Needs root and Linux; takes half an hour, most of it waiting. LEVELUP_FS names
// some of the file systems.
import { ensureExport, exportFolder } from "../../../scripts/build/export";
import { serve } from "../../../scripts/serve";
import { writeInto } from "../../../scripts/support/document";
import { fileSystems, LoopImages, type FileSystemName } from "../../support/loop-images";
import { cutPower, Library } from "../../support/power-cut";

const asked = process.env["LEVELUP_FS"]?.split(",");
const names = (Object.keys(fileSystems) as FileSystemName[]).filter(
  (name) => asked?.includes(name) ?? true,
);
if (!(await ensureExport())) process.exit(1);
const serving = await serve(exportFolder, 0);
const library = await Library.make(24);
let right = true;
try {
  const rows: string[] = [];
  for (const keepOriginals of [true, false]) {
    // Beside each other: they mostly wait.
    rows.push(...(await Promise.all(names.map((name) => trial(name, keepOriginals)))));
  }
  const table = [
    "| file system | originals | batch | cuts | every song whole | all in place | gone on and right |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...rows,
  ];
  if (!asked) writeInto("docs/long-runs.md", "power cut", table.join("\n"));
} finally {
  await library.close();
  await serving.close();
}
process.exitCode = right ? 0 : 1;

async function trial(name: FileSystemName, keepOriginals: boolean): Promise<string> {
  const images = await LoopImages.make(16);
  try {
    const image = await images.add(name, 600);
    const kept = keepOriginals ? "kept" : "not kept";
    if (typeof image === "string") {
      console.log(`${name}: not tried (${image})`);
      return `| ${name} | ${kept} | not tried: the kernel lacks it | | | | |`;
    }
    const found = await cutPower(serving.url, images, image, library, {
      ...{ keepOriginals, workers: 2, swapAge: null },
      ...{ every: 6, least: 20, afterEnd: 60, goOnEvery: 3 },
    });
    const { cuts, whole, inPlace, wentOn, done, failed, seconds, wrong } = found;
    if (wrong.length > 0 || failed > 0) right = false;
    const batch = `${done} leveled, ${failed} failed in ${seconds} s`;
    const tried = Math.ceil(cuts / 3);
    const cells = [name, kept, batch, cuts, whole, inPlace, `${wentOn} of ${tried}`];
    const row = `| ${cells.join(" | ")} |`;
    console.log([row, ...wrong].join("\n  "));
    return row;
  } finally {
    await images.close();
  }
}
