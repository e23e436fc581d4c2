import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { baseOfExport, relocate } from "../../../scripts/build/hosting/relocate";

/** In the forms in which Next writes them; `at` is where the page lies. */
const exported = (at: string): Readonly<Record<string, string>> => ({
  "index.html":
    `<link rel="manifest" href="${at}/manifest.webmanifest"/>` +
    `<link rel="icon" href="${at}/icon.svg?icon.1.svg"/>` +
    `<script src="${at}/_next/static/chunks/a.js" async=""></script>` +
    `<p>The text / and "/" and /icon.svg stay.</p>` +
    `<script>push([1,"2:\\"${at}/_next/static/chunks/a.js\\"\\n:HL[\\"${at}/_next/b.css\\"]` +
    `{\\"href\\":\\"${at}/\\",\\"c\\":[\\"\\",\\"\\"]}{\\"href\\":\\"${at}/icon.svg?1\\"}"])</script>`,
  "404.html": `<a href="${at}/">Home</a><script src="${at}/_next/static/chunks/a.js"></script>`,
  "index.txt": `2:"${at}/_next/static/chunks/a.js"\n{"href":"${at}/"}`,
  "_next/static/chunks/a.js": `let k="${at}/_next/",parts=s.split("/"),j=t.join("/")`,
  "sw.js": `const path = "/";`,
});

let folder: string;
const write = (files: Readonly<Record<string, string>>) => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
};
const read = () =>
  Object.fromEntries(
    Object.keys(exported("")).map((name) => [name, readFileSync(path.join(folder, name), "utf8")]),
  );
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "levelup-relocate-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("one build at another path", () => {
  it("has all of Next's addresses moved, and nothing else, from anywhere to anywhere", () => {
    write(exported(""));
    for (const base of ["/levelup", "/a/b.c", "/a/b", "", "/_next.old", ""]) {
      relocate(folder, base);
      expect(read()).toEqual(exported(base));
      expect(baseOfExport(folder)).toBe(base);
    }
  });

  it("is not made where an address stands in a form that is not known", () => {
    write({ ...exported(""), "_next/static/chunks/b.js": "let k='/_next/'" });
    expect(() => relocate(folder, "/levelup")).toThrow("_next/static/chunks/b.js holds an address");
  });
});
