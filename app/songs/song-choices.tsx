"use client";

import { useId } from "react";
import { descriptions } from "@/lib/settings/descriptions";
import { nudgedBy, type SongChoice } from "@/lib/song/choice";
import type { SongId } from "@/lib/song/song";
import { isRunning, useActions, useSession } from "../session";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { gain } from "../ui/numbers";

const t = strings.songs.choice;
const peaks = descriptions.whenPeaksTooHigh.texts;

/** The same of all of them; undefined where they differ. */
const common = <T,>(values: readonly T[]): T | undefined =>
  values.every((value) => value === values[0]) ? values[0] : undefined;

/** What is wanted of some songs apart from the rest of their batch. */
export function SongChoices({ ids }: { ids: readonly SongId[] }) {
  const { choose } = useActions();
  const running = useSession(isRunning);
  const songs = useSession((state) => state.songs);
  const tagsOnly = useSession((state) => state.settings.loudnessTags === "only");
  const choices = ids.flatMap((id) => songs.get(id)?.choice ?? []);
  const out = choices.every(({ excluded }) => excluded);
  return (
    <>
      <Button disabled={running} onClick={() => choose(ids, () => ({ excluded: !out }))}>
        {out ? t.include : t.exclude}
      </Button>
      {tagsOnly ? (
        <p className="text-muted text-xs">{t.tagsOnly}</p>
      ) : (
        <>
          <Nudge ids={ids} choices={choices} />
          <Peaks ids={ids} choices={choices} />
        </>
      )}
    </>
  );
}

interface Chosen {
  readonly ids: readonly SongId[];
  readonly choices: readonly SongChoice[];
}

function Nudge({ ids, choices }: Chosen) {
  const { choose } = useActions();
  const running = useSession(isRunning);
  const nudge = common(choices.map((choice) => choice.nudge));
  const step = (steps: 1 | -1, name: string) => {
    // At the end of the range it keeps the focus.
    const ended = choices.every((choice) => nudgedBy(choice, steps) === choice.nudge);
    return (
      <Button
        aria-label={name}
        aria-disabled={ended || undefined}
        className="w-8 px-0"
        disabled={running}
        onClick={() => choose(ids, (choice) => ({ nudge: nudgedBy(choice, steps) }))}
      >
        {steps < 0 ? "−" : "+"}
      </Button>
    );
  };
  return (
    <div className="flex items-center gap-1" role="group" aria-label={t.nudge}>
      <span className="text-muted text-xs" aria-hidden>
        {t.nudge}
      </span>
      {step(-1, t.quieter)}
      <span className="min-w-14 text-center" aria-live="polite">
        {nudge === undefined ? t.differ : t.nudges(gain(nudge))}
      </span>
      {step(1, t.louder)}
    </div>
  );
}

const AS_THE_BATCH = "batch";

function Peaks({ ids, choices }: Chosen) {
  const id = useId();
  const { choose } = useActions();
  const running = useSession(isRunning);
  const byAlbum = useSession((state) => state.settings.levelBy === "album");
  const way = common(choices.map((choice) => choice.peaks));
  return (
    <div className="flex items-center gap-1.5">
      <label htmlFor={id} className="text-muted text-xs">
        {t.peaks}
      </label>
      <select
        id={id}
        className="control w-auto"
        disabled={running || byAlbum}
        aria-describedby={byAlbum ? `${id}-why` : undefined}
        value={way === undefined ? "" : (way ?? AS_THE_BATCH)}
        onChange={({ target: { value } }) => {
          const chosen = value === AS_THE_BATCH ? null : (value as keyof typeof peaks);
          choose(ids, () => ({ peaks: chosen }));
        }}
      >
        {way === undefined && (
          <option value="" disabled>
            {t.differ}
          </option>
        )}
        <option value={AS_THE_BATCH}>{t.asTheBatch}</option>
        {Object.entries(peaks).map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      {byAlbum && (
        <span id={`${id}-why`} className="text-muted text-xs">
          {t.byAlbum}
        </span>
      )}
    </div>
  );
}
