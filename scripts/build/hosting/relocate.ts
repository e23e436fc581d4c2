import { readFileSync } from "node:fs";
import path from "node:path";
import { filesBelow, replaceFile } from "../files";

/*
 * Next writes addresses from the root of the origin; all others of the page are relative. They
 * stand in few forms, so one build serves any path: it is moved by rewriting them, in less than a
 * second, where a build for each path takes a minute.
 */

/** Whatever Next may have written an address into. */
const textFile = /\.(?:html|js|css|txt)$/;

/** Where the export in `folder` lies now: "" or a path such as "/levelup". */
export function baseOfExport(folder: string): string {
  const page = readFileSync(path.join(folder, "index.html"), "utf8");
  const [, base] = /<script src="([^"]*)\/_next\//.exec(page) ?? [];
  if (base === undefined) throw new Error("The page names no script of its own.");
  return base;
}

/**
 * Moves the export in `folder` to another path; `hardenExport` has to follow, since inline scripts
 * and checksums change. Throws when an address stands in a form that is not known: it would stay
 * behind.
 */
export function relocate(folder: string, base: string): void {
  const current = baseOfExport(folder).replaceAll(".", "\\.");
  const moved = [
    // At the start of a string, in markup, in scripts, and in the page's data inside both.
    new RegExp(`(")${current}/(?=_next/|manifest\\.webmanifest|icon\\.svg)`, "g"),
    // The way back from the page that says that there is none.
    new RegExp(`(href(?:=|\\\\?":\\\\?)")${current}/(?=\\\\?")`, "g"),
  ];
  for (const name of filesBelow(folder).filter((each) => textFile.test(each))) {
    const file = path.join(folder, name);
    const before = readFileSync(file, "utf8");
    const after = moved.reduce(
      (text, address) => text.replace(address, (_, start: string) => `${start}${base}/`),
      before,
    );
    const known = after.split(`"${base}/_next/`).length;
    if (after.split("/_next/").length !== known) {
      throw new Error(`${name} holds an address of Next's that cannot be moved.`);
    }
    if (after !== before) replaceFile(file, after);
  }
}
