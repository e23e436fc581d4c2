// `node scripts/build/hosting/name-address.mjs ADDRESS`: the README says where the page is. Run by the
// workflow that publishes it; plain Node, so that nothing need be installed for it.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const place = /(<!-- address -->)[^]*?(<!-- \/address -->)/;

/**
 * The README with the page's address in its place, or with nothing there for an empty one. Throws
 * where the README has no such place, or the address is none.
 *
 * @param {string} readme
 * @param {string} address
 * @returns {string}
 */
export function withAddress(readme, address) {
  if (!place.test(readme)) throw new Error("The README has no place for an address.");
  if (address === "") return readme.replace(place, "$1$2");
  const { href, protocol } = new URL(address);
  if (protocol !== "https:") throw new Error(`${address} is no address of a published page.`);
  return readme.replace(
    place,
    (_, start, end) => `${start}\n\n**[Open LevelUp](${href})** in Chrome or Edge.\n\n${end}`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = path.join(fileURLToPath(new URL("../../..", import.meta.url)), "README.md");
  writeFileSync(file, withAddress(readFileSync(file, "utf8"), process.argv[2] ?? ""));
}
