"use client";

import { useEffect, useState } from "react";
import { useActions } from "../session";
import { strings } from "../strings";

const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;

/** Takes files and folders dropped anywhere on the page, and shows that it would. */
export function DropAnywhere() {
  const actions = useActions();
  const [over, setOver] = useState(false);

  useEffect(() => {
    // dragenter and dragleave fire for every element passed on the way: count them.
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      depth += 1;
      setOver(true);
    };
    const move = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
    };
    const leave = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const drop = (event: DragEvent) => {
      depth = 0;
      setOver(false);
      if (!carriesFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      // At once: what was dropped can be read only while this handler runs.
      void actions.addDrop(event.dataTransfer);
    };
    window.addEventListener("dragenter", enter);
    window.addEventListener("dragover", move);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragenter", enter);
      window.removeEventListener("dragover", move);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", drop);
    };
  }, [actions]);

  if (!over) return null;
  return (
    <div
      className="bg-panel/82 pointer-events-none fixed inset-0 z-20 grid place-items-center p-4"
      aria-hidden
    >
      <div className="border-accent bg-surface grid justify-items-center gap-1 rounded border-2 px-16 py-10">
        <strong className="text-[1.625rem] font-medium tracking-[-0.02em]">
          {strings.intake.overlay}
        </strong>
        <span className="text-muted">{strings.intake.overlayHint}</span>
      </div>
    </div>
  );
}
