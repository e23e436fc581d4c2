import type { JournalStore } from "@/lib/journal/storage";
import { type ChromiumDisk, FolderHandle, TabLife } from "./chromium-disk";
import { FakeJournalStore } from "./fake-journal-store";
import { FakeLocks } from "./fake-locks";
import { Tab } from "./tab";
import type { Turns } from "./turns";

/** A profile of a browser: its tabs share what is stored and the locks, and nothing with others. */
export class Profile {
  readonly #disk: ChromiumDisk;
  readonly #turns: Turns;
  readonly #store = new FakeJournalStore();
  readonly #locks = new FakeLocks();

  constructor(disk: ChromiumDisk, turns: Turns) {
    this.#disk = disk;
    this.#turns = turns;
  }

  /** What was cut off, or is at work, by name. */
  get batches(): string[] {
    const keys = [...this.#store.values.keys()];
    return keys.filter((key) => key.startsWith("head ")).map((key) => key.slice("head ".length));
  }

  openTab(): Tab {
    const locks = this.#locks.tab();
    const life = new TabLife(this.#turns, () => locks.close());
    const folder = (path = "") =>
      new FolderHandle(this.#disk, life, path) as unknown as FileSystemDirectoryHandle;
    return new Tab(life, folder, this.#storeOf(life, folder), locks);
  }

  /** A handle that is stored comes out as one of the tab that reads it. */
  #storeOf(life: TabLife, folder: (path: string) => FileSystemDirectoryHandle): JournalStore {
    const copy = (value: unknown): unknown => {
      if (value instanceof FolderHandle) return folder(value.path);
      if (Array.isArray(value)) return value.map(copy);
      if (typeof value !== "object" || value === null) return value;
      if (Object.getPrototypeOf(value) !== Object.prototype) return structuredClone(value);
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copy(each)]));
    };
    const store = this.#store;
    return {
      entries: async () => {
        await life.step();
        return (await store.entries()).map(([key, value]) => [key, copy(value)] as const);
      },
      put: async (key, value) => {
        await life.step();
        await store.put(key, copy(value));
      },
      remove: async (keys) => {
        await life.step();
        await store.remove(keys);
      },
    };
  }
}
