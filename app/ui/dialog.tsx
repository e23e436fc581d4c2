"use client";

import { useLayoutEffect, useRef, type ReactNode } from "react";

/** A modal dialog while it is mounted. Escape and the backdrop close it. */
export function Dialog({
  labelledBy,
  describedBy,
  className = "",
  onClose,
  children,
}: {
  labelledBy: string;
  describedBy?: string;
  className?: string;
  onClose: () => void;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  // A layout effect: it still finds the dialog in the page when it ends, so that closing gives the
  // focus back to where it was.
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    if (!element.open) element.showModal();
    return () => element.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={`dialog ${className}`}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div className="grid gap-3 px-6 pt-5 pb-6">{children}</div>
    </dialog>
  );
}
