import path from "node:path";
import { fileURLToPath } from "node:url";
import nextVitals from "eslint-config-next/core-web-vitals";
import nextTypescript from "eslint-config-next/typescript";
import tseslint from "typescript-eslint";

const root = fileURLToPath(new URL(".", import.meta.url));

/**
 * Which folder may import from which. One way only: what measures and writes songs must run in a
 * worker, in a test and in whatever comes after this page, so it must not know the page.
 * docs/architecture.md has the picture.
 */
const mayImport = {
  app: ["lib/batch", "lib/listening", "lib/offline", "lib/settings", "lib/loudness"],
  "lib/batch": ["lib/workers", "lib/files", "lib/settings", "lib/loudness"],
  "lib/files": ["lib/workers", "lib/settings"],
  "lib/workers": ["lib/ffmpeg", "lib/kernel", "lib/tags", "lib/bitstream", "lib/loudness"],
  "lib/ffmpeg": ["lib/loudness"],
  "lib/kernel": ["lib/loudness"],
  "lib/tags": ["lib/loudness"],
  "lib/bitstream": ["lib/loudness"],
  "lib/listening": ["lib/loudness"],
  "lib/settings": ["lib/loudness"],
  "lib/offline": [],
  "lib/offline": [],
  "lib/loudness": [],
};
/** Descriptions of data that both sides of a worker share. As types they leave nothing at run time. */
const sharedTypes = /^lib\/(batch\/(song|refusals|session-state)|settings\/settings)$/;
const reasons = {
  app: "the page shows and asks; it reaches the engine only through lib/batch, and shares units and settings",
  "lib/batch":
    "the batch talks to songs only through lib/workers, so that all heavy work stays off the page",
  "lib/loudness":
    "the arithmetic of loudness is pure: it depends on nothing, so that anyone can check it",
};

const folderOf = (file) =>
  Object.keys(mayImport).find((folder) => file === folder || file.startsWith(`${folder}/`));

const importDirection = {
  meta: { type: "problem", schema: [], messages: { wrong: "{{text}}" } },
  create(context) {
    const file = path.relative(root, context.filename).split(path.sep).join("/");
    const from = folderOf(file);
    if (from === undefined) return {};
    const check = (node, source, typeOnly) => {
      if (typeof source?.value !== "string") return;
      const target = source.value.startsWith("@/")
        ? source.value.slice(2)
        : source.value.startsWith(".")
          ? path.posix.join(path.posix.dirname(file), source.value)
          : null;
      // Packages have no direction; lib/loudness does without them too.
      if (target === null) {
        if (from === "lib/loudness") report(node, from, source.value);
        return;
      }
      const to = folderOf(target);
      if (to === from || mayImport[from].includes(to)) return;
      if (typeOnly && sharedTypes.test(target)) return;
      report(node, from, to ?? target);
    };
    const report = (node, from, to) => {
      const reason = reasons[from] ?? `it may import only from ${mayImport[from].join(", ")}`;
      context.report({
        node,
        messageId: "wrong",
        data: { text: `${from} must not import from ${to}: ${reason}.` },
      });
    };
    const isTypeOnly = (node) =>
      node.importKind === "type" ||
      node.exportKind === "type" ||
      (node.specifiers?.length > 0 &&
        node.specifiers.every(({ importKind, exportKind }) =>
          [importKind, exportKind].includes("type"),
        ));
    return {
      ImportDeclaration: (node) => check(node, node.source, isTypeOnly(node)),
      ExportNamedDeclaration: (node) => check(node, node.source, isTypeOnly(node)),
      ExportAllDeclaration: (node) => check(node, node.source, isTypeOnly(node)),
      ImportExpression: (node) => check(node, node.source, false),
      // `new URL("../workers/song.worker.ts", import.meta.url)` starts a worker: an import too.
      "NewExpression[callee.name='URL'][arguments.1.type='MemberExpression']": (node) =>
        check(node, node.arguments[0], false),
    };
  },
};

export default tseslint.config(
  {
    ignores: [
      ...[".next/", "out/", "public/", "test-results/", ".cache/", "next-env.d.ts"],
      // AssemblyScript only looks like TypeScript; its own compiler checks it.
      ...["lib/kernel/assembly/", "lib/kernel/build/"],
    ],
  },
  ...nextVitals,
  ...nextTypescript,
  {
    plugins: { levelup: { rules: { "import-direction": importDirection } } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "levelup/import-direction": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-console": "error",
    },
  },
  {
    files: ["**/*.{ts,tsx}"],
    languageOptions: {
      parserOptions: {
        project: ["tsconfig.json", "tsconfig.worker.json", "tsconfig.node.json"],
        tsconfigRootDir: root,
      },
    },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: false }],
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/no-unnecessary-type-assertion": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
    },
  },
  // The batch log is also written to the console, as promised; commands and tests talk there.
  {
    files: ["lib/batch/log.ts", "scripts/**", "test/**", "e2e/**"],
    rules: { "no-console": "off" },
  },
  // Rules for React and Next's pages, where there are neither: `use` is a fixture of Playwright,
  // `module` a WebAssembly.Module.
  {
    files: ["lib/**", "scripts/**", "test/**", "e2e/**", "*.config.*"],
    rules: {
      "react-hooks/rules-of-hooks": "off",
      "@next/next/no-assign-module-variable": "off",
      "import/no-anonymous-default-export": "off",
    },
  },
);
