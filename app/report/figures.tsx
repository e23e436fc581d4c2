import type { ReactNode } from "react";
import type { SongAlbum } from "@/lib/song/album";
import { strings } from "../strings";
import { level } from "../ui/numbers";
import { extent, within, type Distribution } from "./distribution";

const t = strings.report;

/** How near to the target and to each other the songs are, and were. */
export function Figures({
  data,
  albums,
  target,
  accuracy,
  children,
}: {
  data: Distribution;
  /** By album it is them that are brought to the target; their songs lie around it. */
  albums: readonly SongAlbum[];
  target: number;
  accuracy: number;
  children?: ReactNode;
}) {
  const { before, end, planned, toDo } = data;
  const known = end.values.length > 0;
  // Until the last song is done the figures are what the plan leads to; where results are not
  // measured they stay that.
  const earlier = toDo > 0 ? t.now : planned.values.length > 0 ? t.wasUnverified : t.was;
  /** Nothing where it was no different. */
  const unlessSame = (text: string, now: string) => (text === now ? null : earlier(text));
  const near = (values: readonly number[]) => t.of(within(values, target, accuracy), values.length);
  const [was, is] = [extent(before), extent(end)];
  const first =
    albums.length > 0
      ? {
          name: t.albumsWithin(String(accuracy)),
          is: near(albums.map(({ planned }) => planned)),
          // Results are measured song by song.
          was: (toDo > 0 ? t.now : t.wasUnverified)(near(albums.map(({ source }) => source))),
        }
      : {
          name: t.within(String(accuracy)),
          is: near(known ? end.values : before.values),
          was: known ? unlessSame(near(before.values), near(end.values)) : null,
        };
  return (
    <dl className="figures text-muted [&_strong]:text-ink flex flex-wrap items-baseline gap-x-6 text-[0.8125rem] [&_strong]:text-[0.9375rem] [&_strong]:font-semibold [&>div]:flex [&>div]:flex-wrap [&>div]:items-baseline [&>div]:gap-x-1.5">
      <div>
        <dt>{first.name}</dt>
        <dd>
          <strong>{first.is}</strong> {first.was !== null && <span>{first.was}</span>}
        </dd>
      </div>
      {was !== null && (
        <div>
          <dt>{t.spread}</dt>
          <dd>
            <strong>{level(is ?? was)}</strong> <span className="unit">LU</span>{" "}
            {is !== null && <span>{unlessSame(level(was), level(is))}</span>}
          </dd>
        </div>
      )}
      {children}
    </dl>
  );
}
