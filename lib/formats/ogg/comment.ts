/** The comment packet of an audio stream in Ogg: Vorbis I §5.2.1, RFC 7845 §5.2, RFC 9639 §10.1. */
import { has, u24be, type ByteSource } from "../bytes";
import { flacBlock } from "../flac/layout";
import { MAX_CARRIED_BYTES } from "../types";
import { parseVorbisComment, type VorbisComment } from "../vorbis-comment";
import { readOggHeaders, type OggCodec, type OggHeaders } from "./headers";

export const VORBIS_MARK = "\x03vorbis";
export const OPUS_MARK = "OpusTags";

/** The comment packet without its mark; null when it has not the mark of its codec. */
export function commentBody(packet: Uint8Array | undefined, codec: OggCodec): Uint8Array | null {
  if (packet === undefined) return null;
  if (codec === "vorbis") return has(packet, 0, VORBIS_MARK) ? packet.subarray(7) : null;
  if (codec === "opus") return has(packet, 0, OPUS_MARK) ? packet.subarray(8) : null;
  // Ogg FLAC: a metadata block with its header (RFC 9639 §10.1); Speex: the bare list.
  if (codec === "flac") {
    const type = (packet[0] ?? 0) & 0x7f;
    if (type !== flacBlock.vorbisComment || packet.length < 4) return null;
    return packet.subarray(4, 4 + u24be(packet, 1));
  }
  return packet;
}

/** Comments of the first audio stream; null when it has no comment packet. */
export function oggComment(
  source: ByteSource,
): { headers: OggHeaders; comment: VorbisComment } | null {
  const headers = readOggHeaders(source, () => 2, MAX_CARRIED_BYTES);
  const body = headers === null ? null : commentBody(headers.packets[1], headers.codec);
  return headers === null || body === null ? null : { headers, comment: parseVorbisComment(body) };
}
