import { expect, it } from "vitest";
import { Notices } from "@/lib/session/notices";
import type { SessionNotice } from "@/lib/session/session-state";

function shown() {
  const seen: (SessionNotice | null)[] = [];
  const did: string[] = [];
  const notices = new Notices((notice) => seen.push(notice));
  notices.offer("Gone.", "Nothing was touched.", {
    label: "Undo",
    take: () => did.push("back"),
    lapse: (taken) => did.push(taken ? "taken" : "lapsed"),
  });
  return { notices, did, last: () => seen.at(-1) };
}

it("a way back is taken once, however often it is pressed", () => {
  const { notices, did, last } = shown();
  expect(last()).toMatchObject({ message: "Gone.", back: "Undo" });
  notices.takeBack();
  notices.takeBack();
  expect(did).toEqual(["taken", "back"]);
  expect(last()).toBeNull();
});

it("it lapses when something else is said or done, and stays under advice", () => {
  for (const other of [
    (notices: Notices) => notices.say("Something", "else"),
    (notices: Notices) => notices.dismiss(),
    (notices: Notices) => notices.endOffer(),
  ]) {
    const { notices, did } = shown();
    expect(notices.advise("Slow", "drive", 2)).toBe(false);
    expect(did).toEqual([]);
    other(notices);
    notices.takeBack();
    expect(did).toEqual(["lapsed"]);
  }
  const { notices, last } = shown();
  notices.say("An error", "stays");
  notices.endOffer();
  expect(last()).toMatchObject({ message: "An error" });
});
