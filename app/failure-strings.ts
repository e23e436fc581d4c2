/** Of the pages that stand in for the page; the others' texts need not be loaded for them. */
export const failure = {
  heading: "The page stopped working",
  body: "No original was changed by this. Reload the page and add the songs again.",
  again: "Try again",
  lostHeading: "There is no such page",
  lostBody: "LevelUp is a single page.",
  home: "Go to LevelUp",
} as const;
