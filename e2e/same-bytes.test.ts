import { spawn } from "node:child_process";
import { cp, mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type SongSpec, writeSongs } from "../test/support/songs";
import { contents, expect, test } from "./support/test";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The exit code of the command in Node. */
const levelInNode = (args: readonly string[], LEVELUP_STATE: string): Promise<number | null> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ["scripts/run.mjs", "level", ...args], {
      cwd: root,
      env: { ...process.env, LEVELUP_STATE },
      stdio: ["ignore", "ignore", "inherit"],
    });
    child.once("close", resolve);
  });

test("the page and the command in Node give the same bytes, of every kind and by every way", async ({
  levelUp,
  folder,
}) => {
  const page = path.join(folder, "page");
  const node = path.join(folder, "node");
  const loud = { seconds: 5, lufs: -9, seed: 3 } as const;
  const quiet = { seconds: 5, lufs: -31, seed: 4 } as const;
  const kinds = ["mp3", "flac", "wav", "m4a", "ogg", "opus"] as const;
  const songs: Record<string, SongSpec> = {};
  for (const extension of kinds) {
    songs[`loud/${extension}.${extension}`] = { ...loud, extension };
    songs[`quiet/${extension}.${extension}`] = { ...quiet, extension };
  }
  await writeSongs(page, songs);
  await mkdir(node);
  await cp(page, node, { recursive: true });

  // What is encoded again, what needs its peaks limited, and what is changed in the coded audio.
  await levelUp.set({ "Loudness tags": "Write" });
  await levelUp.add([page]);
  await levelUp.press("Start");
  const { done } = await levelUp.finished(120_000);
  expect(done).toBe(12);
  await levelUp.set({ "Re-encoding": "Always encode", "Output format": "Opus" });
  await levelUp.press("Start");
  await levelUp.finished(120_000);

  const state = path.join(folder, "state");
  expect(await levelInNode([node, "--tags", "write"], state)).toBe(0);
  const again = ["--tags", "write", "--reencoding", "always", "--format", "opus"];
  expect(await levelInNode([node, ...again], state)).toBe(0);

  const [byPage, byNode] = [await contents(page), await contents(node)];
  expect([...byNode.keys()]).toEqual([...byPage.keys()]);
  const others = [...byPage].filter(([name, bytes]) => !byNode.get(name)!.equals(bytes));
  expect(others.map(([name]) => name)).toEqual([]);
});
