import type { CoreUse, LevelBy, OutputFormat, PeakPolicy, SaveTo } from "@/lib/settings/settings";
import type { PresetGroup, Confidence } from "@/lib/settings/presets";

/**
 * Every English text of the page, in one place, ready to be translated. Texts of the engine
 * (reasons, the batch log, the status line) come with the data they describe.
 *
 * No name of a button or labelled control may contain the name of another: people who speak to
 * their computer, and tests, find a control by a part of its name.
 */
const plural = (n: number, one: string, many: string) =>
  `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

export const songsCount = (n: number) => plural(n, "song", "songs");

export const strings = {
  app: {
    name: "LevelUp",
    tagline: "Makes a folder of songs equally loud",
    description:
      "Makes a folder of songs equally loud, in the browser, without uploading anything.",
    privacy: "Your songs never leave this computer.",
    skip: "Skip to the songs",
  },
  intake: {
    heading: "Drop songs or folders here",
    sentence:
      "LevelUp measures how loud each song is, then writes copies that all play at the same loudness. Your originals stay as they are unless you choose to replace them.",
    chooseFolder: "Choose folder",
    chooseFiles: "Choose files",
    samples: "Try sample songs",
    formats:
      "MP3, FLAC, WAV, AIFF, M4A, AAC, ALAC, Ogg Vorbis, Opus, WMA, WavPack, sound of videos",
    noFolders:
      "This browser cannot write into folders, so the leveled songs come as a download. Chrome and Edge can write them beside the originals.",
    overlay: "Drop to add",
    overlayHint: "Songs, folders, or several of both",
    busy: (added: number) =>
      `Looking through the folder: ${added.toLocaleString("en")} found so far`,
    added: (n: number) => `${n.toLocaleString("en")} added`,
    duplicates: (n: number) => `${n.toLocaleString("en")} already in the list`,
    notAudio: (n: number) => `${n.toLocaleString("en")} not audio`,
    nothing: "Nothing found in there",
    showNames: "Names",
    more: (n: number) => `and ${n.toLocaleString("en")} more`,
    clear: "Clear list",
  },
  target: {
    heading: "Settings",
    advanced: "Advanced",
    preset: "Preset",
    custom: "Custom",
    customAbout: "Your own target and ceiling.",
    groups: {
      streaming: "Streaming",
      podcast: "Podcast",
      broadcast: "Broadcast",
      library: "Library",
      club: "Club",
    } satisfies Record<PresetGroup, string>,
    source: "Source",
    checked: (when: string) => `read ${when}`,
    confidence: {
      high: "published",
      medium: "reported, not published",
    } satisfies Record<Confidence, string>,
    loudness: "Target loudness (LUFS)",
    ceiling: "True-peak ceiling (dBTP)",
    peaks: "When peaks are too high",
    levelBy: "Level by",
    format: "Output format",
    saveTo: "Save to",
    coreUse: "Core use",
    workers: "Workers",
    passes: "Passes",
    accuracy: "Accuracy (LU)",
    mostLimiting: "Most limiting (dB)",
    twoPass: "Two-pass normalization",
    parallel: "Parallel processing",
    onlyDown: "Only turn down",
    dualMono: "Dual mono",
    lossless: "Lossless where possible",
    keepOriginals: "Keep originals",
    loudnessTags: "Loudness tags",
    range: (min: string, max: string) => `Allowed: ${min} to ${max}`,
    wholeRange: (min: string, max: string) => `Allowed: whole numbers, ${min} to ${max}`,
    hints: {
      preset: "Where the songs will be played. Fills in the loudness and the ceiling.",
      loudness:
        "How loud every song shall be over its whole length. LUFS is loudness as the ear weighs it; −14 is louder than −16.",
      ceiling:
        "The highest point that the sound wave may reach, between samples too. dBTP counts down from full scale; −1 leaves room for MP3 and AAC.",
      peaks:
        "When more gain would push peaks over the ceiling. Limit turns down the peaks alone. Stay quieter gives less gain. Dynamic also evens out loud and soft passages.",
      levelBy:
        "Track gives every song the same loudness. Album moves all songs of a folder together, so that quiet songs of an album stay quieter.",
      format: "Same as source keeps codec, bit rate, sample rate and channels.",
      saveTo:
        "Leveled folder makes a folder named Leveled inside the one you chose, with the same tree.",
      coreUse: "Automatic leaves one core free, Conservative half of them, Aggressive none.",
      workers: "Songs worked on at the same time. Leave it empty to let LevelUp choose.",
      passes: "The most times a song is encoded to come near enough to the loudness asked for.",
      accuracy:
        "How near is near enough. Songs that are as near already are left as they are. 1 LU is 1 dB.",
      mostLimiting: "A song that would need its peaks turned down further stays quieter instead.",
      twoPass: "Measure the finished file too, and correct it if it missed.",
      parallel: "Work on several songs at once. Off: one after the other.",
      onlyDown: "Never make a song louder.",
      dualMono: "Measure a mono file as most players play it, on both sides.",
      keepOriginals: "When originals are replaced, keep a copy of each in the folder Originals.",
      loudnessTags: "Write ReplayGain tags (in Opus: R128) that fit the leveled song.",
      lossless: "Change MP3 and Opus without encoding them again, in the steps they allow.",
    },
    peakPolicies: {
      limit: "Limit",
      quieter: "Stay quieter",
      dynamic: "Dynamic",
    } satisfies Record<PeakPolicy, string>,
    levels: { track: "Track", album: "Album" } satisfies Record<LevelBy, string>,
    formats: {
      same: "Same as source",
      mp3: "MP3",
      flac: "FLAC",
      wav: "WAV",
      m4a: "AAC (M4A)",
      ogg: "Ogg Vorbis",
      opus: "Opus",
    } satisfies Record<OutputFormat, string>,
    destinations: {
      leveled: "Leveled folder",
      folder: "Another folder",
      replace: "Replace originals",
      download: "Download",
    } satisfies Record<SaveTo, string>,
    coreUses: {
      automatic: "Automatic",
      conservative: "Conservative",
      aggressive: "Aggressive",
    } satisfies Record<CoreUse, string>,
  },
  run: {
    heading: "Batch",
    measure: "Measure",
    start: "Start",
    pause: "Pause",
    resume: "Resume",
    stop: "Stop",
    stopAfter: "After these songs",
    stopAfterHint: "Ends the batch once the songs now in work are written",
    retry: "Retry failed",
    undoLossless: "Undo lossless gain",
    progress: "Batch progress",
    engine: "Audio engine",
    engineLoading: (received: string, total: string) =>
      `Getting the audio engine ready, once: ${received} of ${total}`,
    engineFailed: "The audio engine could not be loaded.",
    done: (completed: number, all: number) =>
      `${completed.toLocaleString("en")} of ${songsCount(all)}`,
    left: (time: string) => `about ${time} left`,
    speed: (times: string) => `${times}× real time`,
    failures: (n: number) => `${n.toLocaleString("en")} failed`,
    successRate: (share: string) => `${share} success`,
    lanes: "In work",
    laneIdle: "idle",
    laneStarting: "getting ready",
    laneRetiring: "being replaced",
    emptyHint: "Add songs first. Nothing is written before you press Start.",
    readyHint: (n: number, where: string) => `${songsCount(n)} ready. Start writes to ${where}.`,
    pausedHint: "Songs in work are finished, no new ones begin.",
    where: {
      leveled: (folder: string | null) => (folder === null ? "Leveled" : `${folder}/Leveled`),
      folder: "a folder you choose",
      replace: "the originals themselves",
      download: "a download",
    },
    title: (completed: number, all: number) => `${completed}/${all} · LevelUp`,
    titleDone: "Done · LevelUp",
  },
  question: {
    cancel: "Cancel",
    replace: {
      heading: (n: number) => `Write over ${plural(n, "original", "originals")}?`,
      body: "Each song is leveled completely first, then takes the place of its original. A song that fails, or that is stopped half-way, keeps its original untouched.",
      kept: "A copy of each original is kept in the folder Originals until you decide otherwise.",
      warning:
        "The originals cannot be brought back afterwards. Turn on Keep originals if they exist only here.",
      confirm: "Replace originals",
    },
    deleteOriginals: {
      heading: (n: number) => `Delete ${plural(n, "kept original", "kept originals")}?`,
      body: "The leveled songs stay.",
      warning: "The originals cannot be brought back afterwards.",
      confirm: "Delete for good",
    },
    forgetBatch: {
      heading: "Forget the unfinished batch?",
      body: (ended: number, n: number) =>
        `${ended} of ${songsCount(n)} are done and stay as they are.`,
      warning:
        "Which ones those are is forgotten with it: songs that are leveled again lose a little quality.",
      confirm: "Forget the batch",
    },
  },
  unfinished: {
    heading: "Unfinished batch",
    message: (songs: number, ended: number, folders: readonly string[]) =>
      `A batch in ${folders.join(", ")} was cut off: ${ended} of ${songs} songs are done.`,
    hint: (started: Date) =>
      `It began ${started.toLocaleString("en", { dateStyle: "medium", timeStyle: "short" })}.`,
    resume: "Resume",
    discard: "Forget it",
    keptHeading: "Kept originals",
    kept: "The originals of replaced songs are kept in the folder Originals.",
    keptHint: "Listen first, then decide.",
    restore: "Restore originals",
    accept: "Delete the kept originals",
  },
  notice: { dismiss: "Dismiss" },
  songs: {
    heading: "Songs",
    table: "Songs",
    filter: "Show",
    filters: { all: "All", problems: "Problems", failed: "Failed", done: "Done" },
    search: "Find a song",
    shown: (shown: number, all: number) =>
      shown === all ? songsCount(all) : `${shown.toLocaleString("en")} of ${songsCount(all)} shown`,
    total: (length: string) => `${length} of audio`,
    none: "No song matches.",
    showAll: "Show all songs",
    details: "Details",
    planned: "planned",
    columns: {
      file: "File",
      length: "Length",
      format: "Format",
      loudness: "Loudness",
      peak: "True peak",
      range: "Range",
      gain: "Gain",
      result: "Result",
      status: "Status",
    },
    units: {
      loudness: "LUFS",
      peak: "dBTP",
      range: "LU",
      gain: "dB",
      result: "LUFS / dBTP",
    },
    scale: (lowest: string, highest: string) => `${lowest} to ${highest}`,
    status: {
      waiting: "Waiting",
      measuring: "Measuring",
      measured: "Measured",
      rendering: "Leveling",
      verifying: "Checking the result",
      saving: "Saving",
      leveled: "Leveled",
      skipped: "Skipped",
      failed: "Failed",
      cancelled: "Stopped before it was finished",
    },
    limitedBy: (db: string) => `limited ${db} dB`,
    willLimit: "peaks will be limited",
    willHold: (lufs: string) => `peaks will hold it at ${lufs} LUFS`,
    willSkip: "will be left as it is",
    unchanged: "left as it is",
    passes: (n: number) => `${n} passes`,
  },
  detail: {
    close: "Close",
    file: "Path",
    size: "Size",
    codec: "Codec",
    sampleRate: "Sample rate",
    channels: "Channels",
    bitRate: "Bit rate",
    bitDepth: "Bit depth",
    before: "Before",
    after: "After",
    integrated: "Loudness",
    truePeak: "True peak",
    range: "Range",
    momentary: "Loudest moment",
    written: "Written to",
    engine: "What the engine said",
    time: "Time taken",
    timeParts: (measure: string, render: string, verify: string) =>
      `${measure} to measure, ${render} to level, ${verify} to check`,
    curve: "Loudness over time",
    curveText: (lowest: string, highest: string, length: string) =>
      `Short-term loudness over ${length}: between ${lowest} and ${highest} LUFS for nine tenths of the song.`,
    noCurve: "Not measured yet.",
  },
  report: {
    heading: "Loudness of the songs",
    save: "Save report",
    csv: "Report as CSV",
    download: (name: string, size: string) => `Download ${name} (${size})`,
    before: "before",
    after: "after",
    planned: "planned",
    target: (lufs: string) => `Target ${lufs}`,
    picture: (what: string) => `Distribution of loudness. ${what}`,
    pictureBefore: (n: number, low: string, high: string) =>
      `Before: ${songsCount(n)} from ${low} to ${high} LUFS.`,
    pictureAfter: (n: number, low: string, high: string) =>
      `After: ${songsCount(n)} from ${low} to ${high} LUFS.`,
    picturePlanned: (n: number, low: string, high: string) =>
      `Planned: ${songsCount(n)} from ${low} to ${high} LUFS.`,
    within: (lu: string) => `Within ${lu} LU of the target`,
    spread: "Quietest to loudest",
    of: (n: number, all: number) => `${n.toLocaleString("en")} of ${all.toLocaleString("en")}`,
    was: (text: string) => `was ${text}`,
    now: (text: string) => `planned, now ${text}`,
    leveled: "Leveled",
    measured: "Measured",
    skipped: "Skipped",
    failed: "Failed",
    cancelled: "Stopped",
    elapsed: "Time taken",
    savedIn: (where: string) => `The leveled songs are in ${where}.`,
    onlyMeasured: "Measured only; nothing was written.",
    showFailed: "Show failed",
    unmeasured: "Once songs are measured, their loudness appears here.",
  },
  log: {
    heading: "Batch log",
    empty: "What happens during a batch is written here, line by line.",
  },
  help: {
    open: "Help",
    heading: "How LevelUp works",
    close: "Close help",
    sections: [
      {
        title: "What it does",
        items: [
          "It decodes each song, measures its loudness (ITU-R BS.1770, EBU R 128), changes its gain, encodes it again in its own format, and measures the finished file. The number under Result is that of the finished file.",
          "A song that is near enough to the target already is left as it is. In the Leveled folder it is copied unchanged, so that the folder is complete.",
          "Tags and covers are carried over. Loudness tags that no longer hold are taken out.",
        ],
      },
      {
        title: "The words",
        items: [
          "LUFS: loudness of a whole song as the ear weighs it, counted down from full scale. −14 is usual for streaming, −23 for television.",
          "dBTP: true peak, the highest point of the sound wave, between samples too. Above 0 it distorts.",
          "LU: a difference of loudness, the same step as 1 dB. Range tells how far soft and loud passages lie apart.",
        ],
      },
      {
        title: "Folders that cannot be chosen",
        items: [
          "The browser does not give out your Home, Desktop, Documents and Downloads folders as a whole, nor system folders. Choose a folder inside them, for example Music/Party.",
          'Chrome hides files whose names contain : ? " | * < or \\, begin with a space, or end with a dot. Rename them first.',
        ],
      },
      {
        title: "What is written",
        items: [
          "Leveled folder: copies in a folder named Leveled inside yours, with the same tree. Leveling again replaces them.",
          "Another folder and Download: copies. Files that exist there are never written over; a new one gets a number.",
          "Replace originals: each song takes its original's place once it is finished. It asks first.",
          "A written file carries the time of writing as its modification time; the browser cannot set another one.",
        ],
      },
      {
        title: "Privacy and limits",
        items: [
          "Everything happens in this tab. No song, no name and no number is sent anywhere.",
          "The tab must stay open while a batch runs. It asks the computer to stay awake.",
          "Songs protected against copying cannot be read. Very long files need much memory: use fewer workers.",
          "Encoding an MP3 or AAC again costs a little quality, as with every encoder. Choose FLAC or WAV as output to avoid a second loss.",
        ],
      },
    ],
  },
  failure: {
    heading: "The page stopped working",
    body: "No original was changed by this. Reload the page and add the songs again.",
    again: "Try again",
    lostHeading: "There is no such page",
    lostBody: "LevelUp is a single page.",
    home: "Go to LevelUp",
  },
} as const;
