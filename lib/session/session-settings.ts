import { get, set } from "idb-keyval";
import { parseSettings, type Settings } from "@/lib/settings/settings";

const KEY = "settings";

interface SettingsSetup {
  readonly initial: Settings;
  /** Without folders results can only be downloaded. */
  readonly folders: boolean;
  onChange(settings: Settings): void;
}

/** The settings that hold: those of an earlier visit, then what is changed. */
export class SessionSettings {
  readonly #setup: SettingsSetup;
  #current: Settings;

  constructor(setup: SettingsSetup) {
    this.#setup = setup;
    this.#current = setup.initial;
  }

  get current(): Settings {
    return this.#current;
  }

  /** For this visit alone. */
  use(settings: Settings): void {
    this.#current = this.#setup.folders ? settings : { ...settings, saveTo: "download" };
    this.#setup.onChange(this.#current);
  }

  /** For this visit and, as far as there is storage, later ones. */
  async update(change: Partial<Settings>): Promise<void> {
    const updated = parseSettings({ ...this.#current, ...change });
    this.use(updated);
    try {
      await set(KEY, updated);
    } catch {
      // Where storage is refused, they hold for this visit.
    }
  }

  async load(): Promise<void> {
    try {
      const stored = await get<unknown>(KEY);
      if (stored !== undefined) this.use(parseSettings(stored));
    } catch {
      // A private window without storage: defaults serve, and nothing is lost.
    }
  }
}
