import { createStore } from "zustand/vanilla";
import { refusalText } from "@/lib/song/refusals";
import type { SessionActions, SessionState, Totals, WorkerLane } from "@/lib/session/session-state";
import type { Song, SongId, SongStatus, SourceFormat } from "@/lib/song/song";
import { skipText } from "@/lib/song/outcome-text";
import type { Measurement } from "@/lib/loudness/measurement";
import { dbtp, decibels, lu, lufs, seconds } from "@/lib/loudness/units";
import { defaultSettings, type Settings } from "@/lib/settings/settings";

/**
 * A session without an engine, standing still in one of the page's states (or playing a batch,
 * `live`): for screenshots of every state and for looking at the page without working audio.
 * Loudness, peak and range are those that ffmpeg measures of the songs in Debian's
 * `wesnoth-1.16-music`; the results are what the gain alone would give.
 */
export type Scene =
  | "empty"
  | "added"
  | "engine"
  | "measuring"
  | "measured"
  | "leveling"
  | "paused"
  | "finished"
  | "question"
  | "notice"
  | "nofolders"
  | "many"
  | "live";

/** Name, bytes, seconds, LUFS, dBTP, LU, kb/s. */
const measured: readonly (readonly [string, number, number, number, number, number, number])[] = [
  ["battle-epic.ogg", 1379968, 74.08, -16.6, -0.0, 13.2, 149],
  ["battle.ogg", 6342352, 318.22, -12.9, 3.5, 20.6, 159],
  ["breaking_the_chains.ogg", 4016564, 213.97, -17.6, -0.0, 14.4, 150],
  ["casualties_of_war.ogg", 6481012, 325.0, -18.5, 1.9, 16.4, 159],
  ["defeat.ogg", 156773, 8.49, -15.3, -3.5, 6.9, 147],
  ["defeat2.ogg", 264677, 14.17, -16.8, -0.4, 9.6, 149],
  ["elf-land.ogg", 274273, 26.84, -18.3, -6.3, 6.6, 81],
  ["elvish-theme.ogg", 2939145, 205.22, -18.5, -0.1, 9.1, 114],
  ["frantic-old.ogg", 1029088, 84.71, -15.1, 1.2, 7.9, 97],
  ["frantic.ogg", 4018350, 162.77, -11.6, 1.8, 7.6, 197],
  ["heroes_rite.ogg", 4351090, 219.12, -13.2, 0.6, 14.4, 158],
  ["into_the_shadows.ogg", 4112154, 211.63, -17.7, -1.1, 17.5, 155],
  ["journeys_end.ogg", 4517287, 224.01, -15.7, 0.1, 16.4, 161],
  ["knalgan_theme.ogg", 10975301, 557.2, -12.5, 0.3, 8.3, 157],
  ["knolls.ogg", 7552234, 409.68, -14.4, 0.0, 18.0, 147],
  ["legends_of_the_north.ogg", 4050781, 213.94, -15.1, 0.4, 10.7, 151],
  ["love_theme.ogg", 1859441, 95.33, -13.6, -0.4, 4.9, 156],
  ["loyalists.ogg", 1762799, 179.48, -11.7, 0.9, 7.8, 78],
  ["main_menu.ogg", 1025500, 51.69, -14.4, -0.4, 17.2, 158],
  ["northern_mountains.ogg", 4424286, 212.64, -12.7, 0.1, 5.5, 166],
  ["northerners.ogg", 6239760, 207.15, -12.5, 0.2, 7.9, 240],
  ["nunc_dimittis.ogg", 4593389, 230.76, -16.7, -0.0, 16.7, 159],
  ["return_to_wesnoth.ogg", 5401032, 236.5, -14.3, 0.2, 11.8, 182],
  ["revelation.ogg", 351940, 77.71, -13.5, 0.4, 22.0, 36],
  ["sad.ogg", 712994, 44.4, -18.9, -5.0, 11.6, 128],
  ["siege_of_laurelmor.ogg", 6044639, 262.37, -12.3, 0.3, 13.3, 184],
  ["silence.ogg", 88707, 10.0, -70.0, -78.1, 0.0, 70],
  ["silvan_sanctuary.ogg", 4292771, 217.0, -17.4, 0.1, 7.6, 158],
  ["suspense.ogg", 6851438, 320.24, -11.5, 2.4, 6.1, 171],
  ["the_city_falls.ogg", 5196309, 246.86, -16.7, 0.1, 13.9, 168],
  ["the_dangerous_symphony.ogg", 7858342, 326.8, -14.7, -0.8, 6.7, 192],
  ["the_deep_path.ogg", 4548013, 217.72, -10.7, 0.4, 10.4, 167],
  ["the_king_is_dead.ogg", 4778745, 221.97, -14.2, 0.0, 14.8, 172],
  ["transience.ogg", 817399, 48.0, -16.9, -2.9, 3.1, 136],
  ["traveling_minstrels.ogg", 4652105, 215.06, -15.9, 0.9, 12.7, 173],
  ["underground.ogg", 1186896, 112.0, -20.5, -3.5, 6.0, 84],
  ["vengeful.ogg", 8757564, 360.27, -9.9, 0.9, 13.8, 194],
  ["victory.ogg", 94654, 5.46, -12.8, -0.7, 1.9, 138],
  ["victory2.ogg", 380969, 21.16, -13.5, -0.3, 20.6, 144],
  ["wanderer.ogg", 4718049, 262.28, -18.2, 0.0, 13.4, 143],
  ["weight_of_revenge.ogg", 5503919, 242.76, -13.7, 0.1, 16.2, 181],
];

type Formats = readonly [extension: string, format: Partial<SourceFormat>];
const kinds: readonly Formats[] = [
  ["ogg", { container: "ogg", codec: "vorbis" }],
  ["mp3", { container: "mp3", codec: "mp3", bitRate: 320_000 }],
  ["flac", { container: "flac", codec: "flac", lossless: true, bitDepth: 16 }],
  ["m4a", { container: "m4a", codec: "aac", bitRate: 256_000 }],
  ["wav", { container: "wav", codec: "pcm_s16le", lossless: true, bitDepth: 16 }],
  ["opus", { container: "ogg", codec: "opus", bitRate: 128_000, sampleRate: 48_000 }],
];

const measurement = (
  integrated: number,
  truePeak: number,
  range: number,
  duration: number,
): Measurement => ({
  integrated: lufs(integrated <= -69 ? -Infinity : integrated),
  range: lu(range),
  truePeak: dbtp(truePeak),
  samplePeak: dbtp(truePeak - 0.2),
  samplesOverFullScale: 0,
  momentaryMax: lufs(integrated + 6.2),
  shortTermMax: lufs(integrated + 4.1),
  duration: seconds(duration),
});

/** A curve that looks like music: phrases, a quiet middle, an end that fades. Not measured. */
function curve(integrated: number, range: number, duration: number, seed: number): Float32Array {
  return Float32Array.from({ length: Math.max(1, Math.floor(duration * 10)) }, (_, step) => {
    const at = step / (duration * 10);
    const phrase = Math.sin(at * 40 + seed) * 0.25 + Math.sin(at * 170 + seed * 3) * 0.1;
    const form = Math.cos((at - 0.15) * 9 + seed) * 0.5;
    return (
      integrated + 1 + (phrase + form - 0.2) * range * 0.6 - (at > 0.96 ? (at - 0.96) * 500 : 0)
    );
  });
}

function waiting(index: number, copies: number): Song {
  const row = measured[index % measured.length]!;
  const [extension, format] = kinds[index % kinds.length]!;
  const [name, size, duration, , , , rate] = row;
  const file = name.replace(".ogg", `.${extension}`);
  const folder = copies > 0 ? `Disc ${copies + 1}/` : index % 3 === 0 ? "Battles/" : "";
  return {
    id: (index + 1) as SongId,
    path: `${folder}${file}`,
    name: file,
    size,
    status: "waiting",
    progress: 0,
    format: {
      sampleRate: 44_100,
      channels: 2,
      channelLayout: "stereo",
      bitRate: rate * 1000,
      bitDepth: null,
      lossless: false,
      container: "ogg",
      codec: "vorbis",
      ...format,
    },
    duration: seconds(duration),
    source: null,
    curve: null,
    plannedGain: null,
    planned: null,
    gain: null,
    limited: null,
    route: "none",
    passes: 0,
    result: null,
    output: null,
    reason: null,
    message: null,
    hint: null,
    seconds: null,
    worker: null,
    folder: "Wesnoth",
    detail: null,
  };
}

const planned = (song: Song, settings: Settings): Song => {
  if (song.source === null) return song;
  const { integrated, truePeak } = song.source;
  if (!Number.isFinite(integrated)) {
    return { ...song, plannedGain: null, planned: { integrated, kind: "skip" } };
  }
  const wanted = settings.targetLoudness - integrated;
  if (Math.abs(wanted) <= settings.accuracyThreshold) {
    return { ...song, plannedGain: decibels(0), planned: { integrated, kind: "skip" } };
  }
  const over = Math.max(0, truePeak + wanted - settings.truePeakCeiling);
  const held = Math.max(0, over - settings.mostLimiting);
  return {
    ...song,
    plannedGain: decibels(wanted - held),
    planned: {
      integrated: settings.targetLoudness - held,
      kind: held > 0 ? "held-back" : over > 0.1 ? "limit" : "gain",
    },
  };
};

const withSource = (song: Song, index: number, settings: Settings): Song => {
  const [, , duration, integrated, truePeak, range] = measured[index % measured.length]!;
  return planned(
    {
      ...song,
      status: "measured",
      source: measurement(integrated, truePeak, range, duration),
      curve: curve(integrated, range, duration, index),
    },
    settings,
  );
};

function leveled(song: Song, settings: Settings): Song {
  const { source, planned: plan, plannedGain } = song;
  if (source === null || plan === null) return song;
  if (plan.kind === "skip") {
    const reason = Number.isFinite(source.integrated) ? "already-at-target" : "silent";
    return { ...song, status: "skipped", reason, message: skipText[reason] };
  }
  const gain = plannedGain ?? decibels(0);
  const over = Math.max(0, source.truePeak + gain - settings.truePeakCeiling);
  const held = plan.kind === "held-back";
  return {
    ...song,
    status: "leveled",
    gain,
    limited: decibels(over),
    route: "encode",
    passes: 1,
    result: {
      ...source,
      integrated: lufs(plan.integrated + ((song.id % 5) - 2) * 0.03),
      truePeak: dbtp(Math.min(source.truePeak + gain, settings.truePeakCeiling - 0.1)),
    },
    output: `Leveled/${song.path}`,
    reason: held ? "held-back-by-peaks" : null,
    message: held ? "Held back by its peaks: quieter than the target." : null,
    seconds: { measure: 0.6, render: 2.8, verify: 0.5, total: 3.9 },
  };
}

const failed = (song: Song, reason: "damaged" | "not-audio"): Song => ({
  ...song,
  status: "failed",
  format: null,
  duration: reason === "damaged" ? song.duration : null,
  source: null,
  curve: null,
  planned: null,
  plannedGain: null,
  reason,
  ...refusalText[reason],
});

const DAMAGED = 9;
const NOT_AUDIO = 23;
const end = (song: Song, index: number, settings: Settings): Song =>
  index === DAMAGED
    ? failed(song, "damaged")
    : index === NOT_AUDIO
      ? failed(song, "not-audio")
      : leveled(withSource(song, index, settings), settings);

const inWork: readonly SongStatus[] = ["rendering", "measuring", "rendering", "verifying"];

function songsOf(scene: Scene, settings: Settings): Song[] {
  if (scene === "empty" || scene === "nofolders") return [];
  const amount = scene === "many" ? 10_000 : measured.length;
  const songs = Array.from({ length: amount }, (_, index) =>
    waiting(index, Math.floor(index / measured.length)),
  );
  return songs.map((song, index) => {
    switch (scene) {
      case "measured":
      case "question":
      case "many":
        return withSource(song, index, settings);
      case "measuring":
        if (index < 14) return withSource(song, index, settings);
        return index < 18
          ? { ...song, status: "measuring", progress: [0.82, 0.4, 0.13, 0.61][index - 14]! }
          : song;
      case "leveling":
      case "paused":
        if (index < 17) return end(song, index, settings);
        if (index >= 21) return song;
        return {
          ...withSource(song, index, settings),
          status: inWork[index - 17]!,
          progress: [0.71, 0.24, 0.09, 0.55][index - 17]!,
          worker: index - 16,
        };
      case "finished":
        return end(song, index, settings);
      default:
        return song;
    }
  });
}

function totalsOf(songs: readonly Song[], elapsed: number): Totals {
  const count = (status: SongStatus) => songs.filter((song) => song.status === status).length;
  const audio = songs.reduce((sum, song) => sum + (song.duration ?? 0), 0);
  const ended = songs.filter((song) =>
    ["leveled", "skipped", "failed", "cancelled"].includes(song.status),
  );
  const done = songs.reduce(
    (sum, song) =>
      sum + (song.duration ?? 0) * (ended.includes(song) ? 1 : song.progress > 0 ? 0.5 : 0),
    0,
  );
  return {
    songs: songs.length,
    inBatch: songs.length,
    completed: ended.length,
    leveled: count("leveled"),
    measured: count("measured"),
    skipped: count("skipped"),
    failed: count("failed"),
    cancelled: count("cancelled"),
    audioSeconds: audio,
    audioSecondsDone: done,
    elapsedSeconds: elapsed,
    speed: elapsed > 0 && done > 0 ? done / elapsed : null,
    secondsLeft: ended.length >= 3 ? ((audio - done) / Math.max(1, done)) * elapsed : null,
  };
}

const phases: Partial<Record<Scene, SessionState["phase"]>> = {
  engine: "leveling",
  measuring: "measuring",
  leveling: "leveling",
  paused: "paused",
  finished: "finished",
};

function logOf(songs: readonly Song[]): string[] {
  if (songs.every((song) => song.status === "waiting" || song.status === "measured")) return [];
  const lines = [
    "=== BATCH PROCESSING START ===",
    `Files to process: ${songs.length}`,
    "Parallel processing: ENABLED",
    "Max concurrent jobs: 4",
    "Using parallel processing with 4 workers...",
  ];
  for (const worker of [1, 2, 3, 4]) lines.push(`Worker ${worker} started`);
  songs.forEach((song, index) => {
    const job = `job ${index + 1}/${songs.length}`;
    if (song.status === "waiting") return;
    lines.push(`Worker ${(index % 4) + 1} processing ${job}: ${song.name}`);
    if (song.status === "failed") {
      lines.push(`Worker ${(index % 4) + 1} failed ${job}: ${song.message}`);
    } else if (song.result !== null || song.status === "skipped") {
      lines.push(
        `Worker ${(index % 4) + 1} completed ${job} (${index + 1}/${songs.length} total completed)`,
      );
    }
  });
  return lines;
}

function stateOf(scene: Scene): SessionState {
  const settings: Settings = { ...defaultSettings };
  const songs = songsOf(scene, settings);
  const working = songs.filter((song) => song.progress > 0 && song.status !== "measured");
  const running = scene === "measuring" || scene === "leveling" || scene === "paused";
  const lanes: WorkerLane[] = running
    ? [0, 1, 2, 3].map((index) => ({
        number: index + 1,
        song: working[index]?.id ?? null,
        status: "working",
      }))
    : [];
  return {
    phase: phases[scene] ?? "ready",
    settings: scene === "question" ? { ...settings, saveTo: "replace" } : settings,
    order: songs.map((song) => song.id),
    songs: new Map(songs.map((song) => [song.id, song])),
    totals: totalsOf(songs, phases[scene] === undefined || scene === "engine" ? 0 : 148),
    workers: lanes,
    engine:
      scene === "engine"
        ? { kind: "loading", received: 19_300_000, total: 32_100_000 }
        : { kind: "ready" },
    intake:
      songs.length === 0
        ? null
        : {
            added: songs.length,
            duplicates: 0,
            notAudio: { count: 3, names: ["cover.jpg", "Battles/notes.txt", "playlist.m3u"] },
            busy: false,
          },
    log: scene === "many" ? [] : logOf(songs),
    question: scene === "question" ? { kind: "replace-originals", songs: songs.length } : null,
    download: null,
    unfinished: null,
    originalsKept: false,
    notice:
      scene === "notice"
        ? {
            message: "The browser was not allowed to edit files in this folder.",
            hint: "Press Start again and allow it, or choose Download under Save to.",
          }
        : null,
    capabilities: { folders: scene !== "nofolders", cores: 8 },
    folderName: songs.length === 0 ? null : "Wesnoth",
  };
}

const unheard = { kind: "unheard", message: "There is no sound here.", hint: "" } as const;
const hear = () => Promise.resolve(unheard);

const closeUp: SessionActions["listening"]["closeUp"] = ({ curve, gain, status }) =>
  curve && {
    before: curve,
    after: status === "leveled" ? curve.map((value) => value + (gain ?? 0)) : null,
    gate: lufs(-26),
    gated: [{ from: 0, to: 2.4 }],
    over: [
      { from: 31.2, to: 31.4 },
      { from: 60, to: 61.5 },
    ],
  };

/** `called` names every action that the page called, in order. */
export function createFakeSession(scene: Scene) {
  const store = createStore<SessionState>(() => stateOf(scene === "live" ? "added" : scene));
  const called: string[] = [];
  const note = (name: string) => {
    called.push(name);
    return Promise.resolve();
  };
  const show = (next: Scene) => store.setState(stateOf(next), true);

  const play = () => {
    const settings = store.getState().settings;
    const started = Date.now();
    let next = 0;
    const lanes: (number | null)[] = [null, null, null, null];
    store.setState({ phase: "leveling", log: logOf([]) });
    const timer = setInterval(() => {
      const state = store.getState();
      if (state.phase === "paused") return;
      const songs = new Map(state.songs);
      lanes.forEach((held, lane) => {
        let index = held;
        if (index === null) {
          if (next >= state.order.length) return;
          index = next;
          next += 1;
          lanes[lane] = index;
        }
        const id = state.order[index]!;
        const song = songs.get(id)!;
        const progress = song.progress + 0.09;
        if (song.status === "waiting") songs.set(id, { ...song, status: "measuring" });
        else if (progress < 1) songs.set(id, { ...song, progress });
        else if (song.status === "measuring") {
          songs.set(id, { ...withSource(song, index, settings), status: "rendering", progress: 0 });
        } else {
          songs.set(id, end(song, index, settings));
          lanes[lane] = null;
        }
      });
      const rows = [...songs.values()];
      const over = next >= rows.length && lanes.every((lane) => lane === null);
      if (over) clearInterval(timer);
      store.setState({
        songs,
        totals: totalsOf(rows, (Date.now() - started) / 1000),
        phase: over ? "finished" : "leveling",
        log: logOf(rows),
        workers: over
          ? []
          : lanes.map((index, lane) => ({
              number: lane + 1,
              song: index === null ? null : state.order[index]!,
              status: "working",
            })),
      });
    }, 100);
  };

  const actions: SessionActions = {
    chooseFolder: () => (show("added"), note("chooseFolder")),
    chooseFiles: () => (show("added"), note("chooseFiles")),
    addDrop: () => (show("added"), note("addDrop")),
    addFiles: () => (show("added"), note("addFiles")),
    addSamples: () => (show("added"), note("addSamples")),
    remove: () => void note("remove"),
    clear: () => {
      show("empty");
      void note("clear");
    },
    measure: () => (show("measured"), note("measure")),
    start: () => (play(), note("start")),
    pause: () => {
      store.setState({ phase: "paused" });
      void note("pause");
    },
    resume: () => {
      store.setState({ phase: "leveling" });
      void note("resume");
    },
    stop: (mode) => {
      show("finished");
      void note(`stop ${mode}`);
    },
    retryFailed: () => note("retryFailed"),
    undoLossless: () => note("undoLossless"),
    resumeUnfinished: () => note("resumeUnfinished"),
    discardUnfinished: () => note("discardUnfinished"),
    restoreOriginals: () => note("restoreOriginals"),
    discardOriginals: () => note("discardOriginals"),
    answer: (accepted) => {
      store.setState({ question: null });
      void note(`answer ${accepted}`);
    },
    update: (change) => {
      const settings = { ...store.getState().settings, ...change };
      const songs = new Map(
        [...store.getState().songs].map(([id, song]) => [
          id,
          song.status === "measured" ? planned(song, settings) : song,
        ]),
      );
      store.setState({ settings, songs });
      void note(`update ${JSON.stringify(change)}`);
    },
    report: (format) => ({
      name: `levelup-report.${format}`,
      type: format === "json" ? "application/json" : "text/csv",
      text: "",
    }),
    dismissNotice: () => store.setState({ notice: null }),
    listening: { song: hear, part: hear, closeUp },
  };
  return { store, actions, called };
}
