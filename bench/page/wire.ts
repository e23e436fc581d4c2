import { createServer, request } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** One answered request, as it went over the wire. */
export interface Transfer {
  readonly path: string;
  /** Headers and body, as sent to the browser. */
  readonly bytes: number;
}

/** A server between browser and page that counts: also what a service worker fetches. */
export interface Wire {
  readonly url: string;
  readonly transfers: readonly Transfer[];
  /** Milliseconds since the last byte. */
  quietFor(): number;
  close(): Promise<void>;
}

/** `port` 0 takes a free one; a second visit needs that of the first, or it is another origin. */
export async function countBytes(upstream: string, port: number): Promise<Wire> {
  const transfers: Transfer[] = [];
  let last = Date.now();
  const sent = new WeakMap<Socket, number>();
  const server = createServer((incoming, outgoing) => {
    last = Date.now();
    const { method, url = "/", headers, socket } = incoming;
    outgoing.once("close", () => {
      const before = sent.get(socket) ?? 0;
      sent.set(socket, socket.bytesWritten);
      transfers.push({ path: url, bytes: socket.bytesWritten - before });
      last = Date.now();
    });
    const forward = request(new URL(url, upstream), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forward.once("error", (error) => outgoing.destroy(error));
    incoming.pipe(forward);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${taken}/`,
    transfers,
    quietFor: () => Date.now() - last,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const bytesOf = (transfers: readonly Transfer[]): number =>
  transfers.reduce((sum, { bytes }) => sum + bytes, 0);
