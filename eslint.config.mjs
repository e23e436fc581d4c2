import { fileURLToPath } from "node:url";
import js from "@eslint/js";
import nextVitals from "eslint-config-next/core-web-vitals";
import tseslint from "typescript-eslint";
import { importDirection } from "./scripts/lint/import-direction.mjs";
import { noImportCircles } from "./scripts/lint/no-import-circles.mjs";

const root = fileURLToPath(new URL(".", import.meta.url));
const rules = { "import-direction": importDirection, "no-import-circles": noImportCircles };

export default tseslint.config(
  {
    ignores: [
      ...[".next/", "out/", "public/", "test-results/", ".cache/", "next-env.d.ts"],
      // AssemblyScript only looks like TypeScript; its own compiler checks it.
      ...["lib/kernel/assembly/", "lib/kernel/build/"],
    ],
  },
  js.configs.recommended,
  ...nextVitals,
  ...tseslint.configs.recommended,
  {
    plugins: { levelup: { rules } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "levelup/import-direction": "error",
      "levelup/no-import-circles": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "max-params": ["error", 5],
      "no-console": "error",
      // TypeScript knows the names, also those of platforms.
      "no-undef": "off",
      // What programs say and what names hold is full of them.
      "no-control-regex": "off",
    },
  },
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ["", ".worker", ".pool", ".node"].map((name) => `tsconfig${name}.json`),
        tsconfigRootDir: root,
      },
    },
    rules: {
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: false }],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      // It takes a branded number for no number; the compiler knows better.
      "@typescript-eslint/no-unsafe-unary-minus": "off",
      // A fake or a promise's end may be async without waiting for anything.
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
      // One import a module; what is only a type says so.
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/no-import-type-side-effects": "error",
      "import/no-duplicates": ["error", { "prefer-inline": true }],
      // #private is private at run time too, and needs no second way beside it.
      "@typescript-eslint/parameter-properties": "error",
      "no-restricted-syntax": [
        "error",
        {
          selector:
            ":matches(PropertyDefinition, MethodDefinition[kind!='constructor'])[accessibility='private']",
          message: "Use #name.",
        },
      ],
    },
  },
  // A number or a text that is fixed is in capitals; tables, functions and objects are not.
  {
    files: ["app/**/*.{ts,tsx}", "lib/**/*.ts"],
    rules: {
      "@typescript-eslint/naming-convention": [
        "error",
        {
          selector: "variable",
          modifiers: ["const", "global"],
          types: ["boolean", "string", "number"],
          format: ["UPPER_CASE"],
        },
        {
          selector: "variable",
          modifiers: ["const", "global"],
          format: ["camelCase", "PascalCase"],
        },
      ],
    },
  },
  // Next reads this name.
  {
    files: ["app/manifest.ts"],
    rules: { "@typescript-eslint/naming-convention": "off" },
  },
  // The batch log is also written to the console, as promised, and a worker's log when asked for;
  // commands and tests talk there.
  {
    files: [
      "lib/batch/log.ts",
      "lib/workers/song.worker.ts",
      "lib/node/song.worker.ts",
      "cli/**",
      "bench/**",
      "scripts/**",
      "test/**",
      "e2e/**",
    ],
    rules: { "no-console": "off" },
  },
  // Tests pass methods of fakes and of prototypes around.
  {
    files: ["test/**", "e2e/**"],
    rules: { "@typescript-eslint/unbound-method": "off" },
  },
  // Rules for React and Next's pages, where there are neither: `use` is a fixture of Playwright,
  // `module` a WebAssembly.Module.
  {
    files: ["lib/**", "cli/**", "bench/**", "scripts/**", "test/**", "e2e/**", "*.config.*"],
    rules: {
      "react-hooks/rules-of-hooks": "off",
      "@next/next/no-assign-module-variable": "off",
      "import/no-anonymous-default-export": "off",
      // Playwright reads a fixture's needs from its parameter, `{}` where there is none.
      "no-empty-pattern": "off",
    },
  },
);
