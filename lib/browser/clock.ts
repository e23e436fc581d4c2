import type { Clock } from "@/lib/pool/clock";

export const browserClock: Clock = {
  now: () => performance.now() / 1000,
  every(seconds, tick) {
    const timer = setInterval(tick, seconds * 1000);
    return () => clearInterval(timer);
  },
};
