"use client";

import { strings } from "../strings";
import { level } from "../ui/numbers";
import { onScale, SCALE } from "../songs/scale";
import { BINS, type Distribution, type Spread } from "./distribution";

const t = strings.report;
const WIDTH = 1000;
const HEIGHT = 120;
const TOP = 18;

const ends = ({ values }: Spread) => [level(values[0]), level(values.at(-1))] as const;

/** The picture in words: what a person who cannot see it needs. */
function words({ before, after, planned }: Distribution): string {
  const [low, high] = ends(before);
  const [lowAfter, highAfter] = ends(after);
  const text = planned ? t.picturePlanned : t.pictureAfter;
  return t.picture(
    [
      t.pictureBefore(before.values.length, low, high),
      after.values.length > 0 ? text(after.values.length, lowAfter, highAfter) : null,
    ]
      .filter((part) => part !== null)
      .join(" "),
  );
}

/**
 * Loudness of all songs before (grey) and after (accent) on one axis, with the target line: a
 * scattered heap becomes a needle. The height of a bar is the square root of its count, so that
 * single songs beside a needle of hundreds can still be seen.
 */
export function Picture({ data, target }: { data: Distribution; target: number }) {
  const most = Math.max(1, ...data.before.bins, ...data.after.bins);
  const height = (count: number) => (count === 0 ? 0 : Math.sqrt(count / most) * (HEIGHT - TOP));
  const bin = WIDTH / BINS;
  const x = onScale(target) * WIDTH;
  const ticks = Array.from(
    { length: SCALE.highest - SCALE.lowest + 1 },
    (_, index) => SCALE.lowest + index,
  );
  const end = x > WIDTH - 120;
  return (
    <svg
      className="picture"
      viewBox={`-14 0 ${WIDTH + 28} ${HEIGHT + 26}`}
      role="img"
      aria-label={words(data)}
    >
      {data.before.bins.map((count, index) => (
        <rect
          key={index}
          className="picture-before"
          x={index * bin - bin / 2 + 0.75}
          width={bin - 1.5}
          y={HEIGHT - height(count)}
          height={height(count)}
        />
      ))}
      {data.after.bins.map((count, index) => (
        <rect
          key={index}
          className="picture-after"
          data-planned={data.planned || undefined}
          x={index * bin - bin / 4}
          width={bin / 2}
          y={HEIGHT - height(count)}
          height={height(count)}
        />
      ))}
      <line className="picture-target" x1={x} x2={x} y1={4} y2={HEIGHT + 8} />
      <text
        className="picture-text picture-target-text"
        x={end ? x - 8 : x + 8}
        y={13}
        textAnchor={end ? "end" : "start"}
      >
        {t.target(level(target))} LUFS
      </text>
      <line className="picture-axis" x1={0} x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
      {ticks.map((lufs) => {
        const big = lufs % 4 === 0;
        const at = onScale(lufs) * WIDTH;
        return (
          <g key={lufs}>
            <line
              className="picture-axis"
              x1={at}
              x2={at}
              y1={HEIGHT}
              y2={HEIGHT + (big ? 8 : 4)}
            />
            {big && (
              <text className="picture-text" x={at} y={HEIGHT + 21} textAnchor="middle">
                {level(lufs).replace(".0", "")}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}
