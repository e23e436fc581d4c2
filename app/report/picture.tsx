"use client";

import { onScale, SCALE, shareToPercent } from "../songs/scale";
import { strings } from "../strings";
import { level } from "../ui/numbers";
import { BINS, type Distribution, type Spread } from "./distribution";

const t = strings.report;
const KEY =
  "before:me-1.5 before:inline-block before:size-2.5 before:forced-color-adjust-none before:content-['']";

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
        vectorEffect="non-scaling-stroke"
      />
    ));
  return (
    <svg
      className={`block w-full overflow-visible forced-color-adjust-none ${className}`}
      viewBox={`0 0 ${BINS} 100`}
      preserveAspectRatio="none"
      focusable="false"
    >
      {bars(data.before.bins, "fill-before", 0.94)}
      {data.planned.values.length > 0 &&
        bars(data.end.bins, "fill-accent-soft stroke-accent stroke-1", 0.44)}
      {bars(data.after.bins, "fill-accent", 0.44)}
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
    <div
      className="picture relative mx-3 pb-7.5"
      role="img"
      aria-label={pictureWords(data, target)}
    >
      <Bars data={data} className="h-38 pt-5" />
      <div className="border-edge relative border-t">
        {ticks.map((lufs) => {
          const big = lufs % 5 === 0;
          return (
            <span
              key={lufs}
              className={`bg-edge absolute -ms-[0.5px] w-px ${big ? "h-2" : "h-1"}`}
              style={{ left: shareToPercent(onScale(lufs)) }}
            >
              {big && (
                <span className="text-muted absolute top-2.25 -left-4 w-8 text-center text-[0.6875rem]/4">
                  {level(lufs).replace(".0", "")}
                </span>
              )}
            </span>
          );
        })}
      </div>
      <div
        className="border-accent absolute top-0.5 bottom-5.5 border-s border-dashed"
        style={{ left: shareToPercent(at) }}
      >
        <span
          className={`text-accent absolute -top-0.75 text-xs/4 whitespace-nowrap ${at > 0.8 ? "end-1.75" : "start-1.75"}`}
        >
          {t.target(level(target))} LUFS
        </span>
      </div>
    </div>
  );
}

/** What the colours of the picture mean; its text alternative says the same. */
export function Legend({ data }: { data: Distribution }) {
  return (
    <p className="legend text-muted flex gap-5 px-3 text-xs" aria-hidden>
      <span className={`${KEY} before:bg-before`}>{t.before}</span>
      {data.after.values.length > 0 && <span className={`${KEY} before:bg-accent`}>{t.after}</span>}
      {data.planned.values.length > 0 && (
        <span className={`${KEY} before:border-accent before:bg-accent-soft before:border`}>
          {t.planned}
        </span>
      )}
    </p>
  );
}
