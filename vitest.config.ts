import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));

export default defineConfig({
  resolve: { alias: { "@": root } },
  test: {
    // Also where there are but two: the tests wait for native tools and browsers half of the time.
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
