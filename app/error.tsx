"use client";

import { failure as t } from "./failure-strings";

export default function PageError({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <main className="mx-auto mt-[15vh] grid max-w-xl justify-items-start gap-3 p-6">
      <h1 className="text-2xl font-semibold">{t.heading}</h1>
      <p>{t.body}</p>
      {error instanceof Error && <p className="text-muted">{error.message}</p>}
      <button type="button" className="button button-strong" onClick={retry}>
        {t.again}
      </button>
    </main>
  );
}
