// `npm run pack`: the command's own package. The last line is the tarball's path.
import { packCommand } from "../build/package";

console.log(await packCommand());
