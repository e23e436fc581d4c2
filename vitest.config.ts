import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));

export default defineConfig({
  resolve: { alias: { "@": root } },
  test: {
    // Also on two cores: the unit tests then take 130 s instead of 198.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["test/unit/**/*.test.ts"], testTimeout: 60_000 },
      },
      {
        extends: true,
        // Against tools that are not ours; `npm run test:native` installs them first.
        test: { name: "native", include: ["test/native/**/*.test.ts"], testTimeout: 600_000 },
      },
    ],
  },
});
