import { defineConfig } from "@playwright/test";
import { findBrowser, launchArguments } from "./cli/in-browser/browser";

const executablePath = findBrowser();
if (executablePath === null) {
  throw new Error("There is no headless Chromium. `npm test` installs one.");
}

export default defineConfig({
  testDir: "e2e",
  globalSetup: "./e2e/support/serve-export.ts",
  // One browser at a time: every test runs workers of its own on all cores.
  workers: 1,
  timeout: 180_000,
  expect: { timeout: 20_000 },
  reporter: "list",
  outputDir: "test-results",
  use: {
    viewport: { width: 1280, height: 900 },
    launchOptions: { executablePath, args: launchArguments },
  },
});
