import { type SongBytes, asBlob } from "@/lib/storage/song-bytes";
import { PathClaims, safePath, withExtension } from "../names";
import type { PickedFile } from "../picked-file";
import type { ZipDownload } from "../zip-download";
import { type BesideSink, besideSong, openSource, type Saving, type Sink } from "./sink";

/** One download at the end: the song itself, or a zip of several. */
export class DownloadSink implements Sink {
  readonly #download: ZipDownload;
  readonly #claims = new PathClaims();

  constructor(download: ZipDownload) {
    this.#download = download;
  }

  save(song: PickedFile, bytes: SongBytes, extension: string): Promise<string> {
    return this.#add(withExtension(song.path, extension), bytes);
  }

  async saveUnchanged(song: PickedFile, saving: Saving): Promise<string> {
    return this.#add(song.path, await openSource(song, saving));
  }

  reopen(_song: PickedFile, path: string): Promise<Blob> {
    return this.#download.entry(path);
  }

  readonly beside: BesideSink = {
    copy: async (file, _source, bytes) => ({
      output: await this.#add(file.path, bytes),
      fresh: true,
    }),
    placeOf: (song, output) => Promise.resolve(besideSong(song, output)),
  };

  async #add(path: string, bytes: SongBytes): Promise<string> {
    const claimed = await this.#claims.claim(safePath(path), () => Promise.resolve(false));
    await this.#download.add(claimed, asBlob(bytes));
    return claimed;
  }
}
