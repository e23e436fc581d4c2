import { stat, utimes } from "node:fs/promises";
import type { Sink } from "@/lib/files/sinks";
import { DiskFile } from "./disk/disk-file";
import { systemPath } from "./disk/names";

/** Gives what a sink writes the modification time of the file that it was made of. */
export function keepingTimes(sink: Sink): Sink {
  const { beside } = sink;
  const keep = async (source: object, written: Blob) => {
    const [from] = source instanceof DiskFile ? source.parts : [];
    const [to] = written instanceof DiskFile ? written.parts : [];
    if (!from || !to || from instanceof Uint8Array || to instanceof Uint8Array) return;
    const { atimeMs } = await stat(systemPath(to.path));
    await utimes(systemPath(to.path), atimeMs / 1000, from.modified / 1000);
  };
  return {
    async save(song, bytes, extension, saving) {
      const path = await sink.save(song, bytes, extension, saving);
      await keep(saving.source, await sink.reopen(song, path));
      return path;
    },
    async saveUnchanged(song, saving) {
      const path = await sink.saveUnchanged(song, saving);
      if (path !== null) await keep(saving.source, await sink.reopen(song, path));
      return path;
    },
    reopen: (song, path) => sink.reopen(song, path),
    ...(beside && {
      beside: {
        placeOf: (song, output) => beside.placeOf(song, output),
        async copy(file, source, bytes) {
          const copied = await beside.copy(file, source, bytes);
          if (copied.fresh) await keep(source, await sink.reopen(file, copied.output));
          return copied;
        },
      },
    }),
  };
}
