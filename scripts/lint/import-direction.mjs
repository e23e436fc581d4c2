import { eachImport, fromRoot, targetOf } from "./imports.mjs";

/**
 * Which room may import from which. One way only, from the top down: what measures and writes
 * songs must run in a worker, in a test and without a page, so it must not know the page.
 * docs/architecture.md has the table with what each room holds.
 */
const mayImport = {
  app: [
    "lib/session",
    "lib/batch",
    "lib/song",
    "lib/listening",
    "lib/offline",
    "lib/settings",
    "lib/loudness",
  ],
  "lib/session": [
    "lib/browser",
    "lib/journal",
    "lib/batch",
    "lib/pool",
    "lib/files",
    "lib/song",
    "lib/storage",
    "lib/listening",
    "lib/settings",
    "lib/loudness",
  ],
  "lib/browser": ["lib/workers", "lib/pool", "lib/song", "lib/loudness"],
  "lib/node": [
    "lib/workers",
    "lib/journal",
    "lib/pool",
    "lib/files",
    "lib/song",
    "lib/storage",
    "lib/formats",
  ],
  "lib/journal": ["lib/batch", "lib/files", "lib/song", "lib/settings"],
  "lib/batch": ["lib/pool", "lib/files", "lib/song", "lib/storage", "lib/settings", "lib/loudness"],
  "lib/files": ["lib/song", "lib/storage", "lib/formats", "lib/settings"],
  "lib/pool": [],
  "lib/workers": [
    "lib/song-path",
    "lib/storage",
    "lib/ffmpeg",
    "lib/kernel",
    "lib/song",
    "lib/loudness",
  ],
  "lib/song-path": [
    "lib/storage",
    "lib/ffmpeg",
    "lib/kernel",
    "lib/formats",
    "lib/song",
    "lib/settings",
    "lib/loudness",
  ],
  "lib/song": ["lib/storage", "lib/settings", "lib/loudness"],
  "lib/ffmpeg": ["lib/formats", "lib/song", "lib/settings", "lib/loudness"],
  "lib/storage": ["lib/formats"],
  "lib/formats": ["lib/loudness"],
  "lib/kernel": ["lib/loudness"],
  "lib/listening": ["lib/loudness"],
  "lib/settings": ["lib/loudness"],
  "lib/offline": [],
  "lib/loudness": [],
};

const reasons = {
  app: "the page shows and asks; it reaches the engine only through lib/session",
  "lib/batch":
    "a batch talks to songs only through the pool's workers, so that all heavy work stays off the page",
  "lib/pool": "the pool knows nothing of songs and nothing of a platform: both are handed in",
  "lib/song-path":
    "a song's path runs in a worker, in a test and in Node, so it knows none of them",
  "lib/loudness":
    "the arithmetic of loudness is pure: it depends on nothing, so that anyone can check it",
};

const roomOf = (file) =>
  Object.keys(mayImport).find((room) => file === room || file.startsWith(`${room}/`));

/** An import that goes up, or sideways, is reported with the reason. */
export const importDirection = {
  meta: { type: "problem", schema: [], messages: { wrong: "{{text}}" } },
  create(context) {
    const file = fromRoot(context.filename);
    const from = roomOf(file);
    if (from === undefined) return {};
    const report = (node, to) => {
      const reason = reasons[from] ?? `it may import only from ${mayImport[from].join(", ")}`;
      const text = `${from} must not import from ${to}: ${reason}.`;
      context.report({ node, messageId: "wrong", data: { text } });
    };
    return eachImport((node, source) => {
      if (typeof source?.value !== "string") return;
      const target = targetOf(file, source.value);
      // Packages have no direction; lib/loudness does without them too.
      if (target === null) {
        if (from === "lib/loudness") report(node, source.value);
        return;
      }
      const to = roomOf(target);
      if (to !== from && !mayImport[from].includes(to)) report(node, to ?? target);
    });
  },
};
