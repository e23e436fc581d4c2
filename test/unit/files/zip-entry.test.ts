import { makeZip } from "client-zip";
import { expect, it } from "vitest";
import { storedEntry } from "@/lib/files/zip-entry";

it("a song is found again in the zip that it was put into", async () => {
  const songs = {
    "Album/01 Ä.mp3": "the first",
    "Album/02.mp3": "",
    "last.flac": "x".repeat(70_000),
  };
  const entries = Object.entries(songs).map(([name, input]) => ({ name, input }));
  const zip = await new Response(makeZip(entries)).blob();
  for (const [name, text] of Object.entries(songs)) {
    expect(await (await storedEntry(zip, name))?.text(), name).toBe(text);
  }
  expect(await storedEntry(zip, "01 Ä.mp3")).toBeNull();
});
