import type { SongTable } from "@/lib/batch/song-table";
import type { PickedFile } from "@/lib/files/picked-file";
import type { SongId } from "@/lib/song/song";
import type { Publish } from "./session-state";

/** Files that are looked into at the same time. */
const AT_ONCE = 4;
const PIECE = 64 * 1024;
/** Bytes of tags, at most, that are looked through in one file. */
const MOST_TAGS = 64 * 1024 * 1024;

/** Names of what mp3gain, aacgain and LevelUp record of a change of gain. */
const record = /(?:mp3gain|replaygain|levelup)_undo/i;

/** Looks which songs hold a record of a lossless change. What it is worth the undo itself finds out. */
export class UndoRecords {
  readonly #table: SongTable;
  readonly #publish: Publish;
  #looking = 0;

  constructor(table: SongTable, publish: Publish) {
    this.#table = table;
    this.#publish = publish;
  }

  async look(ids: readonly SongId[]): Promise<void> {
    this.#count(1);
    const waiting = [...ids];
    const lookOn = async () => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
        if (!this.#table.has(id)) continue;
        if (await holdsRecord(this.#table.record(id).file)) {
          this.#table.update(id, { undoable: true });
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lookOn));
    this.#table.flush();
    this.#count(-1);
  }

  #count(change: number): void {
    this.#looking += change;
    this.#publish({ lookingForUndo: this.#looking > 0 });
  }
}

async function holdsRecord(song: PickedFile): Promise<boolean> {
  const [, kind = ""] = /\.(\w+)$/.exec(song.name.toLowerCase()) ?? [];
  try {
    if (/^(mp3|aac)$/.test(kind)) {
      const file = await song.open();
      return (await behindAudio(file)) || (await inId3(file));
    }
    if (/^(ogg|oga|opus)$/.test(kind)) return await inComments(await song.open());
    if (/^(m4a|m4b|mp4)$/.test(kind)) return await inMovie(await song.open());
  } catch {
    // It cannot be read; its row says so when it is worked on.
  }
  return false;
}

const textOf = async (bytes: Blob): Promise<string> =>
  new TextDecoder("latin1").decode(await bytes.arrayBuffer());

/** In an APE tag, which tells its size in its footer (APEv2). */
async function behindAudio(file: Blob): Promise<boolean> {
  const tail = file.slice(-PIECE);
  const text = await textOf(tail);
  if (record.test(text)) return true;
  const footer = text.lastIndexOf("APETAGEX");
  if (footer < 0) return false;
  const fields = new DataView(await tail.slice(footer, footer + 32).arrayBuffer());
  const size = fields.byteLength === 32 ? fields.getUint32(12, true) : 0;
  const end = file.size - tail.size + footer + 32;
  if (size <= footer || size > MOST_TAGS) return false;
  return record.test(await textOf(file.slice(Math.max(0, end - size), end)));
}

/** `mp3gain -s i`, which leaves a record of no change once it is undone. */
const id3Record = /^TXXX[^]{7}mp3gain_undo\0(?!\+000,\+000)/i;
const ID3_HEADER = 10;

/** In a frame of an ID3v2 tag (2.3 or 2.4), which is walked from frame to frame: covers are large. */
async function inId3(file: Blob): Promise<boolean> {
  const start = await textOf(file.slice(0, PIECE));
  const sizeIn = (header: string, at: number, bits: number) =>
    [0, 1, 2, 3].reduce((size, i) => size * 2 ** bits + header.charCodeAt(at + i), 0);
  const version = start.charCodeAt(3);
  if (!start.startsWith("ID3") || (version !== 3 && version !== 4)) return false;
  const end = Math.min(ID3_HEADER + sizeIn(start, 6, 7), file.size);
  for (let at = ID3_HEADER; at + ID3_HEADER < end;) {
    const near = at + 64 <= start.length;
    const frame = near ? start.slice(at, at + 64) : await textOf(file.slice(at, at + 64));
    if (id3Record.test(frame)) return true;
    if (!/^[A-Z][A-Z0-9]{3}/.test(frame)) return false;
    at += ID3_HEADER + sizeIn(frame, 4, version === 4 ? 7 : 8);
  }
  return false;
}

/** Of an Ogg page before its table of segments, which has 255 at most (RFC 3533 §6). */
const PAGE_HEADER = 27;

/**
 * In the second packet, which begins the second page (Vorbis I §5.2.1, RFC 7845 §3). A packet ends in
 * a segment of less than 255 bytes.
 */
async function inComments(file: Blob): Promise<boolean> {
  let before = "";
  let at = 0;
  for (let page = 0; at < Math.min(file.size, MOST_TAGS); page++) {
    const head = new Uint8Array(await file.slice(at, at + PAGE_HEADER + 255).arrayBuffer());
    const segments = head.subarray(PAGE_HEADER, PAGE_HEADER + (head[26] ?? 0));
    const body = at + PAGE_HEADER + segments.length;
    at = segments.reduce((end, length) => end + length, body);
    if (segments.length === 0) return false;
    if (page === 0) continue;
    const text = before + (await textOf(file.slice(body, at)));
    if (record.test(text)) return true;
    if (segments.some((length) => length < 255)) return false;
    before = text.slice(-32);
  }
  return false;
}

/** Somewhere in `moov`; boxes begin with size and type (ISO 14496-12 §4.2). */
async function inMovie(file: Blob): Promise<boolean> {
  for (let at = 0; at + 8 <= file.size;) {
    const head = new DataView(await file.slice(at, at + 16).arrayBuffer());
    const type = head.getUint32(4);
    let size = head.getUint32(0);
    if (size === 1 && head.byteLength === 16) size = Number(head.getBigUint64(8));
    if (size === 0) size = file.size - at;
    if (size < 8) return false;
    const isMovie = type === 0x6d6f6f76;
    if (isMovie && size > MOST_TAGS) return false;
    if (isMovie) return record.test(await textOf(file.slice(at, at + size)));
    at += size;
  }
  return false;
}
