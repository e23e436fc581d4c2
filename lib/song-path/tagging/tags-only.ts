import { assemble, partsSize, partsSource, tagLoudness, type Part } from "@/lib/formats";
import { decibels } from "@/lib/loudness/units";
import { writtenTags } from "@/lib/song/loudness-tags";
import type { LevelOutcome } from "@/lib/song/outcome";
import { replaceRefusal } from "@/lib/song/replacing";
import type { LevelTask } from "@/lib/song/task";
import { joinedBlob } from "@/lib/storage/joined-blob";
import type { SongBytes } from "@/lib/storage/song-bytes";
import { measureSource } from "../measuring";
import { openSong } from "../opening";
import { SongRefusal } from "../refusals";
import type { SongRun } from "../song-run";
import { verifyGain } from "../verifying";

/**
 * Writes what a song measures into its loudness tags. Its sound is neither rendered nor encoded: it
 * is the source's, byte for byte. The result is opened as any player would open it.
 */
export async function writeTagsOnly(run: SongRun, task: LevelTask): Promise<LevelOutcome> {
  const song = await openSong(run);
  const { container } = song.probe.format;
  const measured = task.known ?? (await measureSource(song, null)).measured;
  if (!measured.takesLoudnessTags) throw new SongRefusal("tags-not-writable", container);
  const refusal = task.replacesOriginal ? replaceRefusal(measured, true) : null;
  if (refusal) throw new SongRefusal(refusal, "");
  const { measurement } = measured;
  if (!Number.isFinite(measurement.integrated)) return run.skipped("silent", measured);
  const loudest = task.album?.loudness ?? null;
  // An album of which nothing is heard has no values.
  const album = loudest && Number.isFinite(loudest.integrated) ? loudest : null;
  const { source } = run.tools;
  const loudness = { track: measurement, ...(album && { album }) };
  const tagged = tagLoudness(source, container, loudness);
  if (tagged.kind === "refused") throw new SongRefusal("tags-not-writable", tagged.reason);
  if (tagged.kind === "unchanged") return run.skipped("tagged-already", measured);
  const { parts } = tagged;
  const none = decibels(0);
  verifyGain(song, partsSource(parts, source), measured, none);
  return {
    kind: "leveled",
    measured,
    gain: none,
    limited: none,
    route: "tags",
    way: null,
    passes: 0,
    // The very sound that was measured.
    result: measurement,
    resultDetail: null,
    shortfall: null,
    held: null,
    notes: [],
    tags: writtenTags(container, measurement, album),
    bytes: bytesOf(run, parts),
    scratch: null,
    extension: run.extension,
    seconds: run.seconds,
  };
}

/** Larger files are not held in memory whole. */
const MOST_BYTES = 200 * 1024 * 1024;

/** A large file's sound stays in the file on disk, which is read when it is saved. */
function bytesOf({ tools, task }: SongRun, parts: readonly Part[]): SongBytes {
  if (partsSize(parts) <= MOST_BYTES) {
    return [assemble(parts, tools.source) as Uint8Array<ArrayBuffer>];
  }
  return joinedBlob(task.file, parts);
}
