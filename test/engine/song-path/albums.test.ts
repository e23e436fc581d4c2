import { expect, test } from "vitest";
import { type MeasuredMember, planAlbums } from "@/lib/batch/albums/planned-albums";
import { lufs } from "@/lib/loudness/units";
import { levelSong, measureSong } from "@/lib/song-path";
import { songTools } from "../../support/song-tools";
import { levelTask, sameKind, song, target } from "./sources";

test("an album reaches the target by limiting, and its songs keep what sets them apart or say so", async () => {
  const sources = [
    await song("dynamic", "1.flac"),
    await song("dynamic", "2.flac", "-af", "volume=-5dB"),
  ];
  // One after another: they share an engine, as the songs of a worker do.
  const members: (MeasuredMember & { readonly bytes: Uint8Array })[] = [];
  for (const [i, bytes] of sources.entries()) {
    const path = `Album/${i + 1}.flac`;
    const outcome = await measureSong(levelTask(bytes, path), songTools(bytes));
    if (outcome.kind !== "measured") throw new Error(outcome.reason);
    members.push({ path, root: "", bytes, measured: outcome.measured });
  }
  const [loud] = members;
  const { integrated, truePeak } = loud!.measured.measurement;
  // The louder song's peaks 3 dB over the ceiling.
  const asked = target({ loudness: lufs(integrated - 1 - truePeak + 3) });
  const planned = planAlbums(members, {
    ...{ ...sameKind, target: asked, reencoding: "best-sound", by: "loudest" },
  });
  const changes: number[] = [];
  for (const member of members) {
    const { album, share } = planned.get(member)!;
    expect(album).toMatchObject({ songs: 2, heldBack: false });
    const task = levelTask(member.bytes, member.path, { target: asked, album: share });
    const outcome = await levelSong(task, songTools(member.bytes));
    if (outcome.kind !== "leveled") throw new Error(outcome.kind);
    const { result, limited, shortfall } = outcome;
    const change = result!.integrated - member.measured.measurement.integrated;
    expect(result!.truePeak).toBeLessThan(-0.95);
    expect(shortfall).toBe(Math.abs(change - album.gain) > 0.2 ? "out-of-balance" : null);
    if (member === loud) expect(limited).toBeGreaterThan(2.5);
    else expect(limited).toBe(0);
    changes.push(change);
  }
  // The song that is not limited gets the gain, the other less by what limiting takes.
  expect(changes[0]).toBeLessThan(changes[1]! + 0.01);
  const { album } = planned.get(loud!)!;
  expect(changes[1]).toBeCloseTo(album.gain, 1);
  expect(album.planned).toBeCloseTo(asked.loudness, 2);
});
