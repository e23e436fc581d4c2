"use client";

import { useActions } from "../session";
import { strings } from "../strings";
import { Button } from "../ui/button";

const t = strings.intake;

/** The three ways in; the fourth is dropping anywhere. */
export function AddButtons({ large = false }: { large?: boolean }) {
  const actions = useActions();
  return (
    <>
      <Button look={large ? "strong" : "plain"} onClick={() => void actions.chooseFolder()}>
        {t.chooseFolder}
      </Button>
      <Button onClick={() => void actions.chooseFiles()}>{t.chooseFiles}</Button>
      <Button look="quiet" onClick={() => void actions.addSamples()}>
        {t.samples}
      </Button>
    </>
  );
}
