import type { Table } from "./tables";
import type { Spread } from "./timing";

/** The goals of "A page that people enjoy". */
export const MOST_MILLISECONDS = 200;
export const MOST_SHARE = 0.03;

export interface Interaction {
  readonly what: string;
  /** Milliseconds from the input to the next frame, one of each interaction. */
  readonly times: Spread;
}

export interface PageCost {
  readonly songs: number;
  /** Processor seconds: the page's own thread, and the whole browser. */
  readonly page: number;
  readonly browser: number;
}

export interface InterfaceUse {
  readonly rows: number;
  /** Nothing else going on. */
  readonly still: readonly Interaction[];
  /** While a batch over all rows runs. */
  readonly running: readonly Interaction[];
  /** A batch over songs of usual length, the page visible. */
  readonly batch: PageCost;
}

/** Milliseconds of the slowest of them. */
export const worstOf = (interactions: readonly Interaction[]): number =>
  Math.max(...interactions.map(({ times }) => times.most));

/** Of the processor time of a batch, what the page's own thread took. */
export const shareOf = ({ batch }: InterfaceUse): number => batch.page / batch.browser;

export function interfaceTables(use: InterfaceUse): Table[] {
  const { still, running, batch, rows } = use;
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  return [
    {
      title: "The page under the hand",
      about: `Measured: ${rows.toLocaleString("en")} measured rows; real keys and clicks; the browser's own Event Timing from the input to the next frame, which it rounds to 8 ms and does not tell below 16. Median and worst, first with nothing going on, then while a batch over all rows runs. Goal: under ${MOST_MILLISECONDS} ms.`,
      head: ["interaction", "still, median", "worst", "batch running, median", "worst"],
      rows: [
        ...still.map(({ what, times }, index) => {
          const other = running[index]?.times;
          return [
            what,
            ms(times.median),
            ms(times.most),
            ms(other?.median ?? NaN),
            ms(other?.most ?? NaN),
          ];
        }),
        [
          `under ${MOST_MILLISECONDS} ms`,
          "",
          worstOf(still) < MOST_MILLISECONDS ? "yes" : "no",
          "",
          worstOf(running) < MOST_MILLISECONDS ? "yes" : "no",
        ],
      ],
    },
    {
      title: "The page during a batch",
      about: `Measured: processor time of the page's own thread (everything that the page does: taking messages, state, drawing) beside that of the whole browser, ${batch.songs} songs leveled, the page visible. Goal: at most ${MOST_SHARE * 100} %.`,
      head: ["page", "browser", "share", "met"],
      rows: [
        [
          `${batch.page.toFixed(2)} s`,
          `${batch.browser.toFixed(1)} s`,
          `${(shareOf(use) * 100).toFixed(2)} %`,
          shareOf(use) <= MOST_SHARE ? "yes" : "no",
        ],
      ],
    },
  ];
}
