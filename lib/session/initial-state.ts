import { defaultSettings } from "@/lib/settings/settings";
import type { SessionState } from "./session-state";
import { totalsOf } from "@/lib/batch/totals";

/** A session before anything was added. */
export const initialState = (capabilities: SessionState["capabilities"]): SessionState => ({
  phase: "ready",
  settings: capabilities.folders ? defaultSettings : { ...defaultSettings, saveTo: "download" },
  ownPresets: [],
  order: [],
  songs: new Map(),
  totals: totalsOf(new Map(), {
    ids: [],
    elapsed: 0,
    measuring: false,
    swaps: { age: 0, left: null },
  }),
  workers: [],
  engine: { kind: "idle" },
  intake: null,
  log: [],
  question: null,
  download: null,
  notice: null,
  unfinished: null,
  originalsKept: false,
  lookingForUndo: false,
  capabilities,
  folders: [],
  run: null,
});
