// `npm run build`: the static export of the page in out/. LEVELUP_BASE_PATH=/levelup makes it one
// that lies below that path of its host, LEVELUP_ADDRESS=https://… one that knows its address.
import { buildExport } from "../build/export";
import { readPlace } from "../build/hosting/place";

const read = readPlace(process.env);
if (read.kind === "wrong") console.error(read.message);
process.exitCode = read.kind === "place" && (await buildExport(read.place)) ? 0 : 1;
