import { createHash } from "node:crypto";
import { REPAIR_SCRIPT } from "../../../app/offline/repair-script";
import { THEME_SCRIPT } from "../../../app/theme-script";
import { BUILD_META } from "@/lib/offline/messages";

/*
 * The Content-Security-Policy of the exported pages (CSP Level 3), in the pages themselves, because
 * a host of static files often cannot send headers. SECURITY.md says what each line is for.
 */

/**
 * The page hands no string to the browser as HTML, and addresses of scripts only from its own
 * origin. Trusted Types make the browser refuse everything else, whoever tries it.
 */
const trustedTypesScript =
  'window.trustedTypes?.createPolicy("default",{createScriptURL:(url)=>' +
  "new URL(url,document.baseURI).origin===location.origin?url:null})";

/** Of a song worker: no request but for its own code. Sent by the service worker, or by the host. */
export const workerPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";

const attributes = /(?:[^>"']|"[^"]*"|'[^']*')*/.source;
const element = (name: string) =>
  new RegExp(`<${name}\\b(${attributes})>([\\s\\S]*?)</${name}>`, "gi");
const isInline = (given: string) => !/\ssrc\s*=/i.test(given);

const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const unique = (values: readonly string[]) => [...new Set(values)];

/** Texts of the scripts that stand in the page itself. */
const inlineScripts = (html: string) =>
  [...html.matchAll(element("script"))]
    .filter(([, given = ""]) => isInline(given))
    .map(([, , text = ""]) => text);

const styleElements = (html: string) =>
  [...html.matchAll(element("style"))].map(([, , text = ""]) => text);

/** The opening tags of the page, without what is text or script between them. */
const tags = (html: string) => {
  const markup = html
    .replace(element("script"), "<script$1>")
    .replace(element("style"), "<style$1>");
  return [...markup.matchAll(new RegExp(`<[a-z]${attributes}>`, "gi"))].map(([tag]) => tag);
};

const entities: Readonly<Record<string, string>> = {
  "&quot;": '"',
  "&#x27;": "'",
  "&lt;": "<",
  "&gt;": ">",
  "&amp;": "&",
};

const styleAttributes = (html: string) =>
  tags(html).flatMap((tag) =>
    [...tag.matchAll(/\sstyle="([^"]*)"/gi)].map(([, value = ""]) =>
      value.replace(/&(?:quot|#x27|lt|gt|amp);/g, (entity) => entities[entity] ?? entity),
    ),
  );

function policyFor(html: string): string {
  const [scripts, styles, styled] = [inlineScripts, styleElements, styleAttributes].map((find) =>
    unique(find(html).map(hashOf)),
  ) as [string[], string[], string[]];
  return [
    ["default-src", "'none'"],
    ["script-src", "'self'", "'wasm-unsafe-eval'", ...scripts],
    ["worker-src", "'self'"],
    ["connect-src", "'self'"],
    // Styles that React sets go through the DOM, which is always allowed. Only markup is not.
    [
      ...["style-src", "'self'", ...styles],
      ...(styled.length > 0 ? ["'unsafe-hashes'", ...styled] : []),
    ],
    ["img-src", "'self'", "blob:", "data:"],
    ["media-src", "blob:"],
    ["manifest-src", "'self'"],
    ["base-uri", "'none'"],
    ["form-action", "'none'"],
    ["require-trusted-types-for", "'script'"],
    ["trusted-types", "default"],
  ]
    .map((directive) => directive.join(" "))
    .join("; ");
}

const ours = /<!--levelup-->[\s\S]*?<!--\/levelup-->/;

/** The page as Next wrote it: what `harden` put in is taken out. */
export const bare = (html: string): string => html.replace(ours, "");

/** What those who are sent the page's address see of it; pictures need whole addresses (Open Graph). */
const previews = (address: string | null): string =>
  address === null
    ? ""
    : `<meta property="og:url" content="${address}"/>` +
      `<meta property="og:image" content="${address}icons/icon-512.png"/>`;

/**
 * Puts policy, referrer policy and the build's id first in the page, after its character set: a
 * policy holds only for what comes after it. Throws when the page has no place for it. `address` is
 * a whole one of plain characters, or null.
 */
export function harden(html: string, build: string, address: string | null = null): string {
  const start = /<head><meta charset="?utf-8"?\s*\/?>/i;
  const page = bare(html);
  if (!start.test(page)) throw new Error("The page does not begin with its character set.");
  const script = `<script>${trustedTypesScript};${THEME_SCRIPT};${REPAIR_SCRIPT}</script>`;
  const policy = policyFor(script + page);
  return page.replace(
    start,
    (head) =>
      `${head}<!--levelup--><meta http-equiv="Content-Security-Policy" content="${policy}"/>` +
      `<meta name="referrer" content="no-referrer"/>` +
      `<meta name="${BUILD_META}" content="${build}"/>` +
      `${previews(address)}${script}<!--/levelup-->`,
  );
}

/** Why a finished page must not be published, in sentences; none when all is well. */
export function problemsIn(html: string): string[] {
  const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]*)"\/>/;
  const [whole, content = ""] = policy.exec(html) ?? [];
  if (whole === undefined) return ["It has no Content-Security-Policy."];
  const problems: string[] = [];
  const before = html.slice(0, html.indexOf(whole));
  if (/<(?:script|style|link|base)\b/i.test(before)) {
    problems.push("Something is loaded before the Content-Security-Policy.");
  }
  const directive = (name: string) =>
    content.split("; ").find((each) => each.startsWith(`${name} `)) ?? "";
  const unnamed = (name: string, texts: readonly string[], what: string) => {
    for (const text of texts) {
      if (directive(name).includes(hashOf(text))) continue;
      problems.push(`${what} has no hash in the policy: ${text.slice(0, 80)}`);
    }
  };
  unnamed("script-src", inlineScripts(html), "An inline script");
  unnamed("style-src", styleElements(html), "An inline style sheet");
  unnamed("style-src", styleAttributes(html), "A style attribute");
  for (const tag of tags(html)) {
    if (/\son[a-z]+\s*=/i.test(tag)) problems.push(`An event handler in the markup: ${tag}`);
    if (/\s(?:href|src)\s*=\s*["']?\s*javascript:/i.test(tag)) {
      problems.push(`A script in an address: ${tag}`);
    }
    if (
      /^<(?:script|link|img|audio|iframe)\b/i.test(tag) &&
      /\s(?:src|href)="(?:[a-z]+:)?\/\//i.test(tag)
    ) {
      problems.push(`Something is loaded from another origin: ${tag}`);
    }
    if (/^<(?:base|iframe|object|embed)\b/i.test(tag)) problems.push(`It must not have ${tag}`);
  }
  return problems;
}
