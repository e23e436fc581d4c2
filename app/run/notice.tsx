"use client";

import { useActions, useSession } from "../session";
import { strings } from "../strings";
import { Button } from "../ui/button";

/** Something that concerns the whole batch, such as a folder that may not be written to. */
export function Notice() {
  const notice = useSession((state) => state.notice);
  const actions = useActions();
  return (
    <div role="alert" className="notice-place">
      {notice !== null && (
        <div className="notice">
          <p>
            <strong>{notice.message}</strong> {notice.hint}
          </p>
          <div className="notice-buttons">
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
