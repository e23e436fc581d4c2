// `npm run test:long -- archive`: 2,000 short songs in nested albums over 8 shards by GNU parallel,
// as docs/archive.md has it; two shards are killed at random and started again by parallel itself.
// Judged against one run over everything. Needs `parallel` and native ffmpeg; LEVELUP_SONGS makes it
// another number of songs: 160 take two minutes on two busy cores.
import { placed, scriptOf } from "../../support/archive-scripts";
import { Archive } from "../archive";

const SHARDS = 8;
const KILLS = 2;

const archive = await Archive.make(Number(process.env["LEVELUP_SONGS"] ?? 2000), SHARDS);
try {
  await archive.levelAll();
  const began = Date.now();
  const shards = archive.run([
    "bash",
    "-c",
    placed(scriptOf("GNU parallel", "bash"), archive.at()),
  ]);
  const killing = archive.killSome(KILLS, shards);
  await shards;
  const killed = await killing;
  console.log({ killed });
  const right = await archive.judge(began);
  process.exitCode = right && killed.length === KILLS ? 0 : 1;
} finally {
  archive.remove();
}
