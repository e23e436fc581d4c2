/** What the build tells the service worker: which files make up the page, by their very bytes. */
export interface Build {
  /** Changes with every byte that a visitor can get. The page carries the same in a `<meta>`. */
  readonly id: string;
  /** Path below the scope ("" is the page itself) to SHA-256 in hex. Fetched at install. */
  readonly shell: Readonly<Record<string, string>>;
  /** As `shell`, but kept only once used: the engine and the sample songs. */
  readonly assets: Readonly<Record<string, string>>;
  /** Those of `assets` without which no song can be leveled. */
  readonly engine: readonly string[];
  /** Content-Security-Policy of scripts that run as workers. */
  readonly workerPolicy: string;
}

/** What the page asks its service worker. Each is answered once, through the port that comes along. */
export type PageRequest =
  /** Keeps files that the page fetched before there was a service worker. */
  | { readonly kind: "keep"; readonly build: string | null; readonly urls: readonly string[] }
  /** The person agreed to this newer version. */
  | { readonly kind: "take-over" }
  /** Hands over the files that another app shared with the page. */
  | { readonly kind: "take-shared" };

export interface Kept {
  readonly build: string;
  /** The page and the engine are there: everything works without a network. */
  readonly offline: boolean;
}

export interface TakesOver {
  /** False: another tab is still open, and it runs the version that it was loaded with. */
  readonly takesOver: boolean;
}

export interface SharedFiles {
  readonly files: readonly File[];
}

export const share = {
  /** Below the scope: where the system posts what another app shares with the page. */
  path: "share",
  /** The name of the files in what is posted. */
  field: "songs",
  /** The page is opened with this query then. */
  mark: "?shared",
} as const;

/** Name of the `<meta>` in which a page carries `Build.id`. */
export const BUILD_META = "levelup-build";
