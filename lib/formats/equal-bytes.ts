/** Whether two arrays hold the same bytes; four at a time, since whole songs are compared. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  const [left, right] = [a, b].map(
    (each) => new DataView(each.buffer, each.byteOffset, each.length),
  );
  const words = a.length - (a.length % 4);
  for (let at = 0; at < words; at += 4)
    if (left!.getInt32(at) !== right!.getInt32(at)) return false;
  for (let at = words; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}
