import { type SongBytes, sizeOf } from "@/lib/storage/song-bytes";
import { audioPrint } from "../audio/audio-print";
import { HashedFile } from "../hashed-file";
import type { FilePrint } from "../manifest/entry";
import { PathClaims, splitPath, withExtension } from "../names";
import { keepOriginal, type KeptOriginal, originOf, recordOf } from "../originals";
import { dropKept, putBack, removeEmptyOriginals } from "../restore";
import type { PickedFile } from "../picked-file";
import {
  exists,
  fileAt,
  overwriteSafely,
  refusedFrom,
  WriteRefused,
  writeFileSafely,
} from "../safe-write";
import { sha256 } from "../sha256";
import type { AgedSwaps } from "../swap";
import { openSame, type Saving, type Sink } from "./sink";

/** Milliseconds between the record of a swap and its wait (`LONGEST_SWAP` counts both). */
const MOST_BEFORE_WAIT = 30_000;

/**
 * In place of the original, if that is still the file that was read. A copy of the original is kept
 * first; then the new bytes are written beside it and lie for as long as `swaps` asks; then the
 * browser swaps them in as a whole, which keeps the file's mode; then what arrived is compared, and
 * the original put back if it is not what was sent. A song that changes its kind does not take the
 * original's place: it is written beside it, numbered where that name exists.
 */
export class ReplaceSink implements Sink {
  readonly #keepOriginals: boolean;
  readonly #swaps: AgedSwaps;
  /** By folder: two songs that become the same name must not both find it free. */
  readonly #claims = new Map<FileSystemDirectoryHandle, PathClaims>();

  constructor(keepOriginals: boolean, swaps: AgedSwaps) {
    this.#keepOriginals = keepOriginals;
    this.#swaps = swaps;
  }

  async save(
    song: PickedFile,
    bytes: SongBytes,
    extension: string,
    saving: Saving,
  ): Promise<string> {
    const path = withExtension(song.path, extension);
    if (path === song.path && song.handle) {
      await this.#replace(song, song.handle, bytes, saving);
      return path;
    }
    if (!song.parent) throw refusedFrom(new TypeError("The file came without its folder."));
    return this.#writeBeside(song.parent, path, bytes, saving);
  }

  /** A song that was leveled before and would need nothing gets its original bytes back. */
  async saveUnchanged(song: PickedFile, saving: Saving): Promise<string | null> {
    if (!saving.original || !song.handle) return null;
    await this.#replace(song, song.handle, saving.original, saving);
    return song.path;
  }

  async reopen(song: PickedFile, path: string): Promise<Blob> {
    if (path === song.path) return song.open();
    return fileAt(song.parent!, splitPath(path)[1]);
  }

  async #writeBeside(
    parent: FileSystemDirectoryHandle,
    path: string,
    bytes: SongBytes,
    saving: Saving,
  ): Promise<string> {
    let claims = this.#claims.get(parent);
    if (!claims) this.#claims.set(parent, (claims = new PathClaims()));
    const claimed = await claims.claim(path, (candidate) =>
      exists(parent, splitPath(candidate)[1]),
    );
    try {
      await saving.announce(claimed, bytes);
      await writeFileSafely(parent, splitPath(claimed)[1], bytes);
    } catch (error) {
      claims.release(claimed);
      throw error;
    }
    return claimed;
  }

  async #replace(
    song: PickedFile,
    handle: FileSystemFileHandle,
    bytes: SongBytes,
    saving: Saving,
  ): Promise<void> {
    const before = new HashedFile(await openSame(song, saving.source));
    // What is waited for is compared by its hash: `bytes` are gone by then.
    let sent: FilePrint = { sha256: await sha256(bytes), size: sizeOf(bytes), lastModified: null };
    await saving.announce(song.path, bytes);
    let fresh = false;
    let swapping = false;
    let kept: KeptOriginal | null = null;
    let recorded = -Infinity;
    const record = async (written: FilePrint) => {
      await kept?.folder.manifest.record(recordOf(kept, written, saving.made));
      recorded = Date.now();
    };
    try {
      const swaps = this.#swaps;
      if (this.#keepOriginals) {
        ({ kept, fresh } = await swaps.withRoom(() => keepOriginal(song, before)));
      } else ({ kept } = await originOf(song, before));
      const audio = kept && (await audioPrint(bytes));
      if (audio) sent = { ...sent, audio };
      await record(sent);
      const beforeSwap = async (age: AgedSwaps["age"]) => {
        const wait = async () => {
          // Whoever removes copies during the wait has to know of it.
          if (Date.now() - recorded > MOST_BEFORE_WAIT) await record(sent);
          await age(saving.onWaiting, saving.signal);
          await openSame(song, saving.source);
          return !this.#keepOriginals || (await isKept(kept!));
        };
        if (!(await wait())) {
          // Another tab had put this original back before, and took its copy away just now.
          ({ kept, fresh } = await keepOriginal(song, before));
          await record(sent);
          if (!(await wait())) {
            throw new WriteRefused("no-backup", "The copy of the original is gone.");
          }
        }
        swapping = true;
      };
      await swaps.withRoom(() =>
        swaps.hold((age) => overwriteSafely(handle, bytes, () => beforeSwap(age))),
      );
      const arrived = await handle.getFile();
      if (await new HashedFile(arrived).is(sent)) {
        // The date only spares others a look at the bytes. Waited for, so that no write outlives
        // the batch.
        await record({ ...sent, lastModified: arrived.lastModified }).catch(() => undefined);
        return;
      }
      throw new WriteRefused("write-failed", "What arrived on disk is not what was sent.");
    } catch (error) {
      const { reason, detail } = refusedFrom(error);
      const harmed = swapping && !(await isStill(song, before.file));
      if (harmed) throw new WriteRefused(reason, `${detail} ${await backAgain(song, kept)}`);
      // Nothing of ours has arrived: the copy of the song as it is tells nothing.
      if (fresh) await dropKept(song, sent);
      if (saving.signal?.aborted) {
        // Others may still be writing into it; the last of them finds it empty.
        await removeEmptyOriginals(song).catch(() => undefined);
        saving.signal.throwIfAborted();
      }
      throw new WriteRefused(reason, detail);
    }
  }
}

const isKept = async ({ folder, path, source }: KeptOriginal): Promise<boolean> =>
  (await fileAt(folder.handle, path).catch(() => null))?.size === source.size;

const isStill = (song: PickedFile, before: Saving["source"]): Promise<boolean> =>
  openSame(song, before).then(
    () => true,
    () => false,
  );

async function backAgain(song: PickedFile, kept: KeptOriginal | null): Promise<string> {
  const original = kept && (await fileAt(kept.folder.handle, kept.path).catch(() => null));
  const back =
    original &&
    (await putBack(song, original).then(
      () => true,
      () => false,
    ));
  return back ? "The original was put back." : "The original could not be put back.";
}
