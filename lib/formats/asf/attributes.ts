/** Attributes of ASF: §3.10 content description, §3.11 extended, §4.7 metadata, §4.8 its library. */
import { concat, putU16le, u16le, u32le } from "../bytes";
import { asfGuid, type AsfHeader, type AsfObject } from "./header";

export interface AsfAttribute {
  readonly name: string;
  /** 0 is text in UTF-16LE, 1 bytes; others are numbers. */
  readonly type: number;
  readonly value: Uint8Array;
  /** As it stands in its object. */
  readonly bytes: Uint8Array;
}

export const asfText = (bytes: Uint8Array): string =>
  new TextDecoder("utf-16le").decode(bytes).replace(/\0+$/, "");

const utf16 = (text: string): Uint8Array => {
  const bytes = new Uint8Array(2 * text.length + 2);
  for (let i = 0; i < text.length; i++) putU16le(bytes, 2 * i, text.charCodeAt(i));
  return bytes;
};

/** A further attribute of text for the extended content description. */
export function textAttribute(name: string, text: string): Uint8Array {
  const [key, value] = [utf16(name), utf16(text)];
  const numbers = [key.length, 0, value.length].map((number) => {
    const bytes = new Uint8Array(2);
    putU16le(bytes, 0, number);
    return bytes;
  });
  return concat([numbers[0]!, key, numbers[1]!, numbers[2]!, value]);
}

/** As far as their lengths make sense; null for objects that hold none. */
export function attributesIn({ guid, content }: AsfObject): readonly AsfAttribute[] | null {
  if (guid === asfGuid.extendedContentDescription) return read(content, extendedAt);
  if (guid === asfGuid.metadata || guid === asfGuid.metadataLibrary) return read(content, recordAt);
  return null;
}

/** The object with fewer attributes, and with more behind them. */
export const withAttributes = (guid: string, attributes: readonly Uint8Array[]): AsfObject => {
  const count = new Uint8Array(2);
  putU16le(count, 0, attributes.length);
  return { guid, content: concat([count, ...attributes]) };
};

interface Lengths {
  readonly name: readonly [from: number, length: number];
  readonly value: readonly [from: number, length: number];
  readonly type: number;
}

function extendedAt(bytes: Uint8Array, at: number): Lengths {
  const name = u16le(bytes, at);
  const type = at + 2 + name;
  return {
    name: [at + 2, name],
    type: u16le(bytes, type),
    value: [type + 4, u16le(bytes, type + 2)],
  };
}

/** Language and stream, then three lengths; the value may be larger than 64 KiB. */
function recordAt(bytes: Uint8Array, at: number): Lengths {
  const name = u16le(bytes, at + 4);
  return {
    name: [at + 12, name],
    type: u16le(bytes, at + 6),
    value: [at + 12 + name, u32le(bytes, at + 8)],
  };
}

function read(content: Uint8Array, lengthsAt: typeof recordAt): AsfAttribute[] {
  const attributes: AsfAttribute[] = [];
  const count = u16le(content, 0);
  for (let at = 2; attributes.length < count && at < content.length;) {
    const { name, type, value } = lengthsAt(content, at);
    const end = value[0] + value[1];
    if (end > content.length) break;
    attributes.push({
      name: asfText(content.subarray(name[0], name[0] + name[1])),
      type,
      value: content.subarray(value[0], end),
      bytes: content.subarray(at, end),
    });
    at = end;
  }
  return attributes;
}

/** Names of the five texts of a content description (§3.10). */
const described = ["Title", "Author", "Copyright", "Description", "Rating"];

/** All texts and values of a file, in the order of the objects above. */
export function asfAttributes({ objects, extension }: AsfHeader): AsfAttribute[] {
  const inside = [...objects, ...(extension ?? [])];
  const of = (guid: string) => inside.filter((object) => object.guid === guid);
  return [
    ...of(asfGuid.contentDescription).flatMap(({ content }) => {
      let at = 10;
      return described.map((name, index) => {
        const length = u16le(content, 2 * index);
        const value = content.subarray(at, (at += length));
        return { name, type: 0, value, bytes: value };
      });
    }),
    ...[asfGuid.extendedContentDescription, asfGuid.metadata, asfGuid.metadataLibrary]
      .flatMap(of)
      .flatMap((object) => attributesIn(object) ?? []),
  ];
}
