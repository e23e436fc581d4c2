"use client";

import { memo, useEffect, useId, useRef } from "react";
import type { SessionState } from "@/lib/session/session-state";
import { useThrottledSession, whileRunning } from "../session";
import { strings } from "../strings";

const t = strings.log;
const often = whileRunning(1000);
/** Lines an element: a new line changes the last element alone. */
const CHUNK = 100;
const logOf = (state: SessionState) => state.log;

/** Follows the end until the reader scrolls up, and again once they scroll back down. */
export function BatchLog() {
  const lines = useThrottledSession(logOf, often);
  const heading = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const following = useRef(true);

  useEffect(() => {
    const element = scroller.current;
    if (element !== null && following.current) element.scrollTop = element.scrollHeight;
  }, [lines]);

  return (
    <section className="mt-2 grid gap-1.5">
      <h2 id={heading} className="text-muted text-[0.8125rem] font-medium">
        {t.heading}
      </h2>
      {/* aria-live off: a log is announced politely by default, which would flood a listener. */}
      <div
        ref={scroller}
        role="log"
        aria-labelledby={heading}
        aria-live="off"
        tabIndex={0}
        className="border-line bg-sunken h-40 resize-y overflow-auto rounded border px-3.5 py-2.5 font-mono text-xs/normal wrap-anywhere empty:h-7 empty:resize-none"
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          following.current = scrollHeight - scrollTop - clientHeight < 24;
        }}
      >
        {Array.from({ length: Math.ceil(lines.length / CHUNK) }, (_, chunk) => (
          <Lines
            key={chunk}
            text={`${lines.slice(chunk * CHUNK, (chunk + 1) * CHUNK).join("\n")}\n`}
          />
        ))}
      </div>
      {lines.length === 0 && (
        <p className="text-muted pointer-events-none -mt-7.5 px-3.5 text-xs/5">{t.empty}</p>
      )}
    </section>
  );
}

const Lines = memo(function Lines({ text }: { text: string }) {
  return (
    <div className="whitespace-pre-wrap [contain-intrinsic-block-size:auto_112rem] [content-visibility:auto] last:[content-visibility:visible]">
      {text}
    </div>
  );
});
