/** The header of ASF (ASF Specification 01.20.03): objects of a GUID, a size that counts both, content. */
import { concat, has, latin1, putU64le, u32le, u64le, type ByteSource } from "../bytes";
import { MAX_CARRIED_BYTES } from "../types";

export interface AsfObject {
  /** 16 bytes, a byte a character. */
  readonly guid: string;
  readonly content: Uint8Array;
}

export interface AsfHeader {
  readonly objects: readonly AsfObject[];
  /** Those within the header extension; null where there is none. */
  readonly extension: readonly AsfObject[] | null;
  /** The two reserved bytes that the header ends its own fields with. */
  readonly reserved: Uint8Array;
  /** Just behind the header. */
  readonly end: number;
  /** Every size was right. */
  readonly intact: boolean;
}

const guidOf = (text: string): string => {
  const [a, b, c, d, e] = text.split("-") as [string, string, string, string, string];
  const bytes = (hex: string) => hex.match(/../g)!.map((pair) => Number.parseInt(pair, 16));
  return String.fromCharCode(
    ...[a, b, c].flatMap((part) => bytes(part).toReversed()),
    ...bytes(d + e),
  );
};

const HEADER = guidOf("75B22630-668E-11CF-A6D9-00AA0062CE6C");
export const asfGuid = {
  fileProperties: guidOf("8CABDCA1-A947-11CF-8EE4-00C00C205365"),
  headerExtension: guidOf("5FBF03B5-A92E-11CF-8EE3-00C00C205365"),
  contentDescription: guidOf("75B22633-668E-11CF-A6D9-00AA0062CE6C"),
  extendedContentDescription: guidOf("D2D0A440-E307-11D2-97F0-00A0C95EA850"),
  contentBranding: guidOf("2211B3FA-BD23-11D2-B4B7-00A0C955FC6E"),
  /** Within the header extension. */
  metadata: guidOf("C5F8CBEA-5BAF-4877-8467-AA8C44FA4CCA"),
  metadataLibrary: guidOf("44231C94-9498-49D1-A141-1D134E457054"),
  languageList: guidOf("7C4346A9-EFE0-4BFC-B229-393EDE415C85"),
} as const;

const OBJECT_HEAD = 24;
const HEADER_HEAD = 30;
/** Two reserved fields and the size of what follows (§3.4). */
const EXTENSION_HEAD = 22;
const MOST_OBJECTS = 10_000;

/** Null when it is no ASF, or its header is more than a song has. */
export function readAsfHeader(source: ByteSource): AsfHeader | null {
  const head = source.read(0, HEADER_HEAD);
  const end = u64le(head, 16);
  if (!has(head, 0, HEADER) || end < HEADER_HEAD || end > Math.min(source.size, MAX_CARRIED_BYTES))
    return null;
  const { objects, intact } = objectsIn(source.read(HEADER_HEAD, end - HEADER_HEAD).slice());
  const reserved = head.slice(28, 30);
  const counted = intact && objects.length === u32le(head, 24);
  const outer = objects.find(({ guid }) => guid === asfGuid.headerExtension);
  const inner = outer ? objectsIn(outer.content.subarray(EXTENSION_HEAD)) : null;
  return {
    objects,
    extension: inner?.objects ?? null,
    reserved,
    end,
    intact: counted && (inner === null || inner.intact),
  };
}

function objectsIn(bytes: Uint8Array): { objects: AsfObject[]; intact: boolean } {
  const objects: AsfObject[] = [];
  let at = 0;
  while (at + OBJECT_HEAD <= bytes.length && objects.length < MOST_OBJECTS) {
    const size = u64le(bytes, at + 16);
    if (size < OBJECT_HEAD || at + size > bytes.length) break;
    const content = bytes.subarray(at + OBJECT_HEAD, at + size);
    objects.push({ guid: latin1(bytes, at, at + 16), content });
    at += size;
  }
  return { objects, intact: at === bytes.length };
}

function objectBytes({ guid, content }: AsfObject): Uint8Array {
  const bytes = new Uint8Array(OBJECT_HEAD + content.length);
  bytes.set(Uint8Array.from(guid, (character) => character.charCodeAt(0)));
  putU64le(bytes, 16, bytes.length);
  bytes.set(content, OBJECT_HEAD);
  return bytes;
}

/** The content of a header extension with these objects; `old` lends its reserved fields. */
export function extensionContent(old: Uint8Array, objects: readonly AsfObject[]): Uint8Array {
  const body = concat(objects.map(objectBytes));
  const bytes = concat([old.subarray(0, EXTENSION_HEAD), body]);
  new DataView(bytes.buffer).setUint32(EXTENSION_HEAD - 4, body.length, true);
  return bytes;
}

export function headerBytes(objects: readonly AsfObject[], reserved: Uint8Array): Uint8Array {
  const count = new Uint8Array(4);
  new DataView(count.buffer).setUint32(0, objects.length, true);
  return objectBytes({
    guid: HEADER,
    content: concat([count, reserved, ...objects.map(objectBytes)]),
  });
}
