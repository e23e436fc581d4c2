import type { LevelOutcome } from "@/lib/song/outcome";
import type { SongCalls, SongTask } from "@/lib/song/task";
import type { WorkerSetup } from "@/lib/workers/protocol";
import { DiskFile, type DiskFileParts } from "./disk/disk-file";

/** Between threads a file goes as what it consists of: Node clones no file of another's making. */

interface NodeWorkerSetup extends WorkerSetup {
  /** Folder for temporary files. */
  readonly scratch: string;
}

type Sent<Task extends SongTask> = Omit<Task, "file"> & { readonly file: DiskFileParts };
type SentOutcome =
  | Exclude<LevelOutcome, { kind: "leveled" }>
  | (Omit<Extract<LevelOutcome, { kind: "leveled" }>, "bytes"> & {
      readonly bytes: DiskFileParts | readonly Uint8Array<ArrayBuffer>[];
    });

/** `SongCalls` as they go through a port. */
export interface SentCalls {
  prepare(setup: NodeWorkerSetup): Promise<void>;
  measure(task: Sent<SongTask>): ReturnType<SongCalls["measure"]>;
  level(task: Sent<Parameters<SongCalls["level"]>[0]>): Promise<SentOutcome>;
  undo(task: Sent<SongTask>): Promise<SentOutcome>;
  listen(task: Sent<Parameters<SongCalls["listen"]>[0]>): ReturnType<SongCalls["listen"]>;
}

const partsOf = ({ name, lastModified, parts }: DiskFile): DiskFileParts => ({
  ...{ name, lastModified, parts },
});

export function sentTask<Task extends SongTask>(task: Task): Sent<Task> {
  if (!(task.file instanceof DiskFile)) throw new Error(`${task.file.name} is no file on disk.`);
  return { ...task, file: partsOf(task.file) };
}

export const receivedTask = <Task extends SongTask>(task: Sent<Task>): Task =>
  ({ ...task, file: new DiskFile(task.file) }) as unknown as Task;

export function sentOutcome(outcome: LevelOutcome): SentOutcome {
  if (outcome.kind !== "leveled") return outcome;
  const { bytes } = outcome;
  if (!(bytes instanceof Blob)) return { ...outcome, bytes };
  if (!(bytes instanceof DiskFile)) throw new Error("A result is no file on disk.");
  return { ...outcome, bytes: partsOf(bytes) };
}

export function receivedOutcome(outcome: SentOutcome): LevelOutcome {
  if (outcome.kind !== "leveled") return outcome;
  const { bytes } = outcome;
  return { ...outcome, bytes: "parts" in bytes ? new DiskFile(bytes) : bytes };
}
