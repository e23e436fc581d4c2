import Link from "next/link";
import { strings } from "./strings";

const t = strings.failure;

export default function NotFound() {
  return (
    <main className="mx-auto mt-[15vh] grid max-w-xl justify-items-start gap-3 p-6">
      <h1 className="text-2xl font-semibold">{t.lostHeading}</h1>
      <p>{t.lostBody}</p>
      <Link className="button button-strong" href="/">
        {t.home}
      </Link>
    </main>
  );
}
