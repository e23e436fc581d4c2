import { serve } from "../../scripts/serve";
import { ensureExport, exportFolder } from "../../scripts/build/export";

/** Serves the production build for all tests, building it first where it is out of date. */
export default async function setup() {
  if (!(await ensureExport())) throw new Error("The page could not be built.");
  const serving = await serve(exportFolder, 0);
  process.env["LEVELUP_URL"] = serving.url;
  return () => serving.close();
}
