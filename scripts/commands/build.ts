// `npm run build`: the static export of the page in out/.
import { buildExport } from "../build/export";

process.exitCode = (await buildExport()) ? 0 : 1;
