import { makeZip } from "client-zip";
import { SCRATCH_FOLDER } from "@/lib/storage/scratch-folder";
import { storedEntry } from "./zip-entry";
import { withZip64End } from "./zip/zip64-end";

/** What stands ready when a batch ends. */
export interface ReadyDownload {
  readonly name: string;
  readonly url: string;
  readonly size: number;
}

/** As if the person had clicked a link to it. */
export function startDownload({ name, url }: ReadyDownload): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}

interface Entry {
  readonly name: string;
  readonly input: Blob;
  readonly lastModified: Date;
}

/**
 * Collects results for one download. From the second song on they go straight into a zip on disk
 * (in the origin-private file system), so memory does not grow with the batch. Songs do not
 * compress, so the zip only stores.
 */
export class ZipDownload {
  readonly #archiveName: string;
  #first: Entry | null = null;
  #zip: OpenZip | null = null;
  #finished: Blob | null = null;
  /** Entries are written one after another. */
  #last: Promise<void> = Promise.resolve();

  constructor(archiveName: string) {
    this.#archiveName = archiveName;
  }

  add(name: string, input: Blob): Promise<void> {
    const entry = { name, input, lastModified: new Date() };
    const added = this.#last.then(() => this.#add(entry));
    this.#last = added.catch(() => undefined);
    return added;
  }

  /** Null when nothing was added. */
  async finish(): Promise<ReadyDownload | null> {
    await this.#last;
    if (!this.#first) return null;
    const name = this.#zip ? this.#archiveName : this.#first.name.split("/").at(-1)!;
    const blob = this.#zip ? await this.#zip.finish() : this.#first.input;
    this.#finished = blob;
    return { name, url: URL.createObjectURL(blob), size: blob.size };
  }

  /** One song out of the finished download. */
  async entry(name: string): Promise<Blob> {
    if (this.#first?.name === name) return this.#first.input;
    const found = this.#zip && this.#finished && (await storedEntry(this.#finished, name));
    if (!found) throw new Error(`${name} is not in the download.`);
    return found;
  }

  async #add(entry: Entry): Promise<void> {
    if (!this.#first) {
      this.#first = entry;
      return;
    }
    if (!this.#zip) {
      this.#zip = await OpenZip.create();
      await this.#zip.add(this.#first);
    }
    await this.#zip.add(entry);
  }
}

/** A zip being written: client-zip pulls entries, its bytes stream into the target. */
class OpenZip {
  readonly #target: ZipTarget;
  readonly #entries = new TransformStream<Entry, Entry>();
  readonly #writer = this.#entries.writable.getWriter();
  readonly #written: Promise<void>;
  #count = 0;

  private constructor(target: ZipTarget) {
    this.#target = target;
    const bytes = makeZip(readAll(this.#entries.readable), { buffersAreUTF8: true });
    this.#written = bytes.pipeThrough(withZip64End(() => this.#count)).pipeTo(target.writable);
    // Whoever adds or finishes hears of a failure; it must not count as unhandled before.
    this.#written.catch(() => undefined);
  }

  static async create(): Promise<OpenZip> {
    return new OpenZip(await openTarget());
  }

  async add(entry: Entry): Promise<void> {
    // Taken as soon as the entry before it is on disk; a failed target must not leave it waiting.
    await Promise.race([this.#writer.write(entry), this.#failure()]);
    this.#count++;
  }

  async finish(): Promise<Blob> {
    await Promise.race([this.#writer.close(), this.#failure()]);
    await this.#written;
    return this.#target.toBlob();
  }

  #failure(): Promise<never> {
    return new Promise((_, reject) => this.#written.catch(reject));
  }
}

async function* readAll(stream: ReadableStream<Entry>): AsyncGenerator<Entry> {
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}

interface ZipTarget {
  readonly writable: WritableStream<Uint8Array>;
  toBlob(): Promise<Blob>;
}

async function openTarget(): Promise<ZipTarget> {
  try {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(SCRATCH_FOLDER, { create: true });
    const file = await folder.getFileHandle(`${crypto.randomUUID()}.zip`, { create: true });
    const writable = await file.createWritable();
    return {
      writable: writable as unknown as WritableStream<Uint8Array>,
      toBlob: () => file.getFile(),
    };
  } catch {
    // No private file system (a private window, say): the browser keeps the parts instead.
    const parts: Blob[] = [];
    return {
      writable: new WritableStream({
        write: (chunk) => void parts.push(new Blob([chunk as Uint8Array<ArrayBuffer>])),
      }),
      toBlob: () => Promise.resolve(new Blob(parts, { type: "application/zip" })),
    };
  }
}
