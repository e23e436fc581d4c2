import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { headersFile, hostHeaders } from "../../../scripts/build/hosting/headers";

const textOf = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../../${name}`, import.meta.url)), "utf8");

const lines = (text: string) => text.split("\n").map((line) => line.trim());

it("the headers that SECURITY.md asks for are those of _headers and of the container", () => {
  const [, block = ""] = /^```\n(For pages[^]*?)^```/m.exec(textOf("SECURITY.md")) ?? [];
  const asked = lines(block).filter((line) => line !== "" && !line.startsWith("For "));
  const ours = Object.values(hostHeaders).flatMap((headers) =>
    Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  );
  expect(ours.sort()).toEqual(asked.sort());

  const nginx = textOf("scripts/build/hosting/nginx.conf");
  for (const line of asked) {
    const [name = "", value = ""] = line.split(/: (.*)/);
    expect(nginx).toContain(name);
    expect(nginx).toContain(`"${value}"`);
  }
});

it("_headers gives each path a header once, below the path of the page", () => {
  const rules = headersFile("/levelup").trim().split("\n\n").map(lines);
  expect(rules.map(([path]) => path)).toEqual(
    ["*", "", "index.html", "404.html", "_next/*", "engine/*"].map((each) => `/levelup/${each}`),
  );
  const named = rules.map((rule) => rule.slice(1).map((line) => line.split(":")[0]));
  const [everything = [], ...others] = named;
  for (const names of others) {
    expect(new Set([...everything, ...names]).size).toBe(everything.length + names.length);
  }
  expect(headersFile("")).toMatch(/^\/\*\n/);
});
