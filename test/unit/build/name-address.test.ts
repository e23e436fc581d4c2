import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { withAddress } from "../../../scripts/build/hosting/name-address.mjs";

const readme = readFileSync(fileURLToPath(new URL("../../../README.md", import.meta.url)), "utf8");

it("the README names an address where the page has one, and says how to host it either way", () => {
  const address = "https://ana.github.io/levelup/";
  const none = withAddress(readme, "");
  expect(none).not.toContain("Open LevelUp");
  const named = withAddress(readme, address);
  expect(named).toContain(`[Open LevelUp](${address})`);
  for (const text of [none, named]) expect(text).toContain("npm run build");
  expect(withAddress(withAddress(named, address), ""), "said once").toBe(none);
});

it("takes no address that is not one of a published page", () => {
  for (const address of ["levelup", "http://localhost:3000/", "javascript:alert(1)"]) {
    expect(() => withAddress(readme, address)).toThrow();
  }
});
