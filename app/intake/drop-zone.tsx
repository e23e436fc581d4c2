"use client";

import { useSession } from "../session";
import { strings } from "../strings";
import { AddButtons } from "./add-buttons";
import { IntakeSummary } from "./intake-summary";

const t = strings.intake;

/** The empty state. Dropping works anywhere on the page; this only says so. */
export function DropZone() {
  const folders = useSession((state) => state.capabilities.folders);
  return (
    <section
      aria-labelledby="drop-heading"
      className="border-edge bg-surface grid justify-items-center gap-3 rounded border border-dashed px-4 py-[clamp(1.25rem,4vh,2.5rem)] text-center"
    >
      {/* Its room is there before it is, so that nothing under the pointer moves. */}
      <div className="grid min-h-6 justify-items-center [&>*]:ms-0">
        <IntakeSummary />
      </div>
      <ScatteredHeap />
      <h2 id="drop-heading" className="text-[1.625rem]/tight font-medium tracking-[-0.02em]">
        {t.heading}
      </h2>
      <p className="max-w-152 text-[0.9375rem] text-balance">{t.sentence}</p>
      <div className="flex flex-wrap justify-center gap-2">
        <AddButtons large />
      </div>
      <p className="text-muted max-w-176 text-[0.8125rem] text-balance">
        <strong className="text-ink font-medium">{strings.app.privacy}</strong>{" "}
        {folders ? t.asks.view : t.asks.upload} {t.formats}.
      </p>
    </section>
  );
}

/** Bars of all heights on the left of the target, one needle on it: what the page does. */
function ScatteredHeap() {
  const heap = [2, 5, 9, 14, 8, 19, 12, 23, 17, 11, 21, 9, 14, 6, 10, 4, 7, 2];
  return (
    <svg className="w-[min(26rem,100%)]" viewBox="0 0 360 64" aria-hidden focusable="false">
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
      <line className="stroke-edge" x1={0} x2={360} y1={56.5} y2={56.5} />
      {Array.from({ length: 19 }, (_, tick) => (
        <line
          key={tick}
          className="stroke-edge"
          x1={18 + tick * 18 - 0.5}
          x2={18 + tick * 18 - 0.5}
          y1={57}
          y2={tick % 5 === 1 ? 64 : 60}
        />
      ))}
    </svg>
  );
}
