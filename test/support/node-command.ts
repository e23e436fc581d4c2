import { spawn, type ChildProcessByStdio } from "node:child_process";
import path from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The command in Node, as `npm run level` starts it. */
export function levelInNode(args: readonly string[], env: Readonly<Record<string, string>>) {
  return followed(
    spawn(process.execPath, ["scripts/run.mjs", "level", ...args], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
}

/** A script in which the same is called `levelup`; killed with all that it has started. */
export function scriptInNode(script: string, env: Readonly<Record<string, string>>) {
  const level = `"${process.execPath}" "${path.join(root, "scripts/run.mjs")}" level`;
  const child = spawn("sh", ["-c", `levelup() { ${level} "$@"; }; ${script}`], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  return {
    ...followed(child),
    kill: (signal: NodeJS.Signals) => process.kill(-child.pid!, signal),
  };
}

function followed(child: ChildProcessByStdio<null, Readable, Readable>) {
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
