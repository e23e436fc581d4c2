import { statSync } from "node:fs";
import { unlink } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { writesAreDurable } from "@/lib/files/swap";
import { folderHandle } from "@/lib/node/disk/handles";
import { type EngineFiles, NodeEngine } from "@/lib/node/engine";
import { fileLocks } from "@/lib/node/file-locks";
import { fileStore } from "@/lib/node/file-store";
import { keepingTimes } from "@/lib/node/keep-times";
import type { Platform, SongSelection } from "@/lib/session/platform";
import type { LevelOptions } from "../options";
import { makeScratchFolder, removeOldScratch, stateFolder } from "./folders";

/** Bytes of a gigabyte, as `navigator.deviceMemory` counts. */
const GIB = 2 ** 30;

/** Node as a session's platform: what a person would pick on the page is what the options name. */
export function nodePlatform(
  { inputs, out, keepTimes }: Pick<LevelOptions, "inputs" | "out" | "keepTimes">,
  files: EngineFiles,
  selection: SongSelection | null,
  writeLog: (line: string) => void,
): Platform {
  writesAreDurable();
  const scratch = makeScratchFolder();
  const engine = new NodeEngine(files, scratch);
  const journal = fileStore(path.join(stateFolder(), "journal"));
  const picked = pickedFolders(inputs);
  return {
    machine: { cores: os.availableParallelism(), memory: os.totalmem() / GIB },
    folders: true,
    engine: () => engine,
    journal: {
      // A shard is begun again, not resumed, and others are at work on the same folders.
      store: selection === null ? journal : { ...journal, put: nothing, remove: nothing },
      locks: stateLocks(),
    },
    pickers: {
      folder: () => Promise.resolve(nextOf(picked)),
      files: () => Promise.resolve({ kind: "nothing" }),
      target: () => Promise.resolve(out === null ? null : folderHandle(out)),
      samples: () => Promise.resolve([]),
    },
    ...(keepTimes && { wrapSink: keepingTimes }),
    writeLog,
    clearScratch: async () => removeOldScratch(),
    removeScratch: (name) => unlink(name),
    runsOverAll: true,
    ...(selection !== null && { selection }),
  };
}

const nothing = () => Promise.resolve();

/** Between the processes of this machine. */
export const stateLocks = () => fileLocks(path.join(stateFolder(), "locks"));

/** Single files are picked with the folder that they lie in, of which nothing else is listed. */
function pickedFolders(inputs: readonly string[]): FileSystemDirectoryHandle[] {
  const files = new Map<string, string[]>();
  const handles: FileSystemDirectoryHandle[] = [];
  for (const input of inputs) {
    if (statSync(input).isDirectory()) handles.push(folderHandle(input));
    else {
      const folder = path.dirname(input);
      files.set(folder, [...(files.get(folder) ?? []), path.basename(input)]);
    }
  }
  return [...handles, ...[...files].map(([folder, names]) => folderHandle(folder, names))];
}

function nextOf(picked: FileSystemDirectoryHandle[]) {
  const handle = picked.shift();
  return handle ? ({ kind: "folder", handle } as const) : ({ kind: "nothing" } as const);
}
