/**
 * Texts of working offline and of updates. As in app/strings.ts, no name of a button may contain
 * the name of another control.
 */
export const offlineStrings = {
  ready: "Ready to work offline",
  update: {
    ready: "A new version is ready.",
    afterBatch: "A new version is ready. It can be loaded once the batch is over.",
    emptiesList: "A new version is ready. Loading it empties the list of songs.",
    otherTabs: "A new version is ready. Close the other tabs with LevelUp first.",
    reload: "Reload",
  },
} as const;
