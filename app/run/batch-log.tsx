"use client";

import { memo, useEffect, useId, useRef } from "react";
import type { SessionState } from "@/lib/session/session-state";
import { useThrottledSession, whileRunning } from "../session";
import { strings } from "../strings";

const t = strings.log;
const often = whileRunning(500);
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
    <section className="log">
      <h2 id={heading}>{t.heading}</h2>
      {/* aria-live off: a log is announced politely by default, which would flood a listener. */}
      <div
        ref={scroller}
        role="log"
        aria-labelledby={heading}
        aria-live="off"
        tabIndex={0}
        className="log-lines"
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
      {lines.length === 0 && <p className="log-empty">{t.empty}</p>}
    </section>
  );
}

const Lines = memo(function Lines({ text }: { text: string }) {
  return <div className="log-chunk">{text}</div>;
});
