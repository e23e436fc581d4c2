import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));
const project = (name: string, testTimeout: number) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout },
});

export default defineConfig({
  resolve: { alias: { "@": root } },
  test: {
    // Also on two cores: the engine's tests end sooner that way.
    maxWorkers: 2,
    setupFiles: ["test/support/property-seed.ts"],
    projects: [
      // Without ffmpeg's core and our kernel: a clone and `npm ci` are enough, and it ends in seconds.
      project("unit", 20_000),
      // With them, and whatever else takes its time.
      project("engine", 60_000),
      // Against tools that are not ours; `npm run test:native` installs them first.
      project("native", 600_000),
    ],
  },
});
