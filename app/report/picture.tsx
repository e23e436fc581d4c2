"use client";

import { onScale, SCALE, shareToPercent } from "../songs/scale";
import { strings } from "../strings";
import { level } from "../ui/numbers";
import { BINS, type Distribution, type Spread } from "./distribution";

const t = strings.report;

const ends = ({ values }: Spread) => [level(values[0]), level(values.at(-1))] as const;

/** The picture in words: what a person who cannot see it needs. */
export function pictureWords({ before, after, planned }: Distribution, target: number): string {
  const said = (spread: Spread, text: typeof t.pictureBefore) =>
    spread.values.length === 0 ? null : text(spread.values.length, ...ends(spread));
  const parts = [
    `${t.target(level(target))} LUFS.`,
    said(before, t.pictureBefore) ?? t.unmeasured,
    said(after, t.pictureAfter),
    said(planned, t.picturePlanned),
  ];
  return t.picture(parts.filter((part) => part !== null).join(" "));
}

const ticks = Array.from(
  { length: SCALE.highest - SCALE.lowest + 1 },
  (_, index) => SCALE.lowest + index,
);

/**
 * The bars alone. The height of one is the square root of its count, so that single songs beside a
 * needle of hundreds can still be seen.
 */
export function Bars({ data, className }: { data: Distribution; className: string }) {
  const most = Math.max(1, ...data.before.bins, ...data.end.bins);
  const height = (count: number) => (count === 0 ? 0 : Math.max(3, Math.sqrt(count / most) * 100));
  const bars = (bins: readonly number[], of: string, width: number) =>
    bins.map((count, bin) => (
      <rect
        key={bin}
        className={of}
        x={bin - width / 2}
        width={width}
        y={100 - height(count)}
        height={height(count)}
      />
    ));
  return (
    <svg
      className={`block w-full overflow-visible forced-color-adjust-none ${className}`}
      viewBox={`0 0 ${BINS} 100`}
      preserveAspectRatio="none"
      focusable="false"
    >
      {bars(data.before.bins, "picture-before", 0.94)}
      {data.planned.values.length > 0 && bars(data.end.bins, "picture-planned", 0.44)}
      {bars(data.after.bins, "picture-after", 0.44)}
    </svg>
  );
}

/**
 * Loudness of all songs before (grey) and after (accent) on one axis, with the target line: a
 * scattered heap becomes a needle.
 *
 * Bars stretch with the page; labels are text of the page, so that they keep their size.
 */
export function Picture({ data, target }: { data: Distribution; target: number }) {
  const at = onScale(target);
  return (
    <div className="picture" role="img" aria-label={pictureWords(data, target)}>
      <Bars data={data} className="h-38 pt-5" />
      <div className="picture-axis-line">
        {ticks.map((lufs) => {
          const big = lufs % 5 === 0;
          return (
            <span
              key={lufs}
              className="picture-tick"
              data-big={big || undefined}
              style={{ left: shareToPercent(onScale(lufs)) }}
            >
              {big && <span>{level(lufs).replace(".0", "")}</span>}
            </span>
          );
        })}
      </div>
      <div
        className="picture-target"
        data-side={at > 0.8 ? "left" : "right"}
        style={{ left: shareToPercent(at) }}
      >
        <span>{t.target(level(target))} LUFS</span>
      </div>
    </div>
  );
}

/** What the colours of the picture mean; its text alternative says the same. */
export function Legend({ data }: { data: Distribution }) {
  return (
    <p className="legend" aria-hidden>
      <span className="legend-before">{t.before}</span>
      {data.after.values.length > 0 && <span className="legend-after">{t.after}</span>}
      {data.planned.values.length > 0 && <span className="legend-planned">{t.planned}</span>}
    </p>
  );
}
