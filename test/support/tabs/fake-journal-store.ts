import type { JournalStore } from "@/lib/journal/storage";

/** What IndexedDB keeps for all tabs of a profile. Values are handed over as they are. */
export class FakeJournalStore implements JournalStore {
  readonly values = new Map<string, unknown>();
  /** Called before each call has its effect; may throw. */
  fault: (call: "entries" | "put" | "remove", key: string) => void = () => undefined;

  async entries() {
    this.fault("entries", "");
    return [...this.values];
  }

  async put(key: string, value: unknown) {
    this.fault("put", key);
    this.values.set(key, value);
  }

  async remove(keys: readonly string[]) {
    for (const key of keys) {
      this.fault("remove", key);
      this.values.delete(key);
    }
  }
}
