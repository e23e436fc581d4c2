import { readFileSync } from "node:fs";
import type { NextConfig } from "next";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

const config: NextConfig = {
  // Equal sources give equal pages: a random id would make every build look like an update.
  generateBuildId: () => version,
  output: "export",
  reactStrictMode: true,
  devIndicators: false,
  env: { NEXT_PUBLIC_APP_VERSION: version },
};

export default config;
