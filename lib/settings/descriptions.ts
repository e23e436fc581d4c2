import { choice, count, countOrAutomatic, number, onOff, preset } from "./kinds";

/**
 * Every setting. `Settings`, the check of stored values, the page's controls and the terminal's
 * options follow from this table; app/target/target-panel.tsx says where on the page each stands.
 */
export const descriptions = {
  preset: preset({
    initial: "streaming",
    label: "Preset",
    hint: "Where the songs will be played. Fills in the loudness and the ceiling.",
    flag: null,
  }),
  targetLoudness: number({
    // ffmpeg's loudnorm takes -70 to -5 LUFS; louder than -5 is no target that music survives.
    ...{ min: -70, max: -5, step: 0.5, unit: "LUFS", initial: -14 },
    label: "Target loudness",
    hint: "How loud every song shall be over its whole length. LUFS is loudness as the ear weighs it; −14 is louder than −16.",
    flag: { name: "target", placeholder: "LUFS", help: "loudness of every song" },
  }),
  truePeakCeiling: number({
    ...{ min: -9, max: 0, step: 0.1, unit: "dBTP", initial: -1 },
    label: "True-peak ceiling",
    hint: "The highest point that the sound wave may reach, between samples too. dBTP counts down from full scale; −1 leaves room for MP3 and AAC.",
    flag: { name: "ceiling", placeholder: "DBTP", help: "highest true peak" },
  }),
  /** When the gain would push peaks over the ceiling: limit, stay quieter, or ffmpeg's loudnorm. */
  whenPeaksTooHigh: choice({
    texts: { limit: "Limit", quieter: "Stay quieter", dynamic: "Dynamic" },
    initial: "limit",
    label: "When peaks are too high",
    hint: "When more gain would push peaks over the ceiling. Limit turns down the peaks alone. Stay quieter gives less gain. Dynamic also evens out loud and soft passages; albums stay quieter instead.",
    flag: { name: "peaks", placeholder: "WHAT", help: "when peaks are too high" },
  }),
  /** The most gain reduction the limiter may apply; beyond it a song stays quieter. */
  mostLimiting: number({
    ...{ min: 0, max: 20, step: 0.5, unit: "dB", initial: 6 },
    label: "Most limiting",
    hint: "A song that would need its peaks turned down further stays quieter instead, and so does its album.",
    flag: { name: "most-limiting", placeholder: "DB", help: "limit peaks by no more than this" },
  }),
  levelBy: choice({
    texts: { track: "Track", album: "Album" },
    initial: "track",
    label: "Level by",
    hint: "Track gives every song the same loudness. Album gives all songs of an album one gain, so that its quiet songs stay quieter. An album is what has the same album and album artist in its tags; without an album artist it lies in one folder too, without an album title it is a folder. Discs of a set are one album.",
    flag: { name: "by", placeholder: "UNIT", help: "what gets one gain" },
  }),
  /** AES77-2023 aligns albums by their loudest song. */
  albumsBy: choice({
    texts: { mean: "All songs as one", loudest: "Loudest song (AES)" },
    initial: "mean",
    label: "Align albums by",
    hint: "All songs as one brings an album, heard from beginning to end, to the target. Loudest song is AES streaming practice (AES77-2023): an album's loudest song is brought to the target, and all others stay under it.",
    flag: { name: "albums-by", placeholder: "WHAT", help: "what of an album gets to the target" },
  }),
  onlyTurnDown: onOff({
    initial: false,
    label: "Only turn down",
    hint: "Never make a song louder.",
    flag: { name: "only-down", sets: true, help: "never make a song louder" },
  }),
  /** Count a mono file as two equal channels, as most players render it. */
  dualMono: onOff({
    initial: false,
    label: "Dual mono",
    hint: "Measure a mono file as most players play it, on both sides.",
    flag: { name: "dual-mono", sets: true, help: "measure a mono file as two channels" },
  }),
  outputFormat: choice({
    texts: {
      same: "Same as source",
      mp3: "MP3",
      flac: "FLAC",
      wav: "WAV",
      m4a: "AAC (M4A)",
      ogg: "Ogg Vorbis",
      opus: "Opus",
    },
    initial: "same",
    label: "Output format",
    hint: "Same as source keeps codec, bit rate, sample rate and channels.",
    flag: { name: "format", placeholder: "FORMAT", help: "kind of the leveled songs" },
  }),
  /** What a lossy song keeps that is encoded to its own kind. */
  whenEncodedAgain: choice({
    texts: { size: "Keep the size", sound: "Keep the sound" },
    initial: "size",
    label: "When encoded again",
    hint: "An MP3, AAC, Ogg Vorbis or WMA loses a little of its sound when it is encoded again. Keep the size gives it the bit rate that it had. Keep the sound gives it the next higher one, if there is one, so that it loses less; the file grows by about a fifth.",
    flag: {
      ...{ name: "keep", placeholder: "WHAT" },
      help: "of a lossy song that is encoded again: its size, or its sound with a higher rate",
    },
  }),
  saveTo: choice({
    texts: {
      leveled: "Leveled folder",
      folder: "Another folder",
      replace: "Replace originals",
      download: "Download",
    },
    initial: "leveled",
    label: "Save to",
    hint: "Leveled folder makes a folder named Leveled inside the one you chose, with the same tree.",
    // Another folder is --out; a download has no place in a terminal.
    flag: {
      ...{ name: "save-to", placeholder: "WHERE", offers: ["leveled", "replace"] },
      help: "where to write",
    },
  }),
  onlyNew: onOff({
    initial: true,
    label: "Only what is new",
    hint: "In the Leveled folder and with Replace originals: a song that was leveled before with the same settings is left out, as long as neither it nor its result has changed. By album all songs are leveled as soon as one is new, because it changes the gain of the others.",
    // A terminal levels a folder as often as it is asked to: there it holds only where it is given.
    flag: { name: "only-new", sets: true, help: "leave out songs that were done before" },
  }),
  keepOriginals: onOff({
    initial: true,
    label: "Keep originals",
    hint: "When originals are replaced, keep a copy of each in the folder Originals.",
    flag: null,
  }),
  copyBeside: onOff({
    initial: true,
    label: "Copy covers, cue sheets, lyrics and playlists",
    hint: "Files of these kinds that lie beside the songs go along, unchanged but for names of songs that changed.",
    flag: {
      name: "songs-only",
      sets: false,
      help: "leave covers, cue sheets, lyrics, playlists behind",
    },
  }),
  /** What of a lossy song is encoded again; lib/song/way.ts has the rule. */
  reencoding: choice({
    texts: {
      "best-sound": "Best sound",
      never: "Never encode lossy files",
      always: "Always encode",
    },
    initial: "best-sound",
    label: "Re-encoding",
    hint: "Best sound changes Ogg Vorbis and Opus exactly in the file itself, and MP3 and AAC where a step of 1.5 dB is near enough to the target; all else is encoded. Never takes the nearest step, limits no peaks of lossy songs, and leaves those as they are that would have to be encoded.",
    flag: { name: "reencoding", placeholder: "WHEN", help: "when to encode lossy songs again" },
  }),
  /** ReplayGain, in Opus R128. `only`: nothing of the sound is changed. */
  loudnessTags: choice({
    texts: { leave: "Leave as they are", write: "Write", only: "Write only tags" },
    initial: "leave",
    label: "Loudness tags",
    hint: "Write adds ReplayGain tags (in Opus R128) that fit the leveled song. Write only tags leaves the sound as it is: the tags tell players how far to turn each song up or down; by album, each album too. Leave as they are writes none; tags that no longer fit a leveled song go all the same.",
    flag: { name: "tags", placeholder: "WHAT", help: "loudness tags" },
  }),
  enableParallelProcessing: onOff({
    initial: true,
    label: "Parallel processing",
    hint: "Work on several songs at once. Off: one after the other.",
    flag: { name: "serial", sets: false, help: "one song after the other" },
  }),
  /** How many cores the automatic number of workers uses. */
  coreUse: choice({
    texts: {
      automatic: "Automatic",
      conservative: "Conservative",
      aggressive: "Aggressive",
    },
    initial: "automatic",
    label: "Core use",
    hint: "Automatic leaves one core free, Conservative half of them, Aggressive none.",
    flag: { name: "cores", placeholder: "USE", help: "cores used" },
  }),
  maxConcurrentJobs: countOrAutomatic({
    ...{ min: 1, max: 64, automatic: "cores - 1", initial: null },
    label: "Workers",
    hint: "Songs worked on at the same time. Leave it empty to let LevelUp choose.",
    flag: { name: "workers", placeholder: "N", help: "songs at the same time" },
  }),
  keepResponsive: onOff({
    initial: false,
    label: "Keep the computer responsive",
    hint: "While other programs need the processor, fewer songs are worked on at once. Chrome and Edge tell when that is.",
    flag: null,
  }),
  /** Measure the encoded file and correct it. Off: measure and apply once. */
  twoPassNormalization: onOff({
    initial: true,
    label: "Two-pass normalization",
    hint: "Measure the finished file too, and correct it if it missed.",
    flag: { name: "one-pass", sets: false, help: "measure and apply once, do not verify" },
  }),
  maxPasses: count({
    ...{ min: 1, max: 5, initial: 2 },
    label: "Passes",
    hint: "The most times a song is encoded to come near enough to the loudness asked for.",
    flag: { name: "passes", placeholder: "N", help: "encodes of one song at most" },
  }),
  /** A result further than this from the target is corrected; a source nearer is skipped. */
  accuracyThreshold: number({
    ...{ min: 0.05, max: 3, step: 0.05, unit: "LU", initial: 0.2 },
    label: "Accuracy",
    hint: "How near is near enough. Songs that are as near already are left as they are. 1 LU is 1 dB.",
    flag: { name: "accuracy", placeholder: "LU", help: "how near is near enough" },
  }),
};
