"use client";

import { useActions, useSession } from "../session";
import { strings } from "../strings";
import { Button } from "../ui/button";

/** The look of what is said above everything else. */
export const NOTICE =
  "flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded border border-s-4 border-amber bg-surface py-1.5 ps-4 pe-2";

/** Something that concerns the whole batch, such as a folder that may not be written to. */
export function Notice() {
  const notice = useSession((state) => state.notice);
  const actions = useActions();
  return (
    <div role="alert" className="notice-place empty:hidden">
      {notice !== null && (
        <div className={NOTICE}>
          <p>
            <strong>{notice.message}</strong> {notice.hint}
          </p>
          <div className="flex flex-wrap gap-2">
            {notice.back !== undefined && (
              <Button onClick={() => actions.takeBack()}>{notice.back}</Button>
            )}
            {notice.advisedWorkers !== undefined && <UseWorkers workers={notice.advisedWorkers} />}
            <Button look="quiet" onClick={() => actions.dismissNotice()}>
              {strings.notice.dismiss}
            </Button>
          </div>
        </div>
      )}
    </div>
  );
}

/** The setting changes, under the running batch too, as if it had been typed. */
function UseWorkers({ workers }: { workers: number }) {
  const actions = useActions();
  const use = () => {
    actions.update({ maxConcurrentJobs: workers });
    actions.dismissNotice();
  };
  return <Button onClick={use}>{strings.notice.useWorkers(workers)}</Button>;
}
