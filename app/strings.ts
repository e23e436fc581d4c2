import type { ShownRun, LeftOutFile } from "@/lib/session/session-state";
import type { PresetGroup, Confidence } from "@/lib/settings/presets";

/**
 * Every English text of the page, in one place, ready to be translated. Texts of the engine
 * (reasons, the batch log, the status line) come with the data they describe, those of settings with
 * the settings (lib/settings/descriptions.ts); those of the pages that need none of this are beside
 * them (failure-strings.ts, offline/strings.ts).
 *
 * No name of a button or labelled control may contain the name of another: people who speak to
 * their computer, and tests, find a control by a part of its name.
 */
const plural = (n: number, one: string, many: string) =>
  `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

const MOST_LISTED = 4;

/** "a, b and c"; the rest of a long list as a number. */
const listed = (parts: readonly string[]): string => {
  const shown = parts.slice(0, MOST_LISTED);
  const rest = parts.length - shown.length;
  const all = rest > 0 ? [...shown, `${rest.toLocaleString("en")} more`] : shown;
  return all.length < 2 ? (all[0] ?? "") : `${all.slice(0, -1).join(", ")} and ${all.at(-1)}`;
};

const songsCount = (n: number) => plural(n, "song", "songs");

/** "488 of 500 songs are"; where they are a part of the list: "3 of 4 songs of this batch are". */
const outOf = (n: number, all: number, part: boolean) =>
  `${n.toLocaleString("en")} of ${songsCount(all)}${part ? " of this batch" : ""} ${all === 1 ? "is" : "are"}`;

export const strings = {
  app: {
    name: "LevelUp",
    tagline: "Makes a folder of songs equally loud",
    description:
      "Makes a folder of songs equally loud, in the browser, without uploading anything.",
    privacy: "Your songs never leave this computer.",
    skip: "Skip to the songs",
    needsScripts: "LevelUp works in the browser itself, so it needs JavaScript.",
  },
  theme: {
    label: "Theme",
    themes: { system: "As the system", light: "Light", dark: "Dark" },
  },
  shortcuts: {
    heading: "Shortcuts",
    key: "Key",
    does: "What it does",
    single: "Single-character shortcuts",
    singleHint: "Turn them off if you speak to your computer, or press keys by accident.",
    anywhere: [
      ["?", "Opens this help"],
      ["/", "Goes to the search"],
      ["S", "Starts leveling"],
      ["M", "Measures"],
      ["P", "Pauses, and goes on"],
      ["X", "Stops, after asking"],
    ],
    table: [
      ["↑ ↓", "The song above or below; Page Up, Page Down, Home and End go further"],
      ["Enter", "Opens the song"],
      ["Space", "Selects the song"],
      ["Shift + ↑ ↓", "Selects on the way"],
      ["Ctrl + A", "Selects all that are shown"],
      ["Delete", "Takes the song, or those selected, off the list; the files stay"],
      ["Esc", "Closes what is open"],
    ],
    song: [
      ["Space", "Plays, and halts"],
      ["← →", "5 seconds back or on"],
      ["B", "Switches between before and after"],
    ],
    songHeading: "In an opened song",
    anywhereHeading: "Anywhere on the page",
    tableHeading: "In the table of songs",
  },
  stop: {
    heading: "Stop the batch?",
    body: "Songs in work are given up, and no half-written file stays. What is finished stays finished.",
    goOn: "Go on",
    after: "Finish the songs in work first",
    now: "Stop at once",
  },
  tell: {
    label: "Tell me when it is done",
    asks: "The browser asks to show notifications.",
    refused: "The browser does not allow notifications of this page.",
    title: "LevelUp is done",
  },
  intake: {
    heading: "Drop songs or folders here",
    wrong: "There is no song among what was added.",
    announced: (added: number, leftOut: number, all: number) =>
      [
        added === 0 ? "No song was added." : `Added ${songsCount(added)}.`,
        ...(leftOut > 0 ? [`Left out ${plural(leftOut, "file", "files")}.`] : []),
        all === 0 ? "The list is empty." : `The list holds ${songsCount(all)}.`,
      ].join(" "),
    sentence:
      "LevelUp measures how loud each song is, then writes copies that all play at the same loudness. Your originals stay as they are unless you choose to replace them.",
    chooseFolder: "Choose folder",
    chooseFiles: "Choose files",
    samples: "Try sample songs",
    formats:
      "MP3, FLAC, WAV, AIFF, M4A, AAC, ALAC, Ogg Vorbis, Opus, WMA, WavPack, sound of videos",
    noFolders:
      "This browser cannot write into folders, so the leveled songs come as a download. Chrome and Edge can write them beside the originals.",
    /** What browsers ask after a folder was chosen, in their words. */
    asks: {
      view: "After you chose a folder, Chrome asks “Let site view files?”.",
      upload: "The browser calls what follows “upload”. Nothing is sent anywhere.",
    },
    overlay: "Drop to add",
    overlayHint: "Songs, folders, or several of both",
    busy: (added: number) =>
      added === 0
        ? "Looking through what was added"
        : `Looking through the folder: ${plural(added, "file", "files")} found so far`,
    added: (n: number) => `${n.toLocaleString("en")} added`,
    duplicates: (n: number) => `${n.toLocaleString("en")} already in the list`,
    notAudio: (n: number) => `${n.toLocaleString("en")} not audio`,
    leftOut: (n: number) => `${n.toLocaleString("en")} left out`,
    reasons: {
      "not-audio": "not audio",
      unreadable: "cannot be read",
      "name-unreadable": "its name is no text that a browser can read",
      "our-results": "results of LevelUp",
      "kept-originals": "originals that LevelUp kept",
      "like-our-results": "looks like results of LevelUp: every song in it lies beside it as well",
    } satisfies Record<LeftOutFile["reason"], string>,
    hidesNames:
      'A folder that was chosen hides files whose names contain : ? " | * < > or \\, begin with a space, or end with a dot. Drop the folder on the page, and they are found too.',
    nothing: "Nothing found in there",
    notShared: "What was shared did not arrive. Share it once more.",
    limits:
      "Limits: a film keeps its picture only as an MP4 whose sound is not encoded again; all songs of a run get one target; folders of a phone are untried.",
    showNames: "Names",
    more: (n: number) => `and ${n.toLocaleString("en")} more`,
    clear: "Clear list",
  },
  target: {
    heading: "Settings",
    more: "More settings",
    change: "Change",
    /** The settings in one line. */
    words: {
      target: (lufs: string) => `${lufs} LUFS`,
      ceiling: (dbtp: string) => `${dbtp} dBTP`,
      tagsOnly: "loudness tags alone, the sound stays",
      into: (where: string) => `into ${where}`,
      another: "another folder",
      replace: {
        kept: "over the originals, copies kept",
        notKept: "over the originals, no copies",
      },
      download: "as a download",
      others: (n: number) => `${n} more changed`,
    },
    /** What belongs together, with a sentence that stays in sight. */
    parts: {
      loudness: {
        name: "Loudness",
        about:
          "LUFS is loudness as the ear weighs it, over a whole song; −14 is louder than −16. Songs that are near enough already stay as they are.",
      },
      peaks: {
        name: "Peaks",
        about:
          "dBTP is the highest point of the sound wave; above 0 it distorts. Songs that would pass the ceiling are limited, or stay quieter.",
      },
      files: {
        name: "Files",
        about:
          "MP3, AAC, Ogg Vorbis, Opus and WMA lose a little each time they are encoded: when that may be, and what else is written.",
      },
      work: {
        name: "Work",
        about:
          "How often a finished song is measured and corrected, and how much of this computer works on songs at once.",
      },
    },
    custom: "Custom",
    customAbout: "Your own target and ceiling.",
    groups: {
      everyday: "Everyday",
      streaming: "Streaming",
      podcast: "Podcast",
      broadcast: "Broadcast",
      library: "Library",
      club: "Club",
    } satisfies Record<PresetGroup, string>,
    source: "Source",
    ownChoice: "The level is our choice.",
    checked: (when: string) => `read ${when}`,
    confidence: {
      high: "read there",
      medium: "as reported there",
      own: "the level is our choice",
    } satisfies Record<Confidence, string>,
    running:
      "A batch is running with the settings that it began with. What you change here is for the next batch; only how many songs are worked on at once changes now.",
    forNext: (hint: string) => `For the next batch. ${hint}`,
    range: (min: string, max: string, now: string) =>
      `Allowed: ${min} to ${max}. Until then ${now} holds.`,
    wholeRange: (min: string, max: string, now: string) =>
      `Allowed: whole numbers, ${min} to ${max}. Until then ${now} holds.`,
    automatic: "the automatic number",
    on: "on",
    off: "off",
    own: {
      group: "Yours",
      name: "Name for these settings",
      nameHint:
        "Keeps the settings as they are under a name, to be chosen with the others. It stays in this browser.",
      save: "Keep them",
      rename: "Rename",
      remove: "Delete it",
      kept: (name: string) => `Kept as ${name}.`,
      renamed: (name: string) => `It is called ${name} now.`,
      removed: (name: string) => `${name} is deleted. The settings stay as they are.`,
      about: "Settings that you kept under this name.",
    },
    link: {
      copy: "Copy link to these settings",
      copied: "Copied. Whoever opens it is asked before anything changes.",
      refused: (link: string) => `The browser did not allow copying. The link is ${link}`,
      heading: "Settings from a link",
      message: (n: number) =>
        `The link that you opened asks for ${plural(n, "other setting", "other settings")}.`,
      hint: "Nothing has changed yet. Where songs go and what becomes of originals is not for a link to say.",
      change: (label: string, from: string, to: string) => `${label}: ${from} → ${to}`,
      use: "Use these",
      leave: "Leave mine",
    },
  },
  run: {
    heading: "Batch",
    measure: "Measure",
    start: "Start",
    pause: "Pause",
    resume: "Resume",
    stop: "Stop",
    stopAfter: "End after these songs",
    stopAfterHint: "Ends the batch once the songs now in work are written",
    retry: "Retry failed",
    levelAgain: "Level again",
    before: {
      some: (done: number, left: number) =>
        `${done.toLocaleString("en")} done before, ${left.toLocaleString("en")} new or changed.`,
      all: (done: number) =>
        done === 1
          ? "It was done before with these settings and has not changed. Start levels it again."
          : `All ${done.toLocaleString("en")} were done before with these settings, and nothing has changed. Start levels them again.`,
      otherwise: (n: number) =>
        `${songsCount(n)} ${n === 1 ? "was" : "were"} leveled before with other settings and ${n === 1 ? "is" : "are"} to do.`,
      again: "Level all again",
    },
    undo: "Undo",
    undoHint:
      "Takes back, in the files themselves, every change of gain that was made without encoding and that a file has on record",
    progress: "Batch progress",
    engine: "Audio engine",
    engineLoading: (received: string, total: string) =>
      `Getting the audio engine ready, once: ${received} of ${total}`,
    engineFailed: "The audio engine could not be loaded.",
    done: (completed: number, all: number) =>
      `${completed.toLocaleString("en")} of ${songsCount(all)}`,
    left: (time: string) => `${time} left`,
    speed: (times: string) => `${times}× real time`,
    failures: (n: number) => `${n.toLocaleString("en")} failed`,
    successRate: (share: string) => `${share} success`,
    lanes: "In work",
    laneIdle: "idle",
    laneStarting: "getting ready",
    emptyHint: "Add songs first. Nothing is written before you press Start.",
    readyHint: (n: number, where: string) => `${songsCount(n)} ready. Start writes to ${where}.`,
    waitingHint:
      "Each song takes its original's place once the system has had the time to write it to the disk, so that a power cut takes neither. Stop leaves the songs that still wait as they are.",
    pausedHint: "Songs in work are finished, no new ones begin.",
    /** Before Start; what is not known is left out. */
    forecast: (time: string, space: string | null) =>
      space === null ? `It takes ${time}.` : `It takes ${time} and about ${space} of disk space.`,
    startTakes: (time: string, space: string | null) =>
      space === null ? `Start takes ${time}.` : `Start takes ${time} and about ${space}.`,
    /** What the browser asks at Start, in its words. */
    asks: {
      save: (folders: readonly string[], what: string) =>
        `If Chrome asks “Save changes to ${folders[0]}?”${folders.length > 1 ? ", and so for each folder" : ""}, choose Save changes: ${what}`,
      leveled: "that lets LevelUp write the folder Leveled inside it.",
      replace: "that lets LevelUp replace the songs in it.",
      folder:
        "After Start you choose the folder, and Chrome asks whether this site may edit files in it.",
    },
    where: {
      /** null: songs that came without their folder. */
      leveled: (folders: readonly (string | null)[]) =>
        listed(folders.map((folder) => (folder === null ? "a download" : `${folder}/Leveled`))),
      folder: "a folder you choose",
      replace: "the originals themselves",
      download: "a download",
    },
    title: (share: string) => `${share} · LevelUp`,
    titlePaused: (share: string) => `Paused at ${share} · LevelUp`,
    titleDone: "Done · LevelUp",
  },
  question: {
    cancel: "Cancel",
    replace: {
      heading: (n: number) => `Write over ${plural(n, "original", "originals")}?`,
      body: "Each song is leveled completely first, then takes the place of its original. A song that fails, or that is stopped half-way, keeps its original untouched.",
      tagsOnly:
        "Only loudness tags are written: the sound of each song stays as it is, byte for byte. A song that fails, or that is stopped half-way, keeps its original untouched.",
      lines: {
        kept: (folders: readonly string[]) =>
          `A copy of each original is kept until you decide otherwise, in a folder Originals that LevelUp makes in ${listed(folders)}.`,
        notKept: "No copies of the originals are kept.",
        otherKind: (n: number) =>
          `${plural(n, "song becomes", "songs become")} another kind: ${n === 1 ? "it is" : "they are"} written beside ${n === 1 ? "its original, which stays" : "their originals, which stay"}.`,
        unneeded: (n: number) =>
          `${plural(n, "song is", "songs are")} at the target already and ${n === 1 ? "stays as it is" : "stay as they are"}.`,
        unencoded: (n: number) =>
          `${plural(n, "song", "songs")} would have to be encoded, and lossy files are never to be: ${n === 1 ? "it stays as it is" : "they stay as they are"}.`,
        refused: (songs: readonly { readonly path: string; readonly why: string }[]) =>
          `${plural(songs.length, "song stays", "songs stay")} as ${songs.length === 1 ? "it is" : "they are"}: ${listed(songs.map(({ path, why }) => `${path} (${why.replace(/\.$/, "")})`))}.`,
        unknown:
          "Files that turn out to be read only, locked or damaged fail one by one and keep their originals.",
        dates: "The modification date of each file becomes the time of writing.",
        space: (kept: string, work: string) =>
          `Space, estimated: ${kept} for the kept originals, and up to ${work} more while it works.`,
        workSpace: (work: string) => `Space, estimated: up to ${work} while it works.`,
        time: (time: string) =>
          `Time, estimated: ${time}, and about a minute more at the end, until the system has written everything.`,
        timeUnknown:
          "Time: nothing was measured yet to tell it from. At the end it waits about a minute, until the system has written everything.",
      },
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
    again: {
      heading: {
        level: (n: number) => `Level all ${songsCount(n)} again?`,
        measure: (n: number) => `Measure all ${songsCount(n)} again?`,
      },
      body: {
        level:
          "Nothing is left to do: with these settings every song is done. Leveled again, each new result takes the place of the one before.",
        measure:
          "Nothing is left to measure. Measured again, what the table says of their leveling goes; the files stay as they are.",
      },
      confirm: "Do it once more",
    },
    forgetBatch: {
      heading: "Forget the unfinished batch?",
      body: (ended: number, n: number) =>
        `${ended.toLocaleString("en")} of ${songsCount(n)} are done and stay as they are.`,
      warning:
        "Which ones those are is forgotten with it: songs that are leveled again lose a little quality.",
      confirm: "Forget the batch",
    },
    restoreDoubtful: {
      heading: (n: number) => `Put ${plural(n, "original", "originals")} back over something else?`,
      body: "What is on disk under these names is not what was written here, or is not known to be. Those that you do not choose stay as they are, and their originals stay in the folder Originals.",
      legend: "Put the original back",
      all: "All of them",
      doubts: {
        "something-else": "edited since, or another song",
        "not-on-record": "leveled by an earlier version, which did not note what it wrote",
        gone: "no file of this name is there any more",
      },
      warning: "What is there now cannot be brought back afterwards.",
      leave: (n: number) => (n === 1 ? "Leave it" : "Leave them all"),
      confirm: (n: number) => `Put ${plural(n, "original", "originals")} back`,
    },
  },
  unfinished: {
    heading: "Unfinished batch",
    messages: {
      level: (songs: number, ended: number, folders: string) =>
        `A batch in ${folders} was cut off: ${ended.toLocaleString("en")} of ${songsCount(songs)} ${songs === 1 ? "is" : "are"} done.`,
      undo: (songs: number, ended: number, folders: string) =>
        `Undoing in ${folders} was cut off: ${ended.toLocaleString("en")} of ${songsCount(songs)} ${songs === 1 ? "is" : "are"} done.`,
      restore: (_songs: number, _ended: number, folders: string) =>
        `Putting originals back in ${folders} was cut off.`,
      "delete-originals": (_songs: number, _ended: number, folders: string) =>
        `Deleting the kept originals in ${folders} was cut off.`,
    },
    hint: (started: Date) =>
      `It began ${started.toLocaleString("en", { dateStyle: "medium", timeStyle: "short" })}.`,
    asks: (folder: string) => `If Chrome asks “Save changes to ${folder}?”, choose Save changes.`,
    resume: "Resume",
    discard: "Forget it",
    keptHeading: "Kept originals",
    kept: "The originals of replaced songs are kept in the folder Originals.",
    keptHint: "Listen first, then decide.",
    restore: "Restore originals",
    accept: "Delete the kept originals",
  },
  notice: {
    dismiss: "Dismiss",
    useWorkers: (n: number) => `Use ${plural(n, "worker", "workers")}`,
  },
  songs: {
    heading: "Songs",
    table: "Songs",
    filter: "Show",
    filters: {
      all: "All",
      problems: "Needs a look",
      quieter: "Quieter",
      failed: "Failed",
      excluded: "Excluded",
      done: "Done",
    },
    search: "Find a song",
    shown: (shown: number, all: number) =>
      shown === all ? songsCount(all) : `${shown.toLocaleString("en")} of ${songsCount(all)} shown`,
    total: (length: string) => `${length} of audio`,
    none: "No song matches.",
    showAll: "Show all songs",
    details: "Details",
    sortBy: "Sort by",
    select: (name: string) => `Select ${name}`,
    selectAll: "Select all that are shown",
    selection: "Selection",
    selected: (n: number) => `${songsCount(n)} selected`,
    levelSelected: "Level these songs",
    choice: {
      heading: "Apart from the rest",
      exclude: "Exclude",
      include: "Include",
      nudge: "Nudge",
      quieter: "0.5 dB quieter",
      louder: "0.5 dB louder",
      nudges: (db: string) => `${db} dB`,
      differ: "differs",
      peaks: "Own way with peaks",
      asTheBatch: "As the batch",
      tagsOnly:
        "With Write only tags the sound stays as it is: neither a nudge nor another way with peaks has an effect.",
      byAlbum: "By album, the songs of an album are limited alike.",
    },
    removeSelected: "Take off the list",
    deselect: "Deselect",
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
      written: "Waiting for the system to write it",
      leveled: "Leveled",
      tagged: "Tagged",
      skipped: "Skipped",
      failed: "Failed",
      cancelled: "Stopped before it was finished",
    },
    limitedBy: (db: string) => `limited ${db} dB`,
    willLimit: (db: string) => `peaks will be limited by ${db} dB`,
    willHold: (lufs: string, why: string) => `will stay at ${lufs} LUFS: ${why}`,
    holds: {
      peaks: "its peaks stand at the ceiling",
      "most-limiting": "more would limit its peaks further than is allowed",
      "limiting-brings-too-little": "limiting its peaks further brings next to nothing",
    },
    excluded: "Excluded",
    excludedNext: "excluded from now on",
    nudged: (db: string) => `nudged ${db} dB`,
    otherwiseNext: "to be leveled again otherwise",
    encoded: "encoded",
    willBeEncoded: "will be encoded",
    willEven: "will be evened out; its loudness is known once that is done",
    willSkip: "will be left as it is",
    willTag: "its sound will stay as it is, and loudness tags will be written",
    unchanged: "left as it is",
    passes: (n: number) => `${n} passes`,
  },
  detail: {
    close: "Close",
    file: "Path",
    album: "Album",
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
    blind: "Blind test",
    engine: "What the engine said",
    time: "Time taken",
    timeParts: (measure: string, render: string, verify: string) =>
      `${measure} to measure, ${render} to level, ${verify} to check`,
    curve: "Loudness over time",
    curveUnit: "LUFS, short-term",
    curveText: (lowest: string, highest: string, length: string) =>
      `Short-term loudness over ${length}: between ${lowest} and ${highest} LUFS for nine tenths of the song.`,
    curveAfterText: (lowest: string, highest: string) =>
      `After leveling: between ${lowest} and ${highest} LUFS.`,
    gated: (length: string, gate: string) =>
      `${length} below ${gate} LUFS: too quiet to count for the loudness of the song`,
    noneGated: (gate: string) => `All of it counts: nothing is below the gate of ${gate} LUFS`,
    over: (n: number, ceiling: string, first: string) =>
      `Without limiting, peaks pass the ceiling of ${ceiling} dBTP in ${plural(n, "place", "places")}, first at ${first}`,
    noneOver: (ceiling: string) => `No peak passes the ceiling of ${ceiling} dBTP`,
    gainThroughout: (db: string) => `${db} dB over the whole song`,
    gainPlanned: (db: string) => `${db} dB planned over the whole song`,
    gainNone: "No gain: the song stays as it is",
    limited: (db: string) => `peaks turned down by up to ${db} dB`,
    limitPlanned: "peaks will be turned down",
    notLimited: "no limiting",
    numbers: "Numbers",
    numbersOf: "Loudness over time in numbers",
    moment: "Time",
    remarks: "Remarks",
    countsNot: "too quiet to count",
    peaksOver: "peaks over the ceiling",
    noCurve: "Not measured yet.",
  },
  listen: {
    heading: "Listen",
    play: "Play",
    opening: "Opening the song…",
    invite: "Hear it before and after, switching at the same moment.",
    inviteOne: "Hear it as it is.",
    position: "Position in the song",
    at: (now: string, all: string) => `${now} of ${all}`,
    before: "Hear before",
    after: "Hear after",
    match: "Match loudness",
    matched: "Both play equally loud, so that the louder one does not win.",
    asTheyAre: "Each plays at its own loudness.",
    planned: (db: string) =>
      `Not leveled yet: after is the song at its planned gain of ${db} dB, without limiting.`,
    single: "The song needs no gain, so there is one version to hear.",
    onlyAfter: "The original was replaced and no copy kept, so only the leveled song can be heard.",
    cut: (length: string) => `Only the first ${length} can be heard here: the song is very long.`,
    hearing: { before: "Playing before", after: "Playing after" },
    paused: "Not playing",
    keys: { play: "Space", seek: "← →", switch: "B" },
    keysFor: { play: "play", seek: "5 s", switch: "before or after" },
    noSound: "This browser cannot play sound from here.",
  },
  blind: {
    heading: "Blind test",
    open: "Blind test",
    invite: "Can you hear what was done? Ten times you say which of the two X is.",
    compare: "Compare",
    pair: (a: string, b: string) => `${a} and ${b}`,
    versions: {
      source: "original",
      leveled: "leveled",
      encoded: "encoded again",
      lossless: "not encoded",
    },
    hear: (which: string, version: string) => `${which}: ${version}`,
    hearX: "X: one of them",
    isA: "X is A",
    isB: "X is B",
    giveUp: "Give up the test",
    again: "Test once more",
    close: "End the test",
    trial: (n: number, all: number) =>
      `Trial ${n} of ${all}. All three play at the same moment and equally loud. How many were right comes at the end.`,
    result: (right: number, all: number, p: string) =>
      `${right} of ${all} right (p = ${p}: who hears no difference gets so many or more right that often).`,
    convincing: "That is more than chance: a difference was heard.",
    notConvincing: "That may be chance: it does not show that a difference was heard.",
    inDetail: (right: number, all: number, p: string, a: string, b: string) =>
      `${right} of ${all} right, p = ${p} (${a} and ${b})`,
    preparing: "Leveling it the other way, to be heard only…",
  },
  row: {
    heading: "Songs in a row",
    open: "Hear songs in a row",
    hint: "A few seconds of each song, as loud as it is leveled",
    previous: "Previous song",
    next: "Next song",
    end: "End listening",
    place: (n: number, all: number) => `${n.toLocaleString("en")} of ${all.toLocaleString("en")}`,
    from: (time: string) => `from ${time}`,
    delivered: "leveled",
    planned: "planned",
    asItIs: "as it is",
    opening: "opening…",
    quieter: (db: string) => `All are turned down by ${db} dB to leave room for peaks.`,
  },
  albums: {
    heading: "Albums",
    facts: (by: string, songs: number) => `${by}, ${songsCount(songs)}`,
    levels: (before: string, gain: string, after: string) =>
      `${before} LUFS, ${gain} dB to ${after}`,
    formedBy: {
      tags: "by album artist and title",
      "title-in-folder": "by title, in one folder",
      folder: "by folder",
    },
    loose: "Files without a folder",
    heldBack: "held back by peaks",
    aligned: {
      mean: "LUFS are those of all songs of an album heard as one.",
      loudest: "LUFS are those of the loudest song of an album.",
    },
    inDetail: (name: string, by: string, songs: number, gain: string) =>
      `${name} (${by}, ${songsCount(songs)}), ${gain} dB`,
  },
  report: {
    heading: "Loudness of the songs",
    save: "Save report",
    csv: "Report as CSV",
    print: "Print report",
    printed: (when: string) => `LevelUp report, ${when}`,
    printedTarget: (lufs: string, dbtp: string) =>
      `Target ${lufs} LUFS, true-peak ceiling ${dbtp} dBTP`,
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
    albumsWithin: (lu: string) => `Albums within ${lu} LU of the target`,
    cannotReach: (n: number, lufs: string) =>
      `${songsCount(n)} cannot reach ${lufs} LUFS because of ${n === 1 ? "its" : "their"} peaks`,
    widens: (planned: string, now: string) =>
      `Leveled as planned, the songs would lie ${planned} LU apart, further than the ${now} LU they are now.`,
    albumsCannotReach: (n: number, lufs: string) =>
      `${plural(n, "album", "albums")} cannot reach ${lufs} LUFS because of ${n === 1 ? "its" : "their"} peaks`,
    allAlbumsReach: (lufs: string) => `All albums can reach ${lufs} LUFS.`,
    allReach: (lufs: string) => `All songs can reach ${lufs} LUFS.`,
    setTarget: (lufs: string) => `Set target to ${lufs} LUFS`,
    within: (lu: string) => `Within ${lu} LU of the target`,
    spread: "Quietest to loudest",
    of: (n: number, all: number) => `${n.toLocaleString("en")} of ${all.toLocaleString("en")}`,
    was: (text: string) => `was ${text}`,
    now: (text: string) => `planned, now ${text}`,
    wasUnverified: (text: string) => `expected, was ${text}`,
    leveled: "Leveled",
    tagged: "Tagged",
    measured: "Measured",
    skipped: "Skipped",
    failed: "Failed",
    cancelled: "Stopped",
    elapsed: "Time taken",
    savedIn: (where: readonly string[], tagged: boolean) =>
      `The ${tagged ? "tagged" : "leveled"} songs are in ${listed(where)}.`,
    replaced: (n: number, kept: boolean) =>
      `${plural(n, "original was", "originals were")} replaced. ` +
      (kept ? "A copy of each is kept until you decide." : "No copies were kept."),
    writtenBeside: (n: number) =>
      `${plural(n, "song", "songs")} of another kind than before ${n === 1 ? "lies" : "lie"} beside ${n === 1 ? "its original, which stays" : "their originals, which stay"}.`,
    beside: {
      copied: (n: number, kinds: readonly string[]) =>
        `${plural(n, "file", "files")} beside the songs copied: ${listed(kinds)}.`,
      unchanged: (n: number) =>
        `${plural(n, "file", "files")} beside the songs ${n === 1 ? "was" : "were"} there already.`,
      names: (n: number) =>
        n === 1
          ? "1 name of a song in them follows its new file."
          : `${n.toLocaleString("en")} names of songs in them follow the new files.`,
      failed: (n: number, names: readonly string[]) =>
        `${plural(n, "file", "files")} beside the songs could not be copied: ${listed(names)}.`,
      kinds: {
        cover: (n: number) => plural(n, "cover", "covers"),
        "cue-sheet": (n: number) => plural(n, "cue sheet", "cue sheets"),
        lyrics: (n: number) => plural(n, "lyrics file", "lyrics files"),
        playlist: (n: number) => plural(n, "playlist", "playlists"),
      } satisfies Record<ShownRun["beside"][number]["kind"], (n: number) => string>,
    },
    outcome: {
      measured: (n: number, all: number, part: boolean) =>
        `${outOf(n, all, part)} measured. Nothing was written.`,
      undone: (n: number, all: number, part: boolean) =>
        `${outOf(n, all, part)} as loud as before leveling.`,
      tagged: (n: number, all: number, part: boolean) =>
        `${outOf(n, all, part)} tagged with ${n === 1 ? "its" : "their"} loudness.`,
      "by-album": (n: number, all: number, part: boolean) =>
        `${outOf(n, all, part)} leveled by album.`,
      equal: (n: number, all: number, part: boolean) =>
        all === 1
          ? `The song${part ? " of this batch" : ""} is ${n === 1 ? "" : "not "}at the target loudness.`
          : `${outOf(n, all, part)} equally loud.`,
    },
    inTheList: "In the whole list:",
    quieter: (n: string) => `${n} quieter`,
    failures: (n: string) => `${n} failed`,
    others: (n: string) => `${n} to look at`,
    excluded: (n: string) => `${n} excluded`,
    nudged: (n: string) => `${n} nudged`,
    stopped: (n: string) => `${n} stopped`,
    newTarget: (lufs: string) =>
      `The target is ${lufs} LUFS now: Level again brings all songs there.`,
    showThem: "Show",
    show: {
      problems: "Show what needs a look",
      quieter: "Show quieter",
      failed: "Show failed",
      excluded: "Show left out",
    },
    distribution: "Distribution",
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
          "It decodes each song, measures its loudness (ITU-R BS.1770, EBU R 128), changes its gain, in the file itself or by encoding it again in its own format, and measures the finished file. The number under Result is that of the finished file.",
          "A song that is near enough to the target already is left as it is. In the Leveled folder it is copied unchanged, so that the folder is complete.",
          "A song, or those selected, can be set apart from the rest: excluded, so that nothing is done with it and it counts for no target and no album; nudged louder or quieter in steps of 0.5 dB; or limited in another way. Measure and Start follow.",
          "A leveled song can be heard in a blind test against its original, and against the other way that it could have gone, encoded or not. The result goes into the report.",
          "Covers, cue sheets, lyrics files and playlists that lie beside the songs go along to where the leveled songs are (not with Replace originals, where they stay). Names of songs in cue sheets and playlists follow a new extension. A setting leaves them out.",
          "Tags and covers are carried over. Loudness tags that no longer hold are taken out.",
          "With Loudness tags: Write only tags nothing of the sound is changed. Each song is measured, and what it measures is written into its tags (ReplayGain, in Opus R128, in M4A also the standard’s own), by which players turn it up or down. By album, the album’s values are written too. MP3, FLAC, WAV, AIFF, M4A, Ogg Vorbis, Opus, WavPack and True Audio take such tags.",
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
        title: "Encoding again",
        items: [
          "A lossy song (MP3, AAC, Ogg Vorbis, Opus, WMA) loses something each time it is encoded. Each song’s row says before Start whether it will be encoded, why, and how well that can be heard.",
          "Best sound encodes only what must be: Ogg Vorbis and Opus get their gain exactly in the file itself, MP3 and AAC where a step of 1.5 dB ends within the Accuracy of the target. With the usual 0.2 LU that is about a quarter of them; with 0.75 LU it is all.",
          "Never encode lossy files takes the nearest step and says how far from the target it ends. Peaks of such songs cannot be limited, so that some stay quieter. HE-AAC, WMA and what was to become another kind stay as they are. FLAC, WAV and other lossless songs are leveled as ever.",
          "Always encode brings every song to the target as exactly as its encoder can.",
          "Peaks that have to be limited, and songs that are evened out, can only be encoded. Undo takes back what was changed without encoding, wherever a file has it on record.",
        ],
      },
      {
        title: "Folders and names out of reach",
        items: [
          "The browser does not give out your Home, Desktop, Documents and Downloads folders as a whole, nor folders of the system, because a page that could write there could do harm. Choose a folder inside them, for example Music/Party.",
          'In a chosen folder the browser hides files whose names contain : ? " | * < > or \\, begin with a space, or end with a dot. Drop the folder on the page instead: then they are leveled under the nearest name that can be written. They cannot be replaced.',
          "Symbolic links inside a folder are not followed. Choose the folder that they lead to.",
          "Only Chrome and Edge let a page write into folders. Elsewhere the leveled songs come as a download.",
        ],
      },
      {
        title: "What is written",
        items: [
          "Leveled folder: copies in a folder named Leveled inside yours, with the same tree. Leveling again replaces them; what is unchanged since is left out, unless you ask for all.",
          "Another folder and Download: copies. Files that exist there are never written over; a new one gets a number.",
          "Replace originals: each song takes its original’s place a minute after it is finished, once the system has written it to the disk. It asks first.",
          "A written file carries the time of writing as its modification time; a page in a browser cannot set another one.",
          "The sample songs are leveled in the browser’s own storage. Nothing is saved unless you download it.",
        ],
      },
      {
        title: "Privacy",
        items: [
          "Everything happens in this tab. No song, no name and no number is sent anywhere.",
          "After the first visit it works without a network.",
          "Your settings, those that you kept under names, and the state of a batch that was cut off, are kept in this browser.",
        ],
      },
      {
        title: "Limits",
        items: [
          "The tab must stay open while a batch runs. It asks the computer to stay awake. A batch that was cut off can be resumed when the page is opened again, unless its songs were to be downloaded.",
          "On a slow disk or a network drive fewer workers (More settings) keep songs from waiting for each other; a copy on a fast disk is quicker still.",
          "Songs protected against copying cannot be read. Very long files need much memory: use fewer workers.",
        ],
      },
    ],
  },
} as const;
