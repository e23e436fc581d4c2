import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bare, harden, problemsIn } from "../../../scripts/build/harden-export/policy";

const page = (body: string) =>
  `<!DOCTYPE html><html lang="en"><head><meta charSet="utf-8"/><title>T</title></head>` +
  `<body>${body}</body></html>`;

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

/** Text that can stand in a script or style element. */
const code = fc
  .string({ unit: "binary" })
  .filter((text) => !/<\/?(?:script|style)|\r|\0/i.test(text));

describe("the policy of an exported page", () => {
  it("names every inline script and style, whatever is in them", () => {
    fc.assert(
      fc.property(code, code, code, (script, style, attribute) => {
        const html = page(
          `<script>${script}</script><style>${style}</style>` +
            `<p style="${escaped(attribute)}" title="a > b">x</p><script src="/a.js"></script>`,
        );
        expect(problemsIn(harden(html, "1"))).toEqual([]);
      }),
    );
  });

  it("refuses an inline script, a style sheet or a style attribute that came in later", () => {
    fc.assert(
      fc.property(code, (text) => {
        fc.pre(text !== "");
        const done = harden(page("<p>x</p>"), "1");
        for (const late of [
          `<script>${text}</script>`,
          `<style>${text}</style>`,
          `<i style="${escaped(text)}">`,
        ]) {
          expect(problemsIn(done.replace("<p>x</p>", () => late))).toHaveLength(1);
        }
      }),
    );
  });

  it("allows no script but our own files and the hashed ones", () => {
    const [, policy = ""] =
      /Content-Security-Policy" content="([^"]*)"/.exec(harden(page("<script>1</script>"), "1")) ??
      [];
    const directives = new Map(
      policy.split("; ").map((each) => [each.split(" ")[0], each.split(" ").slice(1)]),
    );
    expect(directives.get("default-src")).toEqual(["'none'"]);
    expect(directives.get("connect-src")).toEqual(["'self'"]);
    expect(directives.get("script-src")?.filter((each) => !each.startsWith("'sha256-"))).toEqual([
      "'self'",
      "'wasm-unsafe-eval'",
    ]);
    expect(policy).not.toMatch(/'unsafe-inline'|'unsafe-eval'|http|\*/);
  });

  it.each([
    ["an event handler", `<img src="/x.png" onerror="go()">`],
    ["an address that is a script", `<a href="javascript:go()">x</a>`],
    ["a script of another origin", `<script src="https://cdn.example/x.js"></script>`],
    ["a style sheet of another origin", `<link rel="stylesheet" href="//cdn.example/x.css"/>`],
    ["another base", `<base href="/elsewhere/"/>`],
    ["a frame", `<iframe src="/x.html"></iframe>`],
  ])("does not let %s be published", (_, markup) => {
    expect(problemsIn(harden(page(markup), "1"))).toHaveLength(1);
  });

  it("lets a link that a person may follow be published", () => {
    expect(problemsIn(harden(page(`<a href="https://tech.ebu.ch/">EBU</a>`), "1"))).toEqual([]);
  });

  it("does not take a page without a policy, or with one that comes too late", () => {
    expect(problemsIn(page(""))).toEqual(["It has no Content-Security-Policy."]);
    const late = harden(page(""), "1").replace("<head>", `<head><script src="/a.js"></script>`);
    expect(problemsIn(late)).toHaveLength(1);
  });

  it("is the same when the build step runs again on its own output", () => {
    const once = harden(page("<script>1</script>"), "1");
    expect(harden(once, "1")).toBe(once);
    expect(bare(once)).toBe(page("<script>1</script>"));
  });
});
