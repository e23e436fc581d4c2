// From the reduction that each sample interval needs to the gain that each frame gets.
//
// The needed gain r is held down from `ahead` frames before to `hold` frames after it, let go by the
// release, and smoothed by two moving averages in a row (a triangle in time, no corners). The hold
// is as long as the averages, so the smoothed gain is never above any r within `hold` frames.
//
// The averages run in whole numbers: sums of integers do not drift, and a gain that has fully
// recovered is exactly 1.

import { take } from "./memory";

/** Gain 1 in the fixed-point numbers of the averages. */
const ONE: i64 = 1 << 30;

@unmanaged
export class Envelope {
  /** Frames from an interval to the frame whose gain is known once that interval is. */
  ahead: i32;
  hold: i32;

  /** Length of both averages; their last inputs; their sums. */
  average: i32;
  firstRing: usize;
  secondRing: usize;
  ringAt: i32;
  firstSum: i64;
  secondSum: i64;
  scale: f64;

  /** Intervals that need a reduction, the deepest first: a queue of (time, gain). */
  queue: usize;
  capacity: i32;
  head: i32;
  size: i32;
  now: u32;

  /** Gain before the averages, and its slow average that short peaks hardly move. */
  gain: f64;
  slow: f64;
  fastRelease: f64;
  slowAttack: f64;
  slowRelease: f64;
  slew: f64;

  static make(average: i32, hold: i32): Envelope {
    const self = changetype<Envelope>(take(offsetof<Envelope>()));
    self.average = average;
    self.hold = hold;
    self.ahead = 2 * average - 2 + hold;
    self.firstRing = take(average << 3);
    self.secondRing = take(average << 3);
    for (let i = 0; i < average; i++) {
      store<i64>(self.firstRing + (i << 3), ONE);
      store<i64>(self.secondRing + (i << 3), ONE * average);
    }
    self.firstSum = ONE * average;
    self.secondSum = ONE * average * average;
    self.scale = 1.0 / <f64>self.secondSum;
    self.capacity = self.ahead + hold + 1;
    self.queue = take(self.capacity << 3);
    self.gain = 1;
    self.slow = 1;
    return self;
  }

  /** True when the gain is 1 and stays 1 as long as no interval needs a reduction. */
  atRest(): bool {
    return (
      this.size == 0 &&
      this.gain == 1 &&
      this.slow == 1 &&
      this.secondSum == ONE * this.average * this.average
    );
  }

  /** Takes the gain that the next interval needs; gives that of the frame `ahead` before it. */
  next(needed: f32): f32 {
    this.now++;
    const held = <f64>this.lowest(needed);

    // Short peaks are released fast, back to the slow average; what lasts is released slowly.
    const slow = this.slow;
    const toSlow = held < slow ? this.slowAttack : this.slowRelease;
    this.slow = min<f64>(1, slow + (held - slow) * toSlow + (held < slow ? 0 : this.slew));
    const goal = max<f64>(this.slow, this.gain);
    const released = this.gain + (goal - this.gain) * this.fastRelease;
    this.gain = min<f64>(held, goal == this.slow ? min<f64>(goal, released + this.slew) : released);

    const input = <i64>(this.gain * <f64>ONE);
    const firstAt = this.firstRing + (this.ringAt << 3);
    this.firstSum += input - load<i64>(firstAt);
    store<i64>(firstAt, input);
    const secondAt = this.secondRing + (this.ringAt << 3);
    this.secondSum += this.firstSum - load<i64>(secondAt);
    store<i64>(secondAt, this.firstSum);
    if (++this.ringAt == this.average) this.ringAt = 0;
    return <f32>(<f64>this.secondSum * this.scale);
  }

  /** The lowest needed gain of the last `capacity` intervals. */
  private lowest(needed: f32): f32 {
    if (this.size > 0 && this.now - load<u32>(this.slot(0)) >= <u32>this.capacity) {
      if (++this.head == this.capacity) this.head = 0;
      this.size--;
    }
    if (needed < 1) {
      while (this.size > 0 && load<f32>(this.slot(this.size - 1), 4) >= needed) this.size--;
      const slot = this.slot(this.size++);
      store<u32>(slot, this.now);
      store<f32>(slot, needed, 4);
    }
    return this.size > 0 ? load<f32>(this.slot(0), 4) : 1;
  }

  private slot(index: i32): usize {
    let at = this.head + index;
    if (at >= this.capacity) at -= this.capacity;
    return this.queue + (at << 3);
  }
}
