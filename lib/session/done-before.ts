import { notBegun, type SongTable } from "@/lib/batch/song-table";
import { EarlierResults } from "@/lib/files/manifest/done-before";
import type { PickedFile } from "@/lib/files/picked-file";
import { doneWith, madeWith } from "@/lib/settings/made-with";
import type { Settings } from "@/lib/settings/settings";
import type { Song, SongId } from "@/lib/song/song";
import { skipText } from "@/lib/song/texts";
import type { SongSelection } from "./platform";

/** Songs that are looked for at the same time. */
const AT_ONCE = 8;

type Place = "leveled" | "replace" | "elsewhere";

interface Done {
  /** `madeWith` of its settings. */
  readonly made: string;
  readonly output: string | null;
}

/** Knows which songs an earlier visit did, and shows it while the same is asked for. */
export class DoneBeforeSongs {
  readonly #table: SongTable;
  readonly #settings: () => Settings;
  readonly #selection: SongSelection | undefined;
  readonly #known = new Map<SongId, Readonly<Record<Place, Done | null>>>();
  #looking: Promise<unknown> = Promise.resolve();

  constructor(table: SongTable, settings: () => Settings, selection?: SongSelection) {
    this.#table = table;
    this.#settings = settings;
    this.#selection = selection;
  }

  /** Looks for what was made of these songs. Rejects never. */
  look(ids: readonly SongId[]): void {
    const looked = this.#lookFor(ids).catch(() => undefined);
    this.#looking = Promise.all([this.#looking, looked]);
  }

  /** Once everything that was added is looked for. */
  async looked(): Promise<void> {
    await this.#looking;
  }

  async #lookFor(ids: readonly SongId[]): Promise<void> {
    const files = ids.map((id) => this.#table.record(id).file);
    const earlier = new EarlierResults(files);
    const waiting = ids.map((id, index) => ({ id, file: files[index]! }));
    const lookOn = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const { id, file } = next;
        this.#known.delete(id);
        const known = {
          leveled: await orNull(earlier.inLeveled(file)),
          replace: await orNull(earlier.inPlace(file)),
          elsewhere: await orNull(this.#elsewhere(file)),
        };
        if (known.leveled ?? known.replace ?? known.elsewhere) this.#known.set(id, known);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lookOn));
    this.show();
    this.#table.flush();
  }

  async #elsewhere(file: PickedFile): Promise<Done | null> {
    const done = await this.#selection?.doneBefore(file);
    return done ? { ...done, made: madeWith(this.#settings()) } : null;
  }

  /**
   * Rows of songs that no batch has taken up say that they were done before, where the settings ask
   * for the very same. By album one song more changes the gain of all of its album, which may be any
   * where albums are not known yet: then none is done before.
   */
  show(): void {
    const settings = this.#settings();
    const { saveTo } = settings;
    const rows = this.#table.ids.map((id) => this.#table.get(id)).filter(isUntouched);
    const found = (id: SongId) => {
      const known = this.#known.get(id);
      const inPlace = saveTo === "leveled" || saveTo === "replace" ? known?.[saveTo] : null;
      return inPlace ?? known?.elsewhere ?? null;
    };
    const made = madeWith(settings);
    const isDone = (id: SongId) => settings.onlyNew && found(id)?.made === made;
    const albumOf = (id: SongId) => this.#selection?.albumOf(this.#table.record(id).file) ?? null;
    const changed = new Set(
      settings.levelBy === "track" ? [] : this.#table.ids.filter((id) => !isDone(id)).map(albumOf),
    );
    for (const row of rows) {
      const { id } = row;
      const before = found(id);
      const done = isDone(id) && !changed.has(null) && !changed.has(albumOf(id));
      const doneBy =
        before && (done || before.made !== made) ? doneWith(settings, before.made) : null;
      if (done === (row.status === "skipped") && doneBy === (row.doneBy ?? null)) continue;
      this.#table.update(id, { ...(done ? doneRow(before!) : notBegun), doneBy });
    }
  }
}

/** What cannot be read is leveled, and its row tells why that cannot be either. */
const orNull = <T>(found: Promise<T>): Promise<T | null> => found.catch(() => null);

/** No batch has taken it up in this visit. */
const isUntouched = ({ status, reason }: Song): boolean =>
  status === "waiting" || (status === "skipped" && reason === "done-before");

const doneRow = ({ output }: Done): Partial<Song> => ({
  ...notBegun,
  ...({ status: "skipped", reason: "done-before", output } as const),
  message: skipText["done-before"],
});
