"use client";

import { strings } from "../strings";

/** The first stop of the Tab key: past settings and buttons, to the songs. */
export function SkipLink() {
  return (
    <a
      href="#songs"
      className="skip focus:bg-surface sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-10 focus:px-3 focus:py-1.5"
      onClick={(event) => {
        // The address keeps its fragment.
        event.preventDefault();
        const songs = document.getElementById("songs");
        if (songs === null) return;
        songs.tabIndex = -1;
        songs.focus();
      }}
    >
      {strings.app.skip}
    </a>
  );
}
