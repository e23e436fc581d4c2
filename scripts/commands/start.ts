// `npm start`: builds the page if needed and serves it on this machine until it is stopped.
import { PortTaken, serve } from "../serve";
import { ensureExport, exportFolder } from "../build/export";

const text = process.env["PORT"] ?? "3000";
const port = Number(text);
if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
  console.error(`PORT must be a number from 1 to 65535, not "${text}".`);
  process.exit(1);
}
if (!(await ensureExport())) process.exit(1);
try {
  const serving = await serve(exportFolder, port);
  console.log(`LevelUp is ready at ${serving.url}`);
} catch (error) {
  if (!(error instanceof PortTaken)) throw error;
  console.error(`Port ${port} is taken by another program. Choose another: PORT=3001 npm start`);
  process.exit(1);
}
