import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import "./globals.css";
import { strings } from "./strings";

export const metadata: Metadata = {
  title: strings.app.name,
  description: strings.app.description,
  // What depends on the page's address is added where it is known (scripts/build/harden-export).
  openGraph: {
    ...{ type: "website", siteName: strings.app.name },
    ...{ title: strings.app.name, description: strings.app.description },
  },
  twitter: { card: "summary" },
};

export const viewport: Viewport = {
  colorScheme: "light dark",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#e9ecea" },
    { media: "(prefers-color-scheme: dark)", color: "#101514" },
  ],
};

export default function Layout({ children }: { children: ReactNode }) {
  return (
    // A script in the export may give it a theme before React looks at it (`themeScript`).
    <html lang="en" suppressHydrationWarning>
      <body>
        <noscript>{strings.app.needsScripts}</noscript>
        {children}
      </body>
    </html>
  );
}
