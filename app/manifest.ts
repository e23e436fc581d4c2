import type { MetadataRoute } from "next";
import { strings } from "./strings";

export const dynamic = "force-static";

/** Makes the page installable. Addresses are relative: they hold wherever the page is served. */
export default function manifest(): MetadataRoute.Manifest {
  return {
    id: "levelup",
    name: strings.app.name,
    short_name: strings.app.name,
    description: strings.app.description,
    lang: "en",
    categories: ["music", "utilities"],
    start_url: ".",
    scope: ".",
    display: "standalone",
    background_color: "#101514",
    theme_color: "#101514",
    icons: [
      { src: "icons/icon-192.png", sizes: "192x192", type: "image/png" },
      { src: "icons/icon-512.png", sizes: "512x512", type: "image/png" },
      { src: "icons/maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
    ],
  };
}
