"use client";

import { useActions, useSession } from "../session";
import { strings } from "../strings";
import { Button } from "../ui/button";

const t = strings.intake;

/** The three ways in; the fourth is dropping anywhere. */
export function AddButtons({ large = false }: { large?: boolean }) {
  const actions = useActions();
  const folders = useSession((state) => state.capabilities.folders);
  return (
    <>
      <Button
        look={large ? "strong" : "plain"}
        title={folders ? t.asks.view : t.asks.upload}
        onClick={() => void actions.chooseFolder()}
      >
        {t.chooseFolder}
      </Button>
      <Button onClick={() => void actions.chooseFiles()}>{t.chooseFiles}</Button>
      <Button
        look="quiet"
        className={large ? "" : "max-sm:hidden"}
        onClick={() => void actions.addSamples()}
      >
        {t.samples}
      </Button>
    </>
  );
}
