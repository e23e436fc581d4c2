import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { request } from "node:http";
import type { Duplex } from "node:stream";

interface Answer {
  readonly id?: number;
  readonly type: "success" | "error" | "event";
  readonly result?: unknown;
  readonly error?: string;
  readonly message?: string;
}

/**
 * A session of WebDriver BiDi, over the one connection that it needs: a WebSocket (RFC 6455), which
 * Node 20 does not have. Playwright's own asks for commands that Firefox's long-term release lacks.
 */
export class BidiSession {
  readonly #socket: Duplex;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #received: Buffer = Buffer.alloc(0);
  #message: Buffer[] = [];
  #id = 0;

  private constructor(socket: Duplex, head: Buffer) {
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => this.#take(bytes));
    this.#take(head);
  }

  /** `url` as the browser prints it: "ws://127.0.0.1:PORT". */
  static async open(url: string): Promise<BidiSession> {
    const key = randomBytes(16).toString("base64");
    const asked = request(`${url.replace(/^ws/, "http")}/session`, {
      headers: {
        ...{ Connection: "Upgrade", Upgrade: "websocket" },
        ...{ "Sec-WebSocket-Key": key, "Sec-WebSocket-Version": "13" },
      },
    }).end();
    const [response, socket, head] = (await once(asked, "upgrade")) as [
      { headers: Record<string, string> },
      Duplex,
      Buffer,
    ];
    const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
    if (response.headers["sec-websocket-accept"] !== accept.digest("base64")) {
      throw new Error("The browser's answer belongs to another question.");
    }
    const session = new BidiSession(socket, head);
    // Prompts of files are left to the person, or to whoever types for one.
    const unhandledPromptBehavior = { default: "ignore", file: "ignore" };
    await session.send("session.new", {
      capabilities: { alwaysMatch: { unhandledPromptBehavior } },
    });
    return session;
  }

  /** Rejects with the browser's words when it refuses. */
  send<Result = unknown>(method: string, params: object): Promise<Result> {
    const id = ++this.#id;
    this.#socket.write(frame(Buffer.from(JSON.stringify({ id, method, params }))));
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (answer) => {
        if (answer.type === "success") resolve(answer.result as Result);
        else reject(new Error(`${method}: ${answer.error} ${answer.message}`));
      });
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (;;) {
      const read = readFrame(this.#received);
      if (read === null) return;
      this.#received = this.#received.subarray(read.end);
      // Continuations, text and binary; the browser pings nobody who is on the same machine.
      if (read.opcode > 2) continue;
      this.#message.push(read.payload);
      if (!read.isLast) continue;
      const answer = JSON.parse(Buffer.concat(this.#message).toString()) as Answer;
      this.#message = [];
      if (answer.id === undefined) continue;
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    }
  }
}

/** A text in one frame, masked as clients must; lengths as short as can be (RFC 6455, section 5.2). */
function frame(text: Buffer): Buffer {
  const { length } = text;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x81;
  head[1] = 0x80 | (head.length === 2 ? length : head.length === 4 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  const mask = randomBytes(4);
  return Buffer.concat([head, mask, text.map((byte, index) => byte ^ mask[index % 4]!)]);
}

/** Null until all of it is there. Servers do not mask. */
function readFrame(bytes: Buffer) {
  if (bytes.length < 2) return null;
  const short = bytes[1]! & 0x7f;
  const start = short === 127 ? 10 : short === 126 ? 4 : 2;
  if (bytes.length < start) return null;
  const length =
    short === 127
      ? Number(bytes.readBigUInt64BE(2))
      : short === 126
        ? bytes.readUInt16BE(2)
        : short;
  const end = start + length;
  if (bytes.length < end) return null;
  const [first = 0] = bytes;
  return {
    ...{ opcode: first & 0x0f, isLast: (first & 0x80) !== 0 },
    ...{ payload: bytes.subarray(start, end), end },
  };
}
