import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The command in Node, as `npm run level` starts it. */
export function levelInNode(args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ["scripts/run.mjs", "level", ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  const heard: (() => void)[] = [];
  child.stdout.on("data", (bytes: Buffer) => {
    out += bytes.toString();
    for (const listener of heard) listener();
  });
  child.stderr.on("data", (bytes: Buffer) => (err += bytes.toString()));
  const code = new Promise<number | null>((resolve) => child.once("close", resolve));
  return {
    code,
    out: () => out,
    /** All that it wrote to the terminal. */
    text: () => out + err,
    /** Comes back when it has written this to its standard output, or has ended. */
    told: (pattern: RegExp): Promise<unknown> =>
      Promise.race([
        code,
        new Promise<void>((resolve) => {
          const look = () => pattern.test(out) && resolve();
          heard.push(look);
          look();
        }),
      ]),
    kill: (signal: NodeJS.Signals) => child.kill(signal),
  };
}
