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
  | { readonly kind: "take-over" };

export interface Kept {
  readonly build: string;
  /** The page and the engine are there: everything works without a network. */
  readonly offline: boolean;
}

export interface TakesOver {
  /** False: another tab is still open, and it runs the version that it was loaded with. */
  readonly takesOver: boolean;
}

/** Name of the `<meta>` in which a page carries `Build.id`. */
export const BUILD_META = "levelup-build";
