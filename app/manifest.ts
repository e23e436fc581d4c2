import type { MetadataRoute } from "next";
import { share } from "@/lib/offline/messages";
import { strings } from "./strings";

/** What systems call the kinds of songs, and how such files are named. */
const songFiles = {
  "audio/mpeg": [".mp3"],
  "audio/flac": [".flac"],
  "audio/wav": [".wav"],
  "audio/aiff": [".aiff", ".aif"],
  "audio/mp4": [".m4a", ".m4b"],
  "audio/aac": [".aac"],
  "audio/ogg": [".ogg", ".oga", ".opus"],
  "audio/x-ms-wma": [".wma"],
  "audio/x-wavpack": [".wv"],
  "audio/x-tta": [".tta"],
};

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
    // Files that are opened while the page is there join its list.
    launch_handler: { client_mode: ["focus-existing", "auto"] },
    file_handlers: [{ action: ".", accept: songFiles }],
    share_target: {
      action: share.path,
      method: "POST",
      enctype: "multipart/form-data",
      params: { files: { name: share.field, accept: Object.entries(songFiles).flat(2) } },
    },
    background_color: "#101514",
    theme_color: "#101514",
    icons: [
      { src: "icons/icon-192.png", sizes: "192x192", type: "image/png" },
      { src: "icons/icon-512.png", sizes: "512x512", type: "image/png" },
      { src: "icons/maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
    ],
  };
}
