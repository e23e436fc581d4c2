import { strings } from "../strings";
import { level } from "../ui/numbers";
import { extent, within, type Distribution } from "./distribution";

const t = strings.report;

/** How near to the target and to each other the songs are, and were. */
export function Figures({
  data,
  target,
  accuracy,
}: {
  data: Distribution;
  target: number;
  accuracy: number;
}) {
  const { before, end, planned, toDo } = data;
  const known = end.values.length > 0;
  // Until the last song is done the figures are what the plan leads to; where results are not
  // measured they stay that.
  const earlier = toDo > 0 ? t.now : planned.values.length > 0 ? t.wasUnverified : t.was;
  const near = (values: readonly number[]) => t.of(within(values, target, accuracy), values.length);
  const [was, is] = [extent(before), extent(end)];
  return (
    <dl className="figures">
      <div>
        <dt>{t.within(String(accuracy))}</dt>
        <dd>
          <strong>{near(known ? end.values : before.values)}</strong>{" "}
          {known && <span>{earlier(near(before.values))}</span>}
        </dd>
      </div>
      {was !== null && (
        <div>
          <dt>{t.spread}</dt>
          <dd>
            <strong>{level(is ?? was)}</strong> <span className="unit">LU</span>{" "}
            {is !== null && <span>{earlier(level(was))}</span>}
          </dd>
        </div>
      )}
    </dl>
  );
}
