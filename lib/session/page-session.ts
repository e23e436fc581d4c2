import { EngineLoader } from "@/lib/browser/engine";
import { startSongWorker } from "@/lib/browser/song-worker";
import { canPickFolders, pickFiles, pickFolder, pickTarget } from "@/lib/files/pickers";
import { loadSamples } from "@/lib/files/samples";
import { browserStore } from "@/lib/journal/storage";
import { clearScratch, removeScratch } from "@/lib/storage/scratch-folder";
import type { Platform } from "./platform";
import { createSession, type Session } from "./session";

/** The page's one session. */
export const createPageSession = (): Session => createSession(page());

const page = (): Platform => ({
  machine: {
    cores: navigator.hardwareConcurrency || 1,
    memory: (navigator as { deviceMemory?: number }).deviceMemory ?? null,
  },
  folders: canPickFolders(),
  engine(onState) {
    const loader = new EngineLoader(document.baseURI, onState);
    const load = () => loader.load();
    return { load, startWorker: async () => startSongWorker(await load()) };
  },
  journal: { store: browserStore(), locks: navigator.locks },
  pickers: {
    folder: () => pickFolder("read"),
    files: pickFiles,
    target: pickTarget,
    samples: () => loadSamples(document.baseURI),
  },
  clearScratch,
  removeScratch,
});
