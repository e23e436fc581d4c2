/** Signatures and field offsets of APPNOTE 6.3, §4.3. */
const END = 0x0605_4b50;
const END_BYTES = 22;
const END64_LOCATOR_BYTES = 20;
const CENTRAL = 0x0201_4b50;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
/** Stands where a number of 32 bits would not do; the 64 bits are elsewhere. */
const TOO_LARGE = 0xffff_ffff;

/** The bytes of one stored entry of a zip of ours: no comment at its end, nothing compressed. */
export async function storedEntry(zip: Blob, name: string): Promise<Blob | null> {
  const { at, length } = await centralDirectory(zip);
  const directory = await view(zip, at, length);
  for (let entry = 0; entry + CENTRAL_BYTES <= length;) {
    if (directory.getUint32(entry, true) !== CENTRAL) return null;
    const nameLength = directory.getUint16(entry + 28, true);
    const extraLength = directory.getUint16(entry + 30, true);
    const text = new Uint8Array(directory.buffer, entry + CENTRAL_BYTES, nameLength);
    if (new TextDecoder().decode(text) === name) {
      const extra = entry + CENTRAL_BYTES + nameLength;
      const { size, local } = placeOf(directory, entry, extra, extraLength);
      const head = await view(zip, local, LOCAL_BYTES);
      const start = local + LOCAL_BYTES + head.getUint16(26, true) + head.getUint16(28, true);
      return zip.slice(start, start + size);
    }
    entry += CENTRAL_BYTES + nameLength + extraLength + directory.getUint16(entry + 32, true);
  }
  return null;
}

async function centralDirectory(zip: Blob): Promise<{ at: number; length: number }> {
  const end = await view(zip, zip.size - END_BYTES, END_BYTES);
  if (end.getUint32(0, true) !== END) throw new Error("The download does not end like a zip.");
  const [length, at] = [end.getUint32(12, true), end.getUint32(16, true)];
  if (at !== TOO_LARGE && length !== TOO_LARGE && end.getUint16(10, true) !== 0xffff) {
    return { at, length };
  }
  const locator = await view(zip, zip.size - END_BYTES - END64_LOCATOR_BYTES, END64_LOCATOR_BYTES);
  const end64 = await view(zip, Number(locator.getBigUint64(8, true)), 56);
  return { at: Number(end64.getBigUint64(48, true)), length: Number(end64.getBigUint64(40, true)) };
}

/** Size and offset of an entry; of large zips they stand in the extra field 1 (§4.5.3). */
function placeOf(directory: DataView, entry: number, extra: number, length: number) {
  const values = [20, 24, 42].map((field) => directory.getUint32(entry + field, true));
  for (let at = extra; at + 4 <= extra + length;) {
    const bytes = directory.getUint16(at + 2, true);
    if (directory.getUint16(at, true) === 1) {
      // In this order, and only those that did not fit: size, stored size, offset.
      const [size, stored] = [values[1]!, values[0]!];
      let next = at + 4;
      const wide = (value: number) => {
        if (value !== TOO_LARGE) return value;
        next += 8;
        return Number(directory.getBigUint64(next - 8, true));
      };
      wide(size);
      values[0] = wide(stored);
      values[2] = wide(values[2]!);
    }
    at += 4 + bytes;
  }
  return { size: values[0]!, local: values[2]! };
}

const view = async (zip: Blob, at: number, length: number): Promise<DataView> =>
  new DataView(await zip.slice(at, at + length).arrayBuffer());
