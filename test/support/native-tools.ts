import { spawn } from "node:child_process";
import { lastFrame, type Loudness } from "../../scripts/samples/loudness";

/** Runs a native tool; gives its standard output. Throws with its own words when it fails. */
export function runNative(tool: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, args, { stdio: ["ignore", "pipe", "pipe"] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString());
      else reject(new Error(`${tool} ${args.join(" ")}: ${Buffer.concat(err).toString().trim()}`));
    });
  });
}

/** Loudness by native ffmpeg's `ebur128`, with three decimals. */
export async function nativeLoudness(file: string): Promise<Loudness> {
  const filter = "ebur128=peak=true:framelog=verbose:metadata=1,ametadata=mode=print:file=-";
  const quiet = ["-nostdin", "-hide_banner", "-v", "error"];
  return lastFrame(
    await runNative("ffmpeg", [
      ...quiet,
      ...["-i", file, "-map", "0:a:0", "-af", filter, "-f", "null", "-"],
    ]),
  );
}
