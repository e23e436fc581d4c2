import { type AlbumMember, albumOf } from "@/lib/batch/albums/grouping";
import type { Intake } from "@/lib/files/intake";
import { removeLeftoversAt } from "@/lib/files/leftovers";
import { findOurFolder } from "@/lib/files/manifest/our-folder";
import type { PickedFile, PickedFolder } from "@/lib/files/picked-file";
import { fileAt } from "@/lib/files/safe-write";
import { folderHandle } from "@/lib/node/disk/handles";
import type { SongSelection } from "@/lib/session/platform";
import type { Settings } from "@/lib/settings/settings";
import { Failure } from "../failure";
import { albumTagsOf } from "../shards/archive-tags";
import type { MeasuredAlbums } from "../shards/measured-albums";
import type { ReportedRun, ReportFile } from "../shards/report-lines";
import { type Shard, songsOfShard } from "../shards/shard";
import { refuseSplitAlbums } from "../shards/split-albums";

interface ShardSetup {
  readonly shard: Shard;
  readonly settings: Settings;
  /** Absolute; null where results lie with the songs. */
  readonly out: string | null;
  /** What the shard's report told before this run. */
  readonly earlier: ReportedRun | null;
  /** Null where albums have to lie in one folder each. */
  readonly measured: MeasuredAlbums | null;
}

/** The songs of an archive that one shard does, and which of them it has done before. */
export class ShardSongs implements SongSelection {
  readonly #setup: ShardSetup;
  readonly #told: ReadonlyMap<string, ReportFile>;
  readonly #taken: PickedFile[] = [];
  /** Folders, by their paths, that hold songs of other shards. */
  readonly #shared = new Set<string>();
  /** Of all shards, by album. */
  readonly #members: AlbumMember[] = [];
  readonly #albums = new Map<PickedFile, string>();
  /** Paths of the songs of all shards. */
  readonly #found: string[] = [];

  constructor(setup: ShardSetup) {
    this.#setup = setup;
    this.#told = new Map(setup.earlier?.files.map((file) => [file.path, file]));
  }

  /** Songs of all shards. */
  get found(): number {
    return this.#found.length;
  }

  async takes({ songs, leftOut }: Intake): Promise<Pick<Intake, "songs" | "leftOut">> {
    const { shard, settings, measured } = this.#setup;
    for (const { path } of songs) this.#found.push(path);
    const isOurs = measured && (({ path }: PickedFile) => measured.isIn(path, shard));
    const ours = isOurs ? songs.filter(isOurs) : songsOfShard(songs, shard);
    if (isOurs) for (const song of songs) if (!isOurs(song)) this.#shared.add(folderOf(song));
    if (settings.levelBy === "album") {
      // Of all shards, to see that no album is torn; measuring tears none.
      for (const song of measured ? ours : songs) await this.#readAlbum(song);
    }
    this.#taken.push(...ours);
    return { songs: ours, leftOut: songsOfShard(leftOut, shard) };
  }

  /** Throws what is wrong usage where an album would be torn apart. */
  requireWholeAlbums(): void {
    const { measured, shard } = this.#setup;
    if (measured) return measured.requireAll(this.#found);
    const refusal = refuseSplitAlbums(this.#members, shard);
    if (refusal !== null) throw new Failure(refusal.message, { exitCode: 2 });
  }

  albumOf(song: PickedFile): string | null {
    return this.#albums.get(song) ?? null;
  }

  async doneBefore(song: PickedFile): Promise<{ readonly output: string | null } | null> {
    const { earlier, out } = this.#setup;
    const told = this.#told.get(song.path);
    if (!earlier || !told || !isForGood(told)) return null;
    if (!(song.lastModified < Date.parse(earlier.head.startedAt ?? ""))) return null;
    const output = typeof told["output"] === "string" ? told["output"] : null;
    const place = out === null ? song.folder?.handle : folderHandle(out);
    if (output !== null && !(place && (await isThere(place, output)))) return null;
    return { output };
  }

  /**
   * Removes what a run of this shard that was killed was just writing: only in folders that are
   * this shard's alone, since others are being written to.
   */
  async removeLeftovers(): Promise<void> {
    const { out, settings } = this.#setup;
    const nested = this.#taken.filter(
      (song) => song.path.includes("/") && !this.#shared.has(folderOf(song)),
    );
    const paths = (folder: PickedFolder | null) =>
      nested.filter((song) => song.folder === folder).map(({ path }) => path);
    for (const folder of new Set(nested.flatMap((song) => song.folder ?? []))) {
      const ours = paths(folder);
      if (out !== null) {
        await removeLeftoversAt(folderHandle(out), ours);
        continue;
      }
      if (settings.saveTo === "replace") await removeLeftoversAt(folder.handle, ours);
      const kind = settings.saveTo === "replace" ? "Originals" : "Leveled";
      const place = await findOurFolder(folder.handle, "", kind);
      if (place) await removeLeftoversAt(place.handle, ours);
    }
  }

  async #readAlbum(song: PickedFile): Promise<void> {
    const { path, folder } = song;
    const { measured } = this.#setup;
    if (measured) {
      const album = measured.albumOf(path);
      if (album !== null) this.#albums.set(song, album);
      return;
    }
    const member = { path, root: folder?.name ?? "", tags: await albumTagsOf(song) };
    this.#members.push(member);
    this.#albums.set(song, albumOf(member).key);
  }
}

/** A song that failed, or was stopped, is done again. */
const isForGood = ({ status, reason }: ReportFile): boolean =>
  status === "leveled" || status === "tagged" || (status === "skipped" && reason !== "excluded");

const folderOf = ({ path }: PickedFile): string => path.slice(0, path.lastIndexOf("/") + 1);

const isThere = (place: FileSystemDirectoryHandle, path: string): Promise<boolean> =>
  fileAt(place, path).then(
    () => true,
    () => false,
  );
