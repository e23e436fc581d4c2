import Link from "next/link";
import { strings } from "./strings";

const t = strings.failure;

export default function NotFound() {
  return (
    <main className="failure">
      <h1>{t.lostHeading}</h1>
      <p>{t.lostBody}</p>
      <Link className="button button-strong" href="/">
        {t.home}
      </Link>
    </main>
  );
}
