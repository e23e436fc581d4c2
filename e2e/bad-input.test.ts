import { rm } from "node:fs/promises";
import path from "node:path";
import { runFfmpeg } from "../scripts/samples/core";
import { makeSong, writeInto, writeSongs, type SongSpec } from "../test/support/songs";
import { expectAllDelivered } from "./support/judge";
import { expect, filesIn, test } from "./support/test";

const plain: SongSpec = { extension: "mp3", seconds: 8, lufs: -20, seed: 1 };

test("whatever is wrong with a file, it ends in a result or a sentence, and the rest goes on", async ({
  levelUp,
  folder,
}) => {
  const half = async (spec: SongSpec) => {
    const bytes = await makeSong(spec);
    return bytes.subarray(0, Math.floor(bytes.length / 2));
  };
  await writeSongs(folder, {
    "fine.mp3": plain,
    "blip.flac": { extension: "flac", seconds: 0.2, lufs: -20, seed: 3 },
    "gone.mp3": { ...plain, seed: 4 },
  });
  await writeInto(folder, "text.mp3", "This is a shopping list.\n".repeat(400));
  await writeInto(folder, "empty.mp3", "");
  await writeInto(folder, "half.mp3", await half(plain));
  await writeInto(folder, "half.flac", await half({ ...plain, extension: "flac" }));
  await writeInto(folder, "half.m4a", await half({ ...plain, extension: "m4a" }));
  await writeInto(folder, "film.mp4", await made("film.mp4", ["-c:v", "mpeg4", "-t", "1"]));
  await writeInto(folder, "picture.m4a", await made("picture.png", ["-frames:v", "1"]));
  await writeInto(folder, "silence.wav", await silence());

  await levelUp.set({ Workers: 2 });
  await levelUp.add([folder]);
  await rm(path.join(folder, "gone.mp3"));
  await levelUp.press("Start");
  const finish = await levelUp.finished(150_000);
  const report = await levelUp.report();
  const ends = Object.fromEntries(
    report.files.map(({ path, status, reason }) => [
      path,
      status === "leveled" ? "leveled" : `${status}, ${reason ?? "no reason"}`,
    ]),
  );

  expect(ends).toEqual({
    // Too short for BS.1770's 400 ms blocks, so it is not known how loud it is: peaks decide.
    "blip.flac": "leveled",
    "empty.mp3": "failed, empty-file",
    "film.mp4": "failed, no-audio-stream",
    "fine.mp3": "leveled",
    "gone.mp3": "failed, file-gone",
    "half.flac": "leveled",
    "half.m4a": "failed, damaged",
    "half.mp3": "leveled",
    "picture.m4a": "failed, not-audio",
    "silence.wav": "skipped, silent",
    "text.mp3": "failed, not-audio",
  });
  expect(finish).toEqual({ done: 4, songs: 11, skipped: 1, failed: 6, stopped: 0 });
  for (const file of report.files.filter(({ reason }) => reason !== null)) {
    expect(file.message, file.path).toMatch(/^[A-Z].{10,}\.$/);
    await expect(levelUp.statusOf(file.path)).toContainText(file.message!);
  }
  expect(await expectAllDelivered(report, folder)).toBe(4);
  const outputs = report.files.flatMap(({ output }) => output ?? []).sort();
  const leveled = (await filesIn(folder)).filter((name) => name.startsWith("Leveled/"));
  expect(leveled, "what failed leaves nothing behind").toEqual(outputs);
});

test("names of any shape survive", async ({ levelUp, folder }) => {
  const names = [
    "100% #1 & more.mp3",
    "Don’t “stop” it's late.mp3",
    "🎸🔥 Ünïcödé 日本語.mp3",
    "a+b=c;[x]{y}(z)!~@$^`,.mp3",
    `${"long ".repeat(38)}name.mp3`,
    "sub folder #2/%20 not a space.mp3",
  ];
  expect(names[4]).toHaveLength(198);
  for (const [seed, name] of names.entries()) {
    await writeInto(folder, name, await makeSong({ ...plain, seconds: 4, seed }));
  }
  await levelUp.set({ Workers: 2 });
  await levelUp.add([folder]);
  await levelUp.press("Start");

  expect(await levelUp.finished(90_000)).toMatchObject({ done: 6, songs: 6, failed: 0 });
  expect(await filesIn(folder)).toEqual([...names, ...names.map((n) => `Leveled/${n}`)].sort());
  expect(await expectAllDelivered(await levelUp.report(), folder)).toBe(6);
});

test("files that are no songs are named in one summary and get no row", async ({
  levelUp,
  folder,
}) => {
  await writeSongs(folder, { "song.mp3": { ...plain, seconds: 4 } });
  await writeInto(folder, "notes.txt", "la la la");
  await writeInto(folder, "cover.png", await made("cover.png", ["-frames:v", "1"]));
  // Recognized by what is in it, not by its name.
  await writeInto(folder, "no extension", await makeSong({ ...plain, seconds: 4, seed: 2 }));
  await levelUp.add([folder]);

  await expect(levelUp.page.getByText("2 added, 2 not audio")).toBeVisible();
  await expect(levelUp.row("notes.txt")).toHaveCount(0);
  await expect(levelUp.row("no extension")).toHaveCount(1);
  await levelUp.press("Start");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 2, songs: 2, failed: 0 });
});

/** A moving test picture, as a film without sound or as a still. */
async function made(name: string, options: readonly string[]): Promise<Uint8Array> {
  const source = ["-f", "lavfi", "-i", "testsrc=size=64x64:rate=5"];
  const run = await runFfmpeg([...source, ...options, name], {}, [name]);
  const [bytes] = run.outputs;
  if (bytes == null) throw new Error(run.log.join("\n"));
  return bytes;
}

async function silence(): Promise<Uint8Array> {
  const args = ["-f", "lavfi", "-i", "anullsrc=r=44100:cl=stereo", "-t", "5", "silence.wav"];
  const [bytes] = (await runFfmpeg(args, {}, ["silence.wav"])).outputs;
  return bytes!;
}
