import { describe, expect, it, vi } from "vitest";
import { Watchdog } from "@/lib/pool/watchdog";
import { ManualClock } from "../../support/manual-clock";

const started = (patience: number) => {
  const clock = new ManualClock();
  const bark = vi.fn();
  const dog = new Watchdog(clock, bark);
  dog.start(patience);
  return { clock, bark, dog };
};

describe("the watchdog", () => {
  it("barks once, after that many seconds without food", () => {
    const { clock, bark, dog } = started(10);
    clock.pass(9);
    dog.feed(10);
    clock.pass(9);
    expect(bark).not.toHaveBeenCalled();
    clock.pass(1);
    expect(bark).toHaveBeenCalledTimes(1);
    clock.pass(100);
    expect(bark).toHaveBeenCalledTimes(1);
  });

  it("does not count the hours that the machine slept", () => {
    const { clock, bark } = started(10);
    clock.pass(5);
    clock.sleep(8 * 3600);
    clock.pass(4);
    expect(bark).not.toHaveBeenCalled();
    clock.pass(1);
    expect(bark).toHaveBeenCalledTimes(1);
  });

  it("keeps quiet once stopped", () => {
    const { clock, bark, dog } = started(10);
    dog.stop();
    clock.pass(60);
    expect(bark).not.toHaveBeenCalled();
  });
});
