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
          <Button look="quiet" onClick={() => actions?.dismissNotice()}>
            {strings.notice.dismiss}
          </Button>
        </div>
      )}
    </div>
  );
}
