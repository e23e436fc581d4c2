"use client";

import {
  useCallback,
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import type { Song } from "@/lib/song/song";
import { otherThan, type Version } from "@/lib/listening/levels";
import type { Player, PlayerState } from "@/lib/listening/player";
import { preferences } from "../preferences";
import { useActions, useSession } from "../session";
import { LoudnessCurve } from "../songs/loudness-curve";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { gain, length } from "../ui/numbers";
import { BlindPanel } from "./blind-panel";
import { endRow } from "./row-store";
import { usePlayer } from "./use-player";
import { usePosition } from "./use-position";

const t = strings.listen;
/** Seconds that an arrow key moves. */
const STEP = 5;

const atRest: PlayerState = { playing: false, version: "after", matched: true };
const nothing = () => () => undefined;

/** Hearing one song before and after, with its loudness over time as the way through it. */
export function Listen({ song }: { song: Song }) {
  const { opened, open, toggle, seek, compare } = usePlayer(song.id);
  const [blind, setBlind] = useState(false);
  const player = opened.kind === "open" ? opened.player : null;
  const state = useSyncExternalStore(
    player?.subscribe ?? nothing,
    player?.get ?? (() => atRest),
    () => atRest,
  );
  const ceiling = useSession((all) => all.settings.truePeakCeiling);
  const listening = useActions().listening;
  const closeUp = useMemo(() => listening.closeUp(song, ceiling), [listening, song, ceiling]);
  const section = useRef<HTMLElement>(null);
  const failed = song.status === "failed";
  const versions = opened.kind === "open" ? opened.versions : null;
  const two = versions?.kind === "delivered" || versions?.kind === "planned";

  useKeys(section, {
    toggle: failed ? null : toggle,
    move: player && ((seconds) => player.seek(player.position + seconds)),
    change: player && two && !blind ? () => player.hear(otherThan(state.version)) : null,
  });

  return (
    <section className="grid gap-2" aria-label={t.heading} ref={section}>
      {!failed && (
        <div className="flex min-h-9 flex-wrap items-center gap-x-4 gap-y-2">
          <Button
            ref={(button) => button?.setAttribute("autofocus", "")}
            className="h-9 w-11 px-0"
            aria-label={t.play}
            aria-pressed={state.playing}
            aria-keyshortcuts="Space"
            onClick={toggle}
          >
            <PlaySign playing={state.playing} />
          </Button>
          {player && two && !blind && (
            <>
              <Switch player={player} version={state.version} />
              {versions.kind === "delivered" && (
                <label className="check">
                  <input
                    type="checkbox"
                    checked={state.matched}
                    onChange={(event) => player.match(event.target.checked)}
                  />
                  <span>{t.match}</span>
                </label>
              )}
            </>
          )}
          {!blind && (
            <p className="text-muted flex-[1_1_12rem] text-[0.8125rem]">
              {aboutOf(opened, state) ?? invitation(song)}
            </p>
          )}
          {player && <Clock player={player} />}
        </div>
      )}
      {mayCompare(song, opened) && (
        <BlindPanel
          song={song}
          heard={opened.kind === "open" ? opened.heard : null}
          open={() => {
            endRow();
            return open(0);
          }}
          player={player}
          compare={compare}
          running={blind}
          onRunning={setBlind}
        />
      )}
      <LoudnessCurve song={song} closeUp={closeUp} player={player} onSeek={failed ? null : seek}>
        {!failed && <Slider player={player} duration={song.duration} />}
        {!failed && <Keys two={two && !blind} />}
      </LoudnessCurve>
      <p className="sr-only" aria-live="polite">
        {player === null || blind ? "" : state.playing ? t.hearing[state.version] : t.paused}
      </p>
    </section>
  );
}

/** A leveled song, as far as it is known, has a file of its own to be held against its original. */
const mayCompare = ({ status }: Song, opened: ReturnType<typeof usePlayer>["opened"]): boolean =>
  opened.kind === "open"
    ? opened.versions.kind === "delivered"
    : status === "leveled" && opened.kind !== "unheard";

const invitation = ({ gain, plannedGain }: Song): string =>
  (gain ?? plannedGain ?? 0) === 0 ? t.inviteOne : t.invite;

function aboutOf(
  opened: ReturnType<typeof usePlayer>["opened"],
  { matched }: PlayerState,
): string | null {
  if (opened.kind === "opening") return t.opening;
  if (opened.kind === "unheard") return `${opened.message} ${opened.hint}`;
  if (opened.kind === "closed") return null;
  const { versions } = opened;
  const about = {
    delivered: matched ? t.matched : t.asTheyAre,
    planned: t.planned(gain(versions.gain)),
    single: t.single,
    "only-after": t.onlyAfter,
  }[versions.kind];
  if (!versions.cut) return about;
  const { channels, sampleRate } = versions.samples.before;
  return `${about} ${t.cut(length(channels[0]!.length / sampleRate))}`;
}

function PlaySign({ playing }: { playing: boolean }) {
  return (
    <svg viewBox="0 0 16 16" className="size-3.5 fill-current" aria-hidden focusable="false">
      <path d={playing ? "M3 2h4v12H3zM9 2h4v12H9z" : "M3 1.5 14 8 3 14.5z"} />
    </svg>
  );
}

function Switch({ player, version }: { player: Player; version: Version }) {
  return (
    <div className="border-edge flex overflow-clip rounded-[3px] border">
      {(["before", "after"] as const).map((each) => (
        <button
          key={each}
          type="button"
          className="text-muted aria-pressed:border-b-dot aria-pressed:bg-sunken aria-pressed:text-ink last:aria-pressed:border-b-accent min-h-8 cursor-pointer border-y-3 border-transparent px-3.5 focus-visible:-outline-offset-2 aria-pressed:font-semibold"
          aria-label={t[each]}
          aria-pressed={version === each}
          aria-keyshortcuts="B"
          onClick={() => player.hear(each)}
        >
          {strings.report[each]}
        </button>
      ))}
    </div>
  );
}

/** The numbers beside; the slider says the same to screen readers. */
function Clock({ player }: { player: Player }) {
  const now = useRef<HTMLSpanElement>(null);
  const show = useCallback((seconds: number) => {
    if (now.current) now.current.textContent = length(Math.floor(seconds));
  }, []);
  usePosition(player, show);
  return (
    <p className="ms-auto whitespace-nowrap" aria-hidden>
      <span ref={now} /> / {length(player.duration)}
    </p>
  );
}

/** There before the song is opened, so that nothing moves when it is. */
function Slider({ player, duration }: { player: Player | null; duration: number | null }) {
  const input = useRef<HTMLInputElement>(null);
  const all = player?.duration ?? duration;
  const show = useCallback(
    (seconds: number) => {
      if (!input.current) return;
      input.current.value = String(seconds);
      const text = t.at(length(Math.floor(seconds)), length(all));
      if (input.current.getAttribute("aria-valuetext") === text) return;
      input.current.setAttribute("aria-valuetext", text);
    },
    [all],
  );
  usePosition(player, show);
  return (
    <input
      ref={input}
      type="range"
      className="accent-accent ms-6 -me-2 block h-6 w-[calc(100%-1rem)] cursor-pointer"
      aria-label={t.position}
      disabled={player === null}
      min={0}
      max={all ?? 1}
      step="any"
      defaultValue={0}
      onChange={(event) => player?.seek(Number(event.target.value))}
    />
  );
}

function Keys({ two }: { two: boolean }) {
  const shown = two ? (["play", "seek", "switch"] as const) : (["play", "seek"] as const);
  return (
    <p className="text-muted flex flex-wrap gap-x-4 gap-y-1 text-xs max-md:hidden" aria-hidden>
      {shown.map((key) => (
        <span key={key}>
          <kbd className="border-line bg-panel inline-block min-w-5.5 rounded-[3px] border px-1.25 text-center font-sans">
            {t.keys[key]}
          </kbd>{" "}
          {t.keysFor[key]}
        </span>
      ))}
    </p>
  );
}

interface KeyActions {
  readonly toggle: (() => void) | null;
  readonly move: ((seconds: number) => void) | null;
  readonly change: (() => void) | null;
}

/** What a key does by itself comes first: space on a button presses that button. */
const TAKES_SPACE = "button, a, summary, input, select, textarea";

/** Keys of the dialog that the player is in: they work while it is open, wherever its focus is. */
function useKeys(section: React.RefObject<HTMLElement | null>, actions: KeyActions): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { toggle, move, change } = actions;
    const element = event.target as Element;
    const step = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
    if (event.key === " " && toggle && !element.closest(TAKES_SPACE)) toggle();
    else if (step !== undefined && move) move(step);
    else if (event.key.toLowerCase() === "b" && change && preferences().shortcuts) change();
    else return;
    event.preventDefault();
  });
  useEffect(() => {
    const dialog = section.current?.closest("dialog");
    const onKey = (event: KeyboardEvent) => press(event);
    dialog?.addEventListener("keydown", onKey);
    return () => dialog?.removeEventListener("keydown", onKey);
  }, [section]);
}
