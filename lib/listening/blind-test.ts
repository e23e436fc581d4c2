/**
 * A blind test of two versions, A and B (ABX): in each trial X is one of them, and the listener says
 * which. Pure: which one X is comes from outside.
 */
export type Which = "a" | "b";

interface Trial {
  readonly x: Which;
  readonly answer: Which;
}

export interface BlindTest {
  /** Set before it begins: to end when the answers look good would make chance look like hearing. */
  readonly trials: number;
  readonly answered: readonly Trial[];
  /** What X is now; null once all trials are answered. */
  readonly x: Which | null;
}

export interface BlindResult {
  readonly trials: number;
  readonly correct: number;
  /** How probable so many right answers, or more, are for someone who hears no difference. */
  readonly chance: number;
}

export const begunTest = (trials: number, x: Which): BlindTest => ({ trials, answered: [], x });

/** `next`: what X is in the trial that follows. Nothing changes once it has ended. */
export function answered(test: BlindTest, answer: Which, next: Which): BlindTest {
  if (test.x === null) return test;
  const all = [...test.answered, { x: test.x, answer }];
  return { ...test, answered: all, x: all.length < test.trials ? next : null };
}

/** Null until every trial is answered. */
export function resultOf({ trials, answered: all, x }: BlindTest): BlindResult | null {
  if (x !== null) return null;
  const correct = all.filter((trial) => trial.x === trial.answer).length;
  return { trials, correct, chance: chanceOf(correct, trials) };
}

/** P(K ≥ k) of a binomial distribution with n trials and p = 1/2, summed exactly. */
export function chanceOf(k: number, n: number): number {
  let ways = 0n;
  let choose = 1n;
  for (let i = 0; i <= n; i++) {
    if (i >= k) ways += choose;
    choose = (choose * BigInt(n - i)) / BigInt(i + 1);
  }
  return Number(ways) / 2 ** n;
}

/** A coin that nobody can foresee. */
export const coin = (): Which => (crypto.getRandomValues(new Uint8Array(1))[0]! & 1 ? "a" : "b");
