import { get, set } from "idb-keyval";
import {
  chosenOwn,
  ownId,
  ownName,
  type OwnPreset,
  ownPresetOf,
  parseOwnPresets,
  withOwn,
} from "@/lib/settings/own-presets";
import { CUSTOM_PRESET } from "@/lib/settings/presets";
import { parseSettings, type Settings } from "@/lib/settings/settings";

const KEY = "settings";
const OWN_KEY = "own-presets";

interface SettingsSetup {
  readonly initial: Settings;
  /** Without folders results can only be downloaded. */
  readonly folders: boolean;
  onChange(settings: Settings): void;
  onOwn(presets: readonly OwnPreset[]): void;
}

/** The settings that hold: those of an earlier visit, then what is changed. */
export class SessionSettings {
  readonly #setup: SettingsSetup;
  #current: Settings;
  #own: readonly OwnPreset[] = [];

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
    await store(KEY, updated);
  }

  /** Keeps the present settings under a name, in place of others of that name. */
  async keepAs(typed: string): Promise<void> {
    const name = ownName(typed);
    if (name === null) return;
    await this.#setOwn(withOwn(this.#own, ownPresetOf(name, this.#current)));
    await this.update({ preset: ownId(name) });
  }

  /** Nothing where there is none of the name. */
  async choose(name: string): Promise<void> {
    const chosen = this.#own.find((preset) => preset.name === name);
    if (chosen) await this.update(chosenOwn(chosen));
  }

  async rename(from: string, typed: string): Promise<void> {
    const [preset, name] = [this.#own.find((each) => each.name === from), ownName(typed)];
    if (!preset || name === null || name === from) return;
    const others = this.#own.filter((each) => each !== preset);
    await this.#setOwn(withOwn(others, { ...preset, name }));
    if (this.#current.preset === ownId(from)) await this.update({ preset: ownId(name) });
  }

  /** The settings stay as they are. */
  async forget(name: string): Promise<void> {
    await this.#setOwn(this.#own.filter((preset) => preset.name !== name));
    if (this.#current.preset === ownId(name)) await this.update({ preset: CUSTOM_PRESET });
  }

  async load(): Promise<void> {
    try {
      const [stored, own] = [await get<unknown>(KEY), await get<unknown>(OWN_KEY)];
      this.#own = parseOwnPresets(own);
      this.#setup.onOwn(this.#own);
      if (stored !== undefined) this.use(parseSettings(stored));
    } catch {
      // A private window without storage: defaults serve, and nothing is lost.
    }
  }

  async #setOwn(presets: readonly OwnPreset[]): Promise<void> {
    this.#own = presets;
    this.#setup.onOwn(presets);
    await store(OWN_KEY, presets);
  }
}

async function store(key: string, value: unknown): Promise<void> {
  try {
    await set(key, value);
  } catch {
    // Where storage is refused, it holds for this visit.
  }
}
