import { isDelivered } from "@/lib/song/song";
import type { SessionState, ShownRun } from "@/lib/session/session-state";
import { strings } from "../strings";

const t = strings.report;

/** Where the songs of the last run are now, in sentences. */
export function whereSongsAre({ run, songs }: Pick<SessionState, "run" | "songs">): string[] {
  if (!run || run.mode === "measure") return [];
  const places = new Set<string>();
  let [replaced, besideOriginal] = [0, 0];
  for (const id of run.ids) {
    const song = songs.get(id);
    if (!song?.output || !isDelivered(song.status)) continue;
    switch (run.settings.saveTo) {
      case "leveled":
        if (song.folder !== null) places.add(`${song.folder}/${song.output.split("/")[0]}`);
        break;
      case "folder":
        if (run.target !== null) places.add(run.target);
        break;
      case "replace":
        if (song.output === song.path) replaced += 1;
        else besideOriginal += 1;
        break;
      case "download":
    }
  }
  return [
    ...(places.size > 0 ? [t.savedIn([...places], run.settings.loudnessTags === "only")] : []),
    ...(replaced > 0 ? [t.replaced(replaced, run.settings.keepOriginals)] : []),
    ...(besideOriginal > 0 ? [t.writtenBeside(besideOriginal)] : []),
  ];
}

/** What became of the files beside the songs, in sentences. */
export function whatLiesBeside(
  files: readonly Pick<ShownRun["beside"][number], "path" | "kind" | "status" | "names">[],
): string[] {
  const of = (status: string) => files.filter((file) => file.status === status);
  const [copied, unchanged, failed] = [of("copied"), of("unchanged"), of("failed")];
  const kinds = (["cover", "cue-sheet", "lyrics", "playlist"] as const).flatMap((kind) => {
    const count = copied.filter((file) => file.kind === kind).length;
    return count > 0 ? [t.beside.kinds[kind](count)] : [];
  });
  const names = copied.reduce((sum, file) => sum + file.names, 0);
  return [
    ...(copied.length > 0 ? [t.beside.copied(copied.length, kinds)] : []),
    ...(names > 0 ? [t.beside.names(names)] : []),
    ...(unchanged.length > 0 ? [t.beside.unchanged(unchanged.length)] : []),
    ...(failed.length > 0
      ? [
          t.beside.failed(
            failed.length,
            failed.map(({ path }) => path),
          ),
        ]
      : []),
  ];
}
