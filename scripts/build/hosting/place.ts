/** Where a page lies on its host. */
export interface Place {
  /** Path of its folder without the slash at the end: "" at the root of an origin, "/levelup" below it. */
  readonly base: string;
  /** The whole address, ending with a slash, for previews of links to it; null where none is known. */
  readonly address: string | null;
}

export type ReadPlace =
  | { readonly kind: "place"; readonly place: Place }
  | { readonly kind: "wrong"; readonly message: string };

export const atRoot: Place = { base: "", address: null };

const wrong = (message: string): ReadPlace => ({ kind: "wrong", message });

/**
 * From `LEVELUP_BASE_PATH` ("/levelup", "levelup", "/") and `LEVELUP_ADDRESS`
 * ("https://songs.example/levelup/"); either is enough, and the path of both is the same.
 */
export function readPlace(env: Readonly<Record<string, string | undefined>>): ReadPlace {
  const [path = "", address = ""] = [env["LEVELUP_BASE_PATH"], env["LEVELUP_ADDRESS"]];
  if (address === "") {
    const base = baseOf(path);
    return base === null
      ? wrong(`LEVELUP_BASE_PATH takes the path of a folder, such as /levelup, not ${path}.`)
      : { kind: "place", place: { base, address: null } };
  }
  const url = URL.canParse(address) ? new URL(address) : null;
  const base = url && /^https?:$/.test(url.protocol) ? baseOf(url.pathname) : null;
  if (url === null || base === null) {
    return wrong(
      `LEVELUP_ADDRESS takes the address of a folder, such as https://songs.example/levelup/, not ${address}.`,
    );
  }
  if (path !== "" && baseOf(path) !== base) {
    return wrong(`LEVELUP_BASE_PATH (${path}) is not the path of LEVELUP_ADDRESS (${address}).`);
  }
  return { kind: "place", place: { base, address: `${url.origin}${base}/` } };
}

/** Null for what is no path, or one that would have to be written in another way in an address. */
function baseOf(path: string): string | null {
  const parts = path.split("/").filter((part) => part !== "");
  const plain = parts.every((part) => /^[\w.~-]+$/.test(part) && !/^\.+$/.test(part));
  return plain ? parts.map((part) => `/${part}`).join("") : null;
}
