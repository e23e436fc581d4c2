"use client";

import { useId } from "react";
import { useSession, useThrottledSession, whileRunning } from "../session";
import { strings } from "../strings";
import { count, length } from "../ui/numbers";
import { tallyOf } from "./tally";
import { FILTERS, wholeView, type Filter, type View } from "./view";

const t = strings.songs;
const onceASecond = whileRunning(1000);

const always: ReadonlySet<Filter> = new Set(["all", "problems", "done"]);

/** Search, filter and totals above the table. */
export function ViewBar({
  view,
  onView,
  shown,
}: {
  view: View;
  onView: (view: View) => void;
  shown: number;
}) {
  const id = useId();
  const all = useSession((state) => state.order.length);
  const { seconds, ...tally } = useThrottledSession(tallyOf, onceASecond);
  const amounts: Record<Filter, number> = { all, ...tally };
  // What there is none of is no choice, unless it is what is looked at.
  const isOffered = (filter: Filter) =>
    always.has(filter) || amounts[filter] > 0 || filter === view.filter;

  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 max-sm:gap-y-0.5 lg:gap-x-5">
      <fieldset className="flex flex-wrap gap-x-4 max-sm:contents">
        <legend className="sr-only">{t.filter}</legend>
        {/* On a phone all have their places from the beginning, so that no line comes later. */}
        {FILTERS.filter((filter) => filter !== "excluded" || isOffered(filter)).map((filter) => (
          <label
            key={filter}
            className={`flex min-h-8 cursor-pointer items-center gap-1.5 ${isOffered(filter) ? "" : "sm:hidden"}`}
          >
            <input
              type="radio"
              className="accent-accent size-4 flex-none"
              name={`${id}-filter`}
              checked={view.filter === filter}
              onChange={() => onView({ ...view, filter })}
            />
            <span>
              {t.filters[filter]} <span className="text-muted">{count(amounts[filter])}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <div className="flex-1 basis-28 lg:flex-[0_1_16rem]">
        <label htmlFor={`${id}-search`} className="sr-only">
          {t.search}
        </label>
        <input
          id={`${id}-search`}
          type="search"
          className="control"
          placeholder={t.search}
          value={view.search}
          onChange={(event) => onView({ ...view, search: event.target.value })}
        />
      </div>
      <p className={`text-muted ms-auto text-[0.8125rem] ${shown > 0 ? "max-lg:hidden" : ""}`}>
        {t.shown(shown, all)}
        {seconds !== null && <>, {t.total(length(seconds))}</>}
        {shown === 0 && all > 0 && (
          <>
            {" "}
            <button
              type="button"
              className="link"
              onClick={() => onView({ ...wholeView, sort: view.sort })}
            >
              {t.showAll}
            </button>
          </>
        )}
      </p>
    </div>
  );
}
