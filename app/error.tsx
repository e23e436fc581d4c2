"use client";

import { strings } from "./strings";

const t = strings.failure;

export default function PageError({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <main className="failure">
      <h1>{t.heading}</h1>
      <p>{t.body}</p>
      {error instanceof Error && <p className="failure-detail">{error.message}</p>}
      <button type="button" className="button button-strong" onClick={retry}>
        {t.again}
      </button>
    </main>
  );
}
