import type { Interaction, InterfaceUse } from "../page/interface";
import type { Results } from "../results";
import type { Table } from "./table";

/** Goals: what a person feels as at once, and what the page may take from the songs. */
export const MOST_MILLISECONDS = 200;
export const MOST_SHARE = 0.03;

/** Milliseconds of the slowest of them. */
export const worstOf = (interactions: readonly Interaction[]): number =>
  Math.max(...interactions.map(({ times }) => times.most));

/** Of the processor time of a batch, what the page's own thread took. */
export const shareOf = ({ batch }: InterfaceUse): number => batch.page / batch.browser;

export function interfaceTables({ interfaceUse: use }: Results): Table[] {
  if (!use) return [];
  const { still, running, batch, rows } = use;
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  return [
    {
      title: "The page under the hand",
      onlyPrinted: true,
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
      onlyPrinted: true,
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
