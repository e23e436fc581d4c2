"use client";

import { isRunning, useActions, useSession } from "../session";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { AddButtons } from "./add-buttons";
import { IntakeSummary } from "./intake-summary";

/** Adding more, once there are songs. */
export function IntakeBar() {
  const actions = useActions();
  const running = useSession(isRunning);
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1.5 max-sm:w-full max-sm:gap-y-0.5">
      <AddButtons />
      <Button look="quiet" disabled={running} onClick={() => actions.clear()}>
        {strings.intake.clear}
      </Button>
      <IntakeSummary />
    </div>
  );
}
