"use client";

import { useMemo } from "react";
import type { Song } from "@/lib/batch/song";
import { strings } from "../strings";
import { length, level } from "../ui/numbers";

const t = strings.detail;
const WIDTH = 720;
const HEIGHT = 150;
const LOWEST = -45;
const HIGHEST = 0;

const y = (lufs: number) =>
  HEIGHT * (1 - (Math.min(HIGHEST, Math.max(LOWEST, lufs)) - LOWEST) / (HIGHEST - LOWEST));

/** One point a pixel: the loudest value that falls on it, so that no peak is thinned away. */
function points(curve: Float32Array): string {
  const columns = Math.min(WIDTH, curve.length);
  const path: string[] = [];
  for (let column = 0; column < columns; column += 1) {
    const from = Math.floor((column * curve.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * curve.length) / columns));
    const loudest = Math.max(...curve.subarray(from, to));
    path.push(
      `${((column / Math.max(1, columns - 1)) * WIDTH).toFixed(1)},${y(loudest).toFixed(1)}`,
    );
  }
  return path.join(" ");
}

/** The loudness range in words: the middle nine tenths of the values. */
function middle(curve: Float32Array): readonly [number, number] {
  const sorted = curve.filter(Number.isFinite).sort();
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? -Infinity;
  return [at(0.05), at(0.95)];
}

/** Short-term loudness over time with the target line. */
export function LoudnessCurve({ song, target }: { song: Song; target: number }) {
  const { curve, duration } = song;
  const drawn = useMemo(() => (curve === null ? null : points(curve)), [curve]);
  const [low, high] = useMemo(() => (curve === null ? [0, 0] : middle(curve)), [curve]);
  if (drawn === null) return <p className="curve-none">{t.noCurve}</p>;
  const words = t.curveText(level(low), level(high), length(duration));
  return (
    <figure className="curve">
      <figcaption>{t.curve}</figcaption>
      <svg viewBox={`-34 -6 ${WIDTH + 40} ${HEIGHT + 12}`} role="img" aria-label={words}>
        {[0, -10, -20, -30, -40].map((lufs) => (
          <g key={lufs}>
            <line className="curve-grid" x1={0} x2={WIDTH} y1={y(lufs)} y2={y(lufs)} />
            <text className="picture-text" x={-6} y={y(lufs) + 4} textAnchor="end">
              {level(lufs).replace(".0", "")}
            </text>
          </g>
        ))}
        <polygon className="curve-area" points={`0,${HEIGHT} ${drawn} ${WIDTH},${HEIGHT}`} />
        <polyline className="curve-line" points={drawn} />
        <line className="curve-target" x1={0} x2={WIDTH} y1={y(target)} y2={y(target)} />
      </svg>
    </figure>
  );
}
