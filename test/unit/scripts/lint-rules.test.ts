import path from "node:path";
import { RuleTester, type Rule } from "eslint";
import tseslint from "typescript-eslint";
import { describe, it } from "vitest";
import { importDirection } from "../../../scripts/lint/import-direction.mjs";
import { noImportCircles } from "../../../scripts/lint/no-import-circles.mjs";
import { root } from "../../../scripts/support/steps";

RuleTester.describe = describe;
RuleTester.it = it;
const tester = new RuleTester({ languageOptions: { parser: tseslint.parser } });

/** A statement as it would stand in a file of the project. */
const inFile = (file: string, code: string) => ({ code, filename: path.join(root, file) });
const refused = (file: string, code: string, message: RegExp) => ({
  ...inFile(file, code),
  errors: [{ message }],
});

tester.run("import-direction", importDirection as Rule.RuleModule, {
  valid: [
    inFile("lib/loudness/plan.ts", 'import { lufs } from "./units";'),
    inFile("lib/formats/sniff.ts", 'import type { Lufs } from "@/lib/loudness/units";'),
    inFile("lib/batch/report.ts", 'import * as z from "zod/mini";'),
    inFile("cli/level.ts", 'import { serve } from "../scripts/serve";'),
  ],
  invalid: [
    refused("lib/loudness/plan.ts", 'import "@/lib/batch/batch";', /is pure/),
    refused("lib/loudness/plan.ts", 'import * as z from "zod/mini";', /is pure/),
    refused("lib/formats/sniff.ts", 'export * from "../settings/settings";', /may import only/),
    refused("lib/batch/album.ts", 'import type { T } from "@/lib/workers/protocol";', /pool/),
    refused("app/page.tsx", 'const lazy = () => import("@/lib/pool/worker-pool");', /app must/),
    refused(
      "lib/pool/worker-handle.ts",
      'new Worker(new URL("../workers/song.worker.ts", import.meta.url));',
      /knows nothing of songs/,
    ),
  ],
});

// lib/loudness/plan.ts imports units.ts in truth.
tester.run("no-import-circles", noImportCircles as Rule.RuleModule, {
  valid: [
    inFile("lib/loudness/plan.ts", 'import { lufs } from "./units";'),
    inFile("lib/loudness/units.ts", 'import fs from "node:fs";'),
  ],
  invalid: [
    refused("lib/loudness/units.ts", 'import "./plan";', /units\.ts → .*plan\.ts → .*units\.ts/),
    refused("lib/loudness/units.ts", 'import type { Plan } from "@/lib/loudness/plan";', /circle/),
    refused("lib/loudness/units.ts", 'import "./units";', /circle/),
  ],
});
