import { pathKey } from "../names";
import { folderAt } from "../safe-write";
import { entriesIn, textOf, type ManifestEntry } from "./entry";

/** In each folder of ours: the files that say what the others are. */
export const MANIFEST_FOLDER = ".levelup";

export const ourKinds = ["Leveled", "Originals"] as const;
/** Results of songs, or the originals of those that were replaced. */
export type OurKind = (typeof ourKinds)[number];

/**
 * A file of entries is added to, which means written anew and swapped in, only for this long. So an
 * entry that is older than this and has then had time to get to the disk is lost by no power cut.
 */
export const SEGMENT_MILLISECONDS = 5_000;

/** How long what was read is believed to be all: others write at the same time now and then. */
const FRESH_MILLISECONDS = 60_000;

/** The kind of our folder that a manifest file's name tells of: names are safe where bytes are not. */
export const kindOfManifestFile = (name: string): OurKind | undefined =>
  ourKinds.find((kind) => name.startsWith(`${kind.toLowerCase()}-`) && name.endsWith(".jsonl"));

/**
 * What is on record of one folder of ours. Each writer (a tab, a profile) has files of its own
 * under a random name, and everyone reads those of all; so nobody overwrites another's record.
 */
export class Manifest {
  readonly #root: FileSystemDirectoryHandle;
  readonly #path: string;
  readonly #kind: OurKind;
  readonly #now: () => number;
  readonly #writer = crypto.randomUUID().slice(0, 8);
  readonly #byPath = new Map<string, ManifestEntry[]>();
  readonly #bySong = new Map<string, ManifestEntry[]>();
  /** How many entries of each file are known; files are only ever added to. */
  readonly #known = new Map<string, number>();
  /** Bytes of each file when it was read: a file that has grown is read again. */
  readonly #sizes = new Map<string, number>();
  #segment = { number: 0, begun: -Infinity, entries: [] as readonly ManifestEntry[] };
  /** Entries that wait for the writing that goes on. */
  #next: { readonly entries: ManifestEntry[]; readonly written: Promise<void> } | null = null;
  #writing: Promise<void> = Promise.resolve();
  #read: Promise<void> = Promise.resolve();
  #readAt = -Infinity;

  /** Of the folder of ours at `path` below `root`. */
  constructor(
    root: FileSystemDirectoryHandle,
    path: string,
    kind: OurKind,
    now: () => number = Date.now,
  ) {
    this.#root = root;
    this.#path = path;
    this.#kind = kind;
    this.#now = now;
  }

  /** What is known of a file in the folder, the oldest first. */
  of(path: string): Promise<readonly ManifestEntry[]> {
    return this.#entries(this.#byPath, path);
  }

  /** The same of a song beside the folder. */
  ofSong(song: string): Promise<readonly ManifestEntry[]> {
    return this.#entries(this.#bySong, song);
  }

  /** Every file that is on record. */
  async paths(): Promise<string[]> {
    await this.#current();
    return [...this.#byPath.values()].map(([first]) => first!.path);
  }

  /** Reads what others wrote since. Files that cannot be read are left out. */
  refresh(): Promise<void> {
    this.#readAt = this.#now();
    return (this.#read = this.#readNew());
  }

  #current(): Promise<void> {
    return this.#now() - this.#readAt > FRESH_MILLISECONDS ? this.refresh() : this.#read;
  }

  /** Comes back when the entry is on record. Entries that come meanwhile are written together. */
  record(entry: ManifestEntry): Promise<void> {
    return this.#append([entry]);
  }

  /** Makes the mark: a manifest without entries. */
  begin(): Promise<void> {
    return this.#append([]);
  }

  #append(added: readonly ManifestEntry[]): Promise<void> {
    if (!this.#next) {
      const entries: ManifestEntry[] = [];
      const written = this.#writing.then(() => {
        this.#next = null;
        return this.#write(entries);
      });
      this.#next = { entries, written };
      this.#writing = written.catch(() => undefined);
    }
    this.#next.entries.push(...added);
    return this.#next.written;
  }

  async #entries(
    index: ReadonlyMap<string, readonly ManifestEntry[]>,
    path: string,
  ): Promise<readonly ManifestEntry[]> {
    await this.#current();
    return (index.get(pathKey(path)) ?? []).toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  }

  async #write(added: readonly ManifestEntry[]): Promise<void> {
    if (this.#now() - this.#segment.begun > SEGMENT_MILLISECONDS) {
      this.#segment = { number: this.#segment.number + 1, begun: this.#now(), entries: [] };
    }
    const { number, entries } = this.#segment;
    const name = `${this.#kind.toLowerCase()}-${this.#writer}-${number}.jsonl`;
    const all = [...entries, ...added];
    const text = new Blob([textOf(all)]);
    const folder = await folderAt(this.#root, this.#path);
    const place = await folder.getDirectoryHandle(MANIFEST_FOLDER, { create: true });
    const writable = await (await place.getFileHandle(name, { create: true })).createWritable();
    try {
      await writable.write(text);
      await writable.close();
    } catch (error) {
      await writable.abort().catch(() => undefined);
      throw error;
    }
    this.#segment.entries = all;
    this.#learn(name, all);
  }

  async #readNew(): Promise<void> {
    let place: FileSystemDirectoryHandle;
    try {
      place = await folderAt(this.#root, `${this.#path}/${MANIFEST_FOLDER}`);
    } catch {
      // Nothing is on record: an earlier version's folder, or one that is gone.
      return;
    }
    for await (const file of place.values()) {
      if (file.kind !== "file" || kindOfManifestFile(file.name) !== this.#kind) continue;
      try {
        const now = await file.getFile();
        if (this.#sizes.get(file.name) === now.size) continue;
        this.#learn(file.name, entriesIn(await now.text()));
        this.#sizes.set(file.name, now.size);
      } catch {
        // Being written at this moment, or unreadable: what it says is not known.
      }
    }
  }

  #learn(file: string, entries: readonly ManifestEntry[]): void {
    for (const entry of entries.slice(this.#known.get(file) ?? 0)) {
      for (const [index, key] of [
        [this.#byPath, entry.path],
        [this.#bySong, entry.song],
      ] as const) {
        index.set(pathKey(key), [...(index.get(pathKey(key)) ?? []), entry]);
      }
    }
    this.#known.set(file, Math.max(entries.length, this.#known.get(file) ?? 0));
  }
}
