"use client";

import { strings } from "../strings";
import { AddButtons } from "./add-buttons";

const t = strings.intake;

/** The empty state. Dropping works anywhere on the page; this only says so. */
export function DropZone() {
  return (
    <section className="drop-zone" aria-labelledby="drop-heading">
      <ScatteredHeap />
      <h2 id="drop-heading">{t.heading}</h2>
      <p className="drop-sentence">{t.sentence}</p>
      <div className="drop-buttons">
        <AddButtons large />
      </div>
      <p className="drop-small">
        <strong>{strings.app.privacy}</strong> {t.formats}.
      </p>
    </section>
  );
}

/** Bars of all heights on the left of the target, one needle on it: what the page does. */
function ScatteredHeap() {
  const heap = [2, 5, 9, 14, 8, 19, 12, 23, 17, 11, 21, 9, 14, 6, 10, 4, 7, 2];
  return (
    <svg className="drop-picture" viewBox="0 0 360 64" aria-hidden focusable="false">
      {heap.map((height, index) => (
        <rect
          key={index}
          className="fill-before"
          x={20 + index * 18}
          y={56 - height * 1.6}
          width={16}
          height={height * 1.6}
        />
      ))}
      <rect className="fill-accent" x={216} y={2} width={4} height={54} />
      <line className="picture-axis" x1={0} x2={360} y1={56.5} y2={56.5} />
      {Array.from({ length: 19 }, (_, tick) => (
        <line
          key={tick}
          className="picture-axis"
          x1={18 + tick * 18 - 0.5}
          x2={18 + tick * 18 - 0.5}
          y1={57}
          y2={tick % 5 === 1 ? 64 : 60}
        />
      ))}
    </svg>
  );
}
