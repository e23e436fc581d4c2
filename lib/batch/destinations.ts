import type { PickedFile, PickedFolder } from "@/lib/files/picked-file";
import {
  DownloadSink,
  LeveledFolderSink,
  OtherFolderSink,
  ReplaceSink,
  type Sink,
} from "@/lib/files/sinks";
import { refusedFrom } from "@/lib/files/safe-write";
import { AgedSwaps } from "@/lib/files/swap";
import { type ReadyDownload, ZipDownload } from "@/lib/files/zip-download";
import type { Settings } from "@/lib/settings/settings";
import type { RefusalReason } from "@/lib/song/refusals";

/** Where the results of one batch go, song by song. */
export interface Destinations {
  sinkFor(file: PickedFile): Sink;
  /** Whether this song's result is (part of) the download. */
  isDownload(file: PickedFile): boolean;
  /** Null when nothing of the batch is a download. */
  readonly download: ZipDownload | null;
}

/** Results that were taken but could not be kept: a download that could not be finished. */
export interface LostResults {
  readonly reason: RefusalReason;
  readonly detail: string;
  holds(file: PickedFile): boolean;
}

/** A batch's download at its end; nothing stands ready where nothing of the batch is a download. */
type FinishedDownload =
  | { readonly kind: "ready"; readonly download: ReadyDownload | null }
  | { readonly kind: "lost"; readonly results: LostResults };

export async function finishDownload(
  destinations: Pick<Destinations, "download" | "isDownload"> | null,
): Promise<FinishedDownload> {
  if (!destinations?.download) return { kind: "ready", download: null };
  try {
    return { kind: "ready", download: await destinations.download.finish() };
  } catch (error) {
    const { reason, detail } = refusedFrom(error);
    const holds = (file: PickedFile) => destinations.isDownload(file);
    return { kind: "lost", results: { reason, detail, holds } };
  }
}

type DestinationRefusal = "no-folder-chosen" | "permission-denied" | "not-replaceable";

/**
 * Gets every permission that the batch needs, while the person's click still counts for it. Songs
 * that came without their folder cannot be written beside; their results become a download.
 */
export async function openDestinations(
  { saveTo, keepOriginals }: Pick<Settings, "saveTo" | "keepOriginals">,
  files: readonly PickedFile[],
  chooseFolder: () => Promise<FileSystemDirectoryHandle | null>,
): Promise<Destinations | DestinationRefusal> {
  const download = new ZipDownload("Leveled.zip");
  const toDownload = new DownloadSink(download);
  switch (saveTo) {
    case "download":
      return { download, isDownload: () => true, sinkFor: () => toDownload };
    case "folder": {
      const folder = await chooseFolder();
      if (!folder) return "no-folder-chosen";
      if (!(await mayWrite(folder))) return "permission-denied";
      const sink = new OtherFolderSink(folder);
      return { download: null, isDownload: () => false, sinkFor: () => sink };
    }
    case "leveled": {
      const sinks = new Map<PickedFolder, Sink>();
      for (const { folder } of files) {
        if (!folder || sinks.has(folder)) continue;
        if (!(await mayWrite(folder.handle))) return "permission-denied";
        sinks.set(folder, new LeveledFolderSink(folder));
      }
      return {
        download: files.some(({ folder }) => !folder) ? download : null,
        isDownload: ({ folder }) => !folder,
        sinkFor: ({ folder }) => (folder && sinks.get(folder)) ?? toDownload,
      };
    }
    case "replace": {
      // A name that its folder hides fails on its own; it stops no others.
      const shown = files.filter(({ hiddenPath }) => hiddenPath === undefined);
      if (shown.some(({ handle, folder }) => !handle || (keepOriginals && !folder))) {
        return "not-replaceable";
      }
      const asked = new Set<FileSystemHandle>();
      for (const { folder, handle } of files) {
        const place = folder?.handle ?? handle!;
        if (asked.has(place)) continue;
        asked.add(place);
        if (!(await mayWrite(place))) return "permission-denied";
      }
      const sink = new ReplaceSink(keepOriginals, AgedSwaps.ofThisPage());
      return { download: null, isDownload: () => false, sinkFor: () => sink };
    }
  }
}

/** What the page says of each refusal. */
export const destinationText: Record<DestinationRefusal, readonly [message: string, hint: string]> =
  {
    "no-folder-chosen": [
      "No folder was chosen for the results.",
      "Press Start again and choose one, or save to the Leveled folder.",
    ],
    "permission-denied": [
      "The browser was not allowed to write to the folder.",
      "Press Start again and allow it to edit files, or choose Download.",
    ],
    "not-replaceable": [
      "Some songs came without their folder, so they cannot be replaced safely.",
      "Add them with Choose folder, or save them as a download.",
    ],
  };

/** Asks the person where the browser has not been told yet; needs a click then. */
export async function mayWrite(handle: FileSystemHandle): Promise<boolean> {
  const mode = { mode: "readwrite" } as const;
  if ((await handle.queryPermission(mode)) === "granted") return true;
  return (await handle.requestPermission(mode)) === "granted";
}
