import { workerPolicy } from "../harden-export/policy";

/** What a host should send, for what; SECURITY.md says why each. */
export const hostHeaders = {
  pages: {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Permissions-Policy":
      "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), bluetooth=(), hid=(), midi=(), display-capture=(), browsing-topics=()",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
  },
  /** All but the service worker, which has to fetch. */
  scripts: { "Content-Security-Policy": workerPolicy },
  everything: {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
  },
} as const;

/**
 * A `_headers` file, as Netlify and Cloudflare Pages read it from the root of what they publish.
 * No path gets one header from two rules: the two hosts join such values differently.
 */
export function headersFile(base: string): string {
  const rules: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ["/*", hostHeaders.everything],
    ...["/", "/index.html", "/404.html"].map((page) => [page, hostHeaders.pages] as const),
    // The folders that hold nothing but scripts and what scripts load.
    ...["/_next/*", "/engine/*"].map((folder) => [folder, hostHeaders.scripts] as const),
  ];
  return rules
    .map(([path, headers]) =>
      [`${base}${path}`, ...Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`)]
        .map((line) => `${line}\n`)
        .join(""),
    )
    .join("\n");
}
