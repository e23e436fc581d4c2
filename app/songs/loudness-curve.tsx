"use client";

import { useCallback, useMemo, useRef, type ReactNode } from "react";
import type { CloseUp } from "@/lib/session/listening";
import { ownSettings } from "@/lib/song/choice";
import type { Song } from "@/lib/song/song";
import type { Player } from "@/lib/listening/player";
import { lengthOf } from "@/lib/loudness/spans";
import { usePosition } from "../listen/use-position";
import { useSession } from "../session";
import { settingsShown } from "../report/settings-shown";
import { strings } from "../strings";
import { gain, length, level } from "../ui/numbers";
import { CurveNumbers } from "./curve-numbers";

const t = strings.detail;
/** The drawing's own units; it stretches with the page. */
const WIDTH = 1000;
const HEIGHT = 100;
const LOWEST = -45;
const HIGHEST = 0;
/** Marks narrower than this could not be seen. */
const LEAST_MARK = 2.5;
/** Seconds between two times on the axis. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
const MOST_TIMES = 7;
/** The numbers along the axes. */
const AXIS = "absolute text-[0.6875rem]/4 text-muted";
const KEY = "before:w-3 before:flex-none before:forced-color-adjust-none before:content-['']";
/** How each mark looks beside its words. */
const keys = {
  before: `${KEY} before:border-t-2 before:border-dot`,
  after: `${KEY} before:border-t-2 before:border-accent`,
  target: `${KEY} before:border-t before:border-dashed before:border-accent`,
  over: `${KEY} before:border-t-5 before:border-amber`,
  gated: `${KEY} before:h-3 before:border before:border-line`,
};

const downFrom = (lufs: number) =>
  1 - (Math.min(HIGHEST, Math.max(LOWEST, lufs)) - LOWEST) / (HIGHEST - LOWEST);
const y = (lufs: number) => HEIGHT * downFrom(lufs);
const percentage = (share: number) => `${(share * 100).toFixed(3)}%`;

/** One point a column: the loudest value that falls on it, so that no peak is thinned away. */
function points(curve: Float32Array): string {
  const columns = Math.min(WIDTH, curve.length);
  const path: string[] = [];
  for (let column = 0; column < columns; column += 1) {
    const from = Math.floor((column * curve.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * curve.length) / columns));
    const loudest = Math.max(...curve.subarray(from, to));
    path.push(
      `${((column / Math.max(1, columns - 1)) * WIDTH).toFixed(1)},${y(loudest).toFixed(2)}`,
    );
  }
  return path.join(" ");
}

/** The middle nine tenths of the values, which is what the words tell. */
function middle(curve: Float32Array): readonly [string, string] {
  const sorted = curve.filter(Number.isFinite).sort();
  const at = (share: number) => level(sorted[Math.floor(share * (sorted.length - 1))] ?? -Infinity);
  return [at(0.05), at(0.95)];
}

/** What the song itself was, or is to be, brought to. */
const useOwnTarget = (song: Song): number =>
  useSession(
    (state) => ownSettings(settingsShown(state), song.applied ?? song.choice).targetLoudness,
  );

/** Short-term loudness over time, before and after, with the target, the gate and the peaks. */
export function LoudnessCurve({
  song,
  closeUp,
  player,
  onSeek,
  children,
}: {
  song: Song;
  closeUp: CloseUp | null;
  player: Player | null;
  /** To a position in seconds; null where there is nothing to play. */
  onSeek: ((seconds: number) => void) | null;
  children?: ReactNode;
}) {
  const target = useOwnTarget(song);
  if (closeUp === null || song.duration === null) {
    return (
      <>
        <p className="text-muted">{t.noCurve}</p>
        {children}
      </>
    );
  }
  return (
    <figure className="grid gap-1.5">
      <figcaption className="text-muted text-xs">
        {t.curve} <span className="unit">{t.curveUnit}</span>
      </figcaption>
      <Plot {...{ closeUp, player, onSeek, target }} duration={song.duration} />
      {children}
      <Notes song={song} closeUp={closeUp} />
      <CurveNumbers closeUp={closeUp} duration={song.duration} />
    </figure>
  );
}

function Plot({
  closeUp,
  player,
  onSeek,
  target,
  duration,
}: {
  closeUp: CloseUp;
  player: Player | null;
  onSeek: ((seconds: number) => void) | null;
  target: number;
  duration: number;
}) {
  const { before, after, gated, over } = closeUp;
  const drawn = useMemo(() => points(before), [before]);
  const drawnAfter = useMemo(() => after && points(after), [after]);
  const words = useMemo(
    () =>
      [
        t.curveText(...middle(before), length(duration)),
        after && t.curveAfterText(...middle(after)),
      ]
        .filter(Boolean)
        .join(" "),
    [before, after, duration],
  );
  const playhead = useRef<HTMLDivElement>(null);
  const show = useCallback(
    (seconds: number) => {
      if (playhead.current) playhead.current.style.left = percentage(seconds / duration);
    },
    [duration],
  );
  usePosition(player, show);
  const x = (seconds: number) => (Math.min(seconds, duration) / duration) * WIDTH;
  const step = STEPS.find((each) => duration / each <= MOST_TIMES) ?? duration;

  return (
    <div className="relative ms-8 pb-4.5">
      <div
        className="relative h-38 data-seeks:cursor-pointer"
        data-seeks={onSeek !== null || undefined}
        onClick={(event) => {
          const { left, width } = event.currentTarget.getBoundingClientRect();
          onSeek?.(((event.clientX - left) / width) * duration);
        }}
      >
        <svg
          className="block size-full overflow-visible forced-color-adjust-none *:[vector-effect:non-scaling-stroke]"
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={words}
        >
          {[0, -10, -20, -30, -40].map((lufs) => (
            <line
              key={lufs}
              className="stroke-line-soft"
              x1={0}
              x2={WIDTH}
              y1={y(lufs)}
              y2={y(lufs)}
            />
          ))}
          <polygon
            className="fill-before opacity-35"
            points={`0,${HEIGHT} ${drawn} ${WIDTH},${HEIGHT}`}
          />
          {gated.map(({ from, to }) => (
            <rect
              key={from}
              className="fill-surface opacity-75"
              x={x(from)}
              width={x(to) - x(from)}
              y={0}
              height={HEIGHT}
            />
          ))}
          <polyline className="stroke-dot fill-none stroke-[1.25]" points={drawn} />
          {drawnAfter !== null && (
            <polyline className="stroke-accent fill-none stroke-[1.25]" points={drawnAfter} />
          )}
          {over.map(({ from, to }) => (
            <rect
              key={from}
              className="fill-amber"
              x={x(from)}
              width={Math.max(LEAST_MARK, x(to) - x(from))}
              y={0}
              height={5}
            />
          ))}
        </svg>
        {[0, -10, -20, -30, -40].map((lufs) => (
          <span
            key={lufs}
            className={`${AXIS} right-[calc(100%+0.375rem)] -mt-2`}
            style={{ top: percentage(downFrom(lufs)) }}
          >
            {level(lufs).replace(".0", "")}
          </span>
        ))}
        <div
          className="border-accent pointer-events-none absolute inset-x-0 border-t border-dashed"
          style={{ top: percentage(downFrom(target)) }}
        />
        <div
          ref={playhead}
          className="bg-ink pointer-events-none absolute inset-y-0 -ms-px w-0.5"
          hidden={player === null}
        />
      </div>
      <div aria-hidden>
        {Array.from({ length: Math.floor(duration / step) + 1 }, (_, index) => index * step).map(
          (time) => (
            <span
              key={time}
              className={`${AXIS} bottom-0 -translate-x-1/2 first:translate-x-0 data-end:-translate-x-full`}
              data-end={time / duration > 0.96 || undefined}
              style={{ left: percentage(time / duration) }}
            >
              {length(time)}
            </span>
          ),
        )}
      </div>
    </div>
  );
}

/** What the picture marks, and what was done to the song, in words. */
function Notes({ song, closeUp }: { song: Song; closeUp: CloseUp }) {
  const target = useOwnTarget(song);
  const ceiling = useSession((state) => settingsShown(state).truePeakCeiling);
  const { gate, gated, over } = closeUp;
  const [first] = over;
  return (
    <ul className="text-muted flex flex-wrap gap-x-5 gap-y-0.5 text-xs *:flex *:items-center *:gap-1.5">
      <li className={keys.before}>{strings.report.before}</li>
      {closeUp.after !== null && <li className={keys.after}>{strings.report.after}</li>}
      <li className={keys.target}>{strings.report.target(level(target))} LUFS</li>
      <li>{gainWords(song)}</li>
      <li className={first && keys.over}>
        {first === undefined
          ? t.noneOver(level(ceiling))
          : t.over(over.length, level(ceiling), length(Math.floor(first.from)))}
      </li>
      <li className={gated.length === 0 ? undefined : keys.gated}>
        {gated.length === 0
          ? t.noneGated(level(gate))
          : t.gated(length(lengthOf(gated)), level(gate))}
      </li>
    </ul>
  );
}

function gainWords(song: Song): string {
  if (song.gain === null) {
    if (song.plannedGain === null || song.plannedGain === 0) return t.gainNone;
    const limits = song.planned?.kind === "limit" ? t.limitPlanned : t.notLimited;
    return `${t.gainPlanned(gain(song.plannedGain))}, ${limits}`;
  }
  if (song.gain === 0 && !song.limited) return t.gainNone;
  const limited = song.limited ?? 0;
  const words = limited >= 0.05 ? t.limited(gain(limited).replace("+", "")) : t.notLimited;
  return `${t.gainThroughout(gain(song.gain))}, ${words}`;
}
