import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { createGzip } from "node:zlib";

/** A static file server for the exported page: what any host of static files does, on localhost. */
export interface Serving {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

export class PortTaken extends Error {}

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".flac": "audio/flac",
  ".gzip": "application/gzip",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".m4a": "audio/mp4",
  ".map": "application/json; charset=utf-8",
  ".mp3": "audio/mpeg",
  ".ogg": "audio/ogg",
  ".opus": "audio/ogg",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".wav": "audio/wav",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".woff2": "font/woff2",
};

/** Compressed on the way, as hosts do. The engine's core is compressed already. */
const compressible = /\.(?:css|html|js|json|svg|txt|webmanifest)$/;

/** Paths whose name changes with their content. */
const immutable = /^\/(?:_next\/static\/|engine\/(?:\d+\.\d+\.\d+\/|kernel-))/;

/**
 * Serves `folder` on localhost (IPv4 and, where there is one, IPv6). Port 0 takes a free one.
 * Throws `PortTaken` when another program listens there.
 */
export async function serve(folder: string, port: number): Promise<Serving> {
  const root = path.resolve(folder);
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    answer(root, request, response).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  };
  const servers = [await listen(createServer(handle), port, "127.0.0.1")];
  const { port: taken } = servers[0]?.address() as AddressInfo;
  try {
    servers.push(await listen(createServer(handle), taken, "::1"));
  } catch (error) {
    // A machine without IPv6 reaches us over IPv4; a foreign server on ::1 would answer for us.
    if (error instanceof PortTaken) {
      servers[0]?.close();
      throw error;
    }
  }
  return {
    port: taken,
    url: `http://localhost:${taken}/`,
    async close() {
      await Promise.all(
        servers.map((server) => {
          const closed = new Promise((resolve) => server.close(resolve));
          server.closeAllConnections();
          return closed;
        }),
      );
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "EADDRINUSE" ? new PortTaken(`Port ${port} is taken.`) : error);
    });
    server.listen(port, host, () => {
      resolve(server);
    });
  });
}

async function answer(root: string, request: IncomingMessage, response: ServerResponse) {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, { Allow: "GET, HEAD" }).end();
    return;
  }
  // As it stands: `new URL` takes the path "//" for a missing host and throws.
  const [pathname = ""] = (request.url ?? "").split(/[?#]/, 1);
  const found = await find(root, pathname);
  const file = found ?? path.join(root, "404.html");
  const info = await stat(file).catch(() => null);
  if (info === null) {
    response.writeHead(404, { "Content-Type": "text/plain" }).end("Not found\n");
    return;
  }
  const tag = `W/"${info.size.toString(36)}-${Math.round(info.mtimeMs).toString(36)}"`;
  const headers = {
    "Content-Type": types[path.extname(file)] ?? "application/octet-stream",
    "Cache-Control":
      found !== null && immutable.test(pathname)
        ? "public, max-age=31536000, immutable"
        : "no-cache",
    "X-Content-Type-Options": "nosniff",
    ETag: tag,
    ...(compressible.test(file) ? { Vary: "Accept-Encoding" } : {}),
  };
  if (found !== null && request.headers["if-none-match"] === tag) {
    response.writeHead(304, headers).end();
    return;
  }
  const gzip =
    compressible.test(file) && /\bgzip\b/.test(String(request.headers["accept-encoding"]));
  response.writeHead(
    found === null ? 404 : 200,
    gzip ? { ...headers, "Content-Encoding": "gzip" } : { ...headers, "Content-Length": info.size },
  );
  if (request.method === "HEAD") return void response.end();
  const bytes = createReadStream(file).on("error", () => response.destroy());
  if (gzip) bytes.pipe(createGzip()).pipe(response);
  else bytes.pipe(response);
}

/** The file behind a URL path, or null. Never a hidden one, never one outside `root`. */
async function find(root: string, pathname: string): Promise<string | null> {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  const [start, ...parts] = decoded.split(/[/\\]/);
  if (start !== "" || decoded.includes("\0")) return null;
  if (parts.some((part, at) => part.startsWith(".") || (part === "" && at < parts.length - 1))) {
    return null;
  }
  const at = path.join(root, ...parts);
  // The export has a page as page.html and the front page as index.html.
  for (const candidate of [at, `${at}.html`, path.join(at, "index.html")]) {
    const info = await stat(candidate).catch(() => null);
    if (info?.isFile()) return (await isInside(root, candidate)) ? candidate : null;
  }
  return null;
}

/** Whether a file still lies below `root` once all links on the way to it are followed. */
async function isInside(root: string, file: string): Promise<boolean> {
  const [folder, real] = await Promise.all([realpath(root), realpath(file)]);
  return real.startsWith(folder + path.sep);
}
