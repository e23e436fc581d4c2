/** Lengths and signatures of APPNOTE 6.3, §4.3.14 to §4.3.16. */
const END_BYTES = 22;
const END64_BYTES = 56;
const LOCATOR_BYTES = 20;
const END = 0x0605_4b50;
const END64 = 0x0606_4b50;
const LOCATOR = 0x0706_4b50;
/** A count of 16 bits that says: the 64 bits tell. */
const TOO_MANY = 0xffff;
/** Version 4.5, the first with Zip64; made by the same on Unix. */
const VERSION = 45;
const MADE_BY = (3 << 8) | VERSION;

/**
 * Puts the Zip64 end of central directory in front of the last record of a zip with 65,535 entries
 * or more. `client-zip` writes one for large zips only, and a count of 16 bits does not hold them:
 * Info-ZIP takes such a zip for damaged. `entries` is asked when the zip ends.
 */
export function withZip64End(entries: () => number): TransformStream<Uint8Array, Uint8Array> {
  let held: Uint8Array | null = null;
  let written = 0;
  let isZip64 = false;
  return new TransformStream({
    transform(chunk, controller) {
      if (held) {
        isZip64 ||= held.length === END64_BYTES + LOCATOR_BYTES && signatureOf(held) === END64;
        written += held.length;
        controller.enqueue(held);
      }
      held = chunk;
    },
    flush(controller) {
      if (!held) return;
      const isEnd = held.length === END_BYTES && signatureOf(held) === END;
      if (isEnd && !isZip64 && entries() >= TOO_MANY) {
        controller.enqueue(zip64End(viewOf(held), entries(), written));
      }
      controller.enqueue(held);
    },
  });
}

/** Record and locator, `at` bytes from the zip's start. */
function zip64End(end: DataView, entries: number, at: number): Uint8Array {
  const record = new DataView(new ArrayBuffer(END64_BYTES + LOCATOR_BYTES));
  record.setUint32(0, END64, true);
  // What follows this field.
  record.setBigUint64(4, BigInt(END64_BYTES - 12), true);
  record.setUint16(12, MADE_BY, true);
  record.setUint16(14, VERSION, true);
  record.setBigUint64(24, BigInt(entries), true);
  record.setBigUint64(32, BigInt(entries), true);
  record.setBigUint64(40, BigInt(end.getUint32(12, true)), true);
  record.setBigUint64(48, BigInt(end.getUint32(16, true)), true);
  record.setUint32(END64_BYTES, LOCATOR, true);
  record.setBigUint64(END64_BYTES + 8, BigInt(at), true);
  record.setUint32(END64_BYTES + 16, 1, true);
  return new Uint8Array(record.buffer);
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const signatureOf = (bytes: Uint8Array): number =>
  bytes.length < 4 ? 0 : viewOf(bytes).getUint32(0, true);
