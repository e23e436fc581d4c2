import { has, isZero, type ByteSource } from "../bytes";
import { readOggHeaders } from "../ogg/headers";
import { flacLayout, readBlock } from "./layout";

/** Bytes of STREAMINFO in front of the MD5, and of the mapping into Ogg in front of STREAMINFO. */
const MD5_AT = 18;
const IN_OGG = 17;

/** The MD5 of the unencoded samples, in hexadecimal; null where the encoder left it at zero. */
export function statedMd5(source: ByteSource, container: string): string | null {
  const info = container === "ogg" ? infoInOgg(source) : infoOf(source);
  const md5 = info?.subarray(MD5_AT, MD5_AT + 16);
  if (!md5 || md5.length < 16 || isZero(md5)) return null;
  return [...md5].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function infoOf(source: ByteSource): Uint8Array | null {
  const block = flacLayout(source)?.blocks[0];
  return block ? readBlock(source, block) : null;
}

/** RFC 9639 §10.1. */
function infoInOgg(source: ByteSource): Uint8Array | null {
  const headers = readOggHeaders(source, () => 1, 1 << 16);
  const [packet] = headers?.packets ?? [];
  return packet && has(packet, 1, "FLAC") ? packet.subarray(IN_OGG) : null;
}
