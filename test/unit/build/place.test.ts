import { describe, expect, it } from "vitest";
import { readPlace } from "../../../scripts/build/hosting/place";

const placeOf = (path?: string, address?: string) => {
  const read = readPlace({ LEVELUP_BASE_PATH: path, LEVELUP_ADDRESS: address });
  return read.kind === "place" ? read.place : read.kind;
};

describe("where the page will lie", () => {
  it("is the root of a host unless something else is said", () => {
    const root = { base: "", address: null };
    for (const path of [undefined, "", "/"]) expect(placeOf(path)).toEqual(root);
  });

  it("is a path, however its ends are written", () => {
    const below = { base: "/~ana/level-up.2", address: null };
    for (const path of ["/~ana/level-up.2", "~ana/level-up.2/", "//~ana/level-up.2/"]) {
      expect(placeOf(path)).toEqual(below);
    }
  });

  it("is a whole address, whose path may be said twice", () => {
    const whole = { base: "/levelup", address: "https://songs.example/levelup/" };
    expect(placeOf(undefined, "https://songs.example/levelup")).toEqual(whole);
    expect(placeOf("/levelup", "https://songs.example/levelup/?ref=1")).toEqual(whole);
    expect(placeOf("", "http://localhost:3000")).toEqual({
      base: "",
      address: "http://localhost:3000/",
    });
  });

  it.each([
    ["a path that is written in another way in an address", "/level up", undefined],
    ["a path out of its folder", "/a/../b", undefined],
    ["markup", '/"><script>', undefined],
    ["an address that is none", undefined, "songs.example/levelup"],
    ["an address that no page has", undefined, "ftp://songs.example/"],
    ["two different paths", "/levelup", "https://songs.example/other/"],
  ])("is not %s", (_, path, address) => {
    expect(placeOf(path, address)).toBe("wrong");
  });
});
