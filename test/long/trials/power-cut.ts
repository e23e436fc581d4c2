// `npm run test:long -- power-cut`: songs are replaced in place, by the exported page and by the
// command, on file systems that lose power at any moment: they lie in files, which are copied while
// mounted, right after another program's fsync. In every copy every song has to be whole by native
// decode, in its place or in `Originals`; on every third of them it goes on, and has to end right. The
// tables go into docs/long-runs.md. Needs root and Linux; takes half an hour, most of it waiting.
// LEVELUP_FS names some of the file systems, LEVELUP_WAY is one of page and command.
import { ensureExport, exportFolder } from "../../../scripts/build/export";
import { serve } from "../../../scripts/serve";
import { writeInto } from "../../../scripts/support/document";
import { fileSystems, LoopImages, type FileSystemName } from "../../support/loop-images";
import { cutPower, type PowerCuts } from "../../support/power-cut/cut-power";
import { Library } from "../../support/power-cut/library";
import { byCommand, byPage, type Way } from "../../support/power-cut/ways";

const asked = process.env["LEVELUP_FS"]?.split(",");
const names = (Object.keys(fileSystems) as FileSystemName[]).filter(
  (name) => asked?.includes(name) ?? true,
);
if (!(await ensureExport())) process.exit(1);
const serving = await serve(exportFolder, 0);
const library = await Library.make(24);
let right = true;
try {
  if (process.env["LEVELUP_WAY"] !== "command") {
    const rows: string[] = [];
    for (const keepOriginals of [true, false]) {
      const way = byPage(serving.url, { keepOriginals, workers: 2, swapAge: null });
      const options = { every: 6, least: 20, afterEnd: 60, goOnEvery: 3 };
      // Beside each other: they mostly wait.
      const kept = keepOriginals ? "kept" : "not kept";
      rows.push(...(await Promise.all(names.map((name) => trial(name, kept, way, options)))));
    }
    write("power cut", rows);
  }
  if (process.env["LEVELUP_WAY"] !== "page") {
    const rows: string[] = [];
    const options = { every: 0.5, least: 20, afterEnd: 3, goOnEvery: 3 };
    for (const name of names) rows.push(await trial(name, "kept", byCommand(2), options));
    write("power cut command", rows);
  }
} finally {
  await library.close();
  await serving.close();
}
process.exitCode = right ? 0 : 1;

function write(place: string, rows: readonly string[]): void {
  const table = [
    "| file system | originals | batch | cuts | every song whole | all in place | gone on and right |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...rows,
  ];
  if (!asked) writeInto("docs/long-runs.md", place, table.join("\n"));
}

async function trial(
  name: FileSystemName,
  kept: string,
  way: Way,
  options: PowerCuts,
): Promise<string> {
  const images = await LoopImages.make(16);
  try {
    const image = await images.add(name, 600);
    if (typeof image === "string") {
      console.log(`${name}: not tried (${image})`);
      return `| ${name} | ${kept} | not tried: the kernel lacks it | | | | |`;
    }
    const found = await cutPower(way, images, image, library, options);
    const { cuts, whole, inPlace, wentOn, done, failed, seconds, wrong } = found;
    if (wrong.length > 0 || failed > 0) right = false;
    const batch = `${done} leveled, ${failed} failed in ${seconds} s`;
    const tried = Math.ceil(cuts / options.goOnEvery);
    const cells = [name, kept, batch, cuts, whole, inPlace, `${wentOn} of ${tried}`];
    const row = `| ${cells.join(" | ")} |`;
    console.log([row, ...wrong].join("\n  "));
    return row;
  } finally {
    await images.close();
  }
}
