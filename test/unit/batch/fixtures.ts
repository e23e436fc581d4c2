import { notBegun } from "@/lib/batch/song-table";
import type { PickedFile, PickedFolder } from "@/lib/files/picked-file";
import type { Measurement } from "@/lib/loudness/measurement";
import { powerOfLoudness } from "@/lib/loudness/gating";
import { dbtp, decibels, lu, lufs, seconds } from "@/lib/loudness/units";
import { asTheBatch } from "@/lib/song/choice";
import type { Leveled, Measured, PhaseSeconds, SongTags } from "@/lib/song/outcome";
import type { Song, SongId } from "@/lib/song/song";
import type { SourceFormat } from "@/lib/song/source-format";

export const mp3: SourceFormat = {
  container: "mp3",
  codec: "mp3",
  sampleRate: 44_100,
  channels: 2,
  channelLayout: "stereo",
  bitRate: 320_000,
  bitDepth: null,
  lossless: false,
  soundTracks: 1,
};

export const measurement = (integrated = -9, truePeak = 0.5): Measurement => ({
  integrated: lufs(integrated),
  range: lu(6),
  truePeak: dbtp(truePeak),
  samplePeak: dbtp(truePeak),
  samplesOverFullScale: 0,
  momentaryMax: lufs(integrated + 3),
  shortTermMax: lufs(integrated + 2),
  duration: seconds(180),
});

const NO_TAGS: SongTags = { album: null, albumArtist: null, disc: null };

const none = { loudnessChange: lu(0), toLimited: decibels(0), toUntouched: decibels(0) };
const noEncoder = {
  same: none,
  mp3: none,
  flac: none,
  wav: none,
  m4a: none,
  ogg: none,
  opus: none,
};
const noEncoders: Measured["encoders"] = { size: noEncoder, sound: noEncoder };

/** `blocks`: loudness of the gating blocks, the integrated loudness where none are given. */
export const measured = (
  integrated = -9,
  truePeak = 0.5,
  tags: Partial<SongTags> = {},
  blocks: readonly number[] = [integrated],
): Measured => ({
  format: mp3,
  duration: seconds(180),
  measurement: measurement(integrated, truePeak),
  detail: {
    gatingBlocks: Float64Array.from(blocks, powerOfLoudness),
    shortTermCurve: new Float32Array([integrated]),
    momentaryCurve: new Float32Array([integrated]),
    peakCurve: new Float32Array([1]),
  },
  // Costs nothing.
  limiting: new Float32Array(11),
  edges: { head: new Uint16Array(1), tail: new Uint16Array(1) },
  encoders: noEncoders,
  ownGain: null,
  takesLoudnessTags: true,
  tags: { ...NO_TAGS, ...tags },
  damage: null,
});

export const phaseSeconds: PhaseSeconds = {
  ...{ measure: 0.6, render: 2.8, verify: 0.5, total: 3.9 },
  reading: 0.1,
};

export const leveled = (change: Partial<Leveled> = {}): Leveled => ({
  kind: "leveled",
  measured: measured(),
  gain: decibels(-5),
  limited: decibels(0),
  route: "encode",
  way: null,
  passes: 1,
  result: measurement(-14, -4.5),
  resultDetail: null,
  shortfall: null,
  held: null,
  notes: [],
  bytes: new Blob(["leveled"]),
  scratch: null,
  extension: "mp3",
  seconds: phaseSeconds,
  ...change,
});

export const picked = (path: string, change: Partial<PickedFile> = {}): PickedFile => ({
  path,
  name: path.split("/").at(-1)!,
  size: 1000,
  lastModified: 1,
  folder: null,
  parent: null,
  handle: null,
  open: () =>
    Promise.resolve(new File([new Uint8Array(1000)], path.split("/").at(-1)!, { lastModified: 1 })),
  ...change,
});

export const pickedFolder = (name: string): PickedFolder => ({
  name,
  handle: { name } as FileSystemDirectoryHandle,
});

/** A song's row, before its batch where nothing else is said. */
export const songRow = (id: number, change: Partial<Song> = {}): Song => ({
  id: id as SongId,
  path: `${id}.mp3`,
  folder: null,
  name: `${id}.mp3`,
  size: 4_000_000,
  format: null,
  duration: null,
  source: null,
  damage: null,
  curve: null,
  plannedGain: null,
  planned: null,
  undoable: false,
  choice: asTheBatch,
  ...notBegun,
  ...change,
});
