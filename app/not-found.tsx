import { failure as t } from "./failure-strings";

export default function NotFound() {
  return (
    <main className="mx-auto mt-[15vh] grid max-w-xl justify-items-start gap-3 p-6">
      <h1 className="text-2xl font-semibold">{t.lostHeading}</h1>
      <p>{t.lostBody}</p>
      {/* Loads the page as a whole: Next's router does not know below which path it lies. */}
      {/* eslint-disable-next-line @next/next/no-html-link-for-pages */}
      <a className="button button-strong" href="/">
        {t.home}
      </a>
    </main>
  );
}
