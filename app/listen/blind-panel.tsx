"use client";

import { useEffect, useId, useRef, useState } from "react";
import type { HeardSong, Sound } from "@/lib/session/listening";
import type { Player } from "@/lib/listening/player";
import type { ListenedVersion } from "@/lib/song/blind-listening";
import type { Song } from "@/lib/song/song";
import { useActions } from "../session";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { BlindTest, type Pair } from "./blind-test";

const t = strings.blind;

/** What can be told apart by ear: the original, what it became, and the other way it could have gone. */
function pairsOf(song: Song, other: "encoded" | "lossless" | null): readonly Pair[] {
  const taken: ListenedVersion = song.route === "lossless" ? "lossless" : "encoded";
  return [
    { a: "source", b: "leveled" },
    ...(other === null
      ? []
      : [{ a: "source", b: other } as const, { a: taken, b: other } as const]),
  ];
}

/** Begins blind tests of a leveled song, and holds the one that is on. */
export function BlindPanel({
  song,
  heard,
  open,
  player,
  compare,
  running,
  onRunning,
}: {
  song: Song;
  /** Null before it was opened. */
  heard: HeardSong | null;
  open: () => Promise<HeardSong | null>;
  player: Player | null;
  compare: (pair: { readonly before: Sound; readonly after: Sound } | null) => void;
  running: boolean;
  onRunning: (running: boolean) => void;
}) {
  const id = useId();
  const { listening } = useActions();
  const other = listening.otherWay(song);
  const pairs = pairsOf(song, other);
  const [chosen, setChosen] = useState(0);
  const [state, setState] = useState<"ready" | "preparing" | { readonly wrong: string }>("ready");
  const made = useRef<Sound | null>(null);
  const abort = useRef(new AbortController());
  const begin = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const controller = new AbortController();
    abort.current = controller;
    return () => controller.abort();
  }, []);
  const pair = pairs[chosen] ?? pairs[0]!;
  const soundOf = async (
    version: ListenedVersion,
    { before, after }: HeardSong,
  ): Promise<Sound | null> => {
    if (version === "source") return before;
    if (version !== other) return after;
    if (made.current !== null) return made.current;
    setState("preparing");
    const { signal } = abort.current;
    const outcome = await listening.otherSound(song.id, signal);
    if (signal.aborted) return null;
    if (outcome.kind === "unheard") {
      setState({ wrong: `${outcome.message} ${outcome.hint}` });
      return null;
    }
    setState("ready");
    return (made.current = outcome.sound);
  };

  const start = async () => {
    const sounds = heard ?? (await open());
    if (sounds === null) return;
    const [a, b] = [await soundOf(pair.a, sounds), await soundOf(pair.b, sounds)];
    if (a === null || b === null) return;
    compare({ before: a, after: b });
    onRunning(true);
  };

  if (running && player !== null) {
    return (
      <BlindTest
        player={player}
        pair={pair}
        onResult={(result) => listening.keep(song.id, { ...pair, ...result })}
        onClose={() => {
          compare(null);
          onRunning(false);
          // It stands in the page again once this is drawn.
          requestAnimationFrame(() => begin.current?.focus());
        }}
      />
    );
  }
  const name = (each: Pair) => t.pair(t.versions[each.a], t.versions[each.b]);
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <Button
        ref={begin}
        // It keeps the focus meanwhile.
        aria-disabled={state === "preparing" || undefined}
        onClick={() => {
          if (state !== "preparing") void start();
        }}
      >
        {t.open}
      </Button>
      {pairs.length > 1 && (
        <div className="flex items-center gap-1.5">
          <label htmlFor={id} className="text-muted text-xs">
            {t.compare}
          </label>
          <select
            id={id}
            className="control w-auto"
            value={chosen}
            onChange={({ target }) => setChosen(Number(target.value))}
          >
            {pairs.map((each, index) => (
              <option key={name(each)} value={index}>
                {name(each)}
              </option>
            ))}
          </select>
        </div>
      )}
      <p className="text-muted text-sm" aria-live="polite">
        {state === "preparing" ? t.preparing : state === "ready" ? t.invite : state.wrong}
      </p>
    </div>
  );
}
