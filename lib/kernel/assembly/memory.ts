// One wasm instance serves one meter or one limiter at a time. Its memory is a stack that starts
// afresh with every `begin()`; nothing is ever freed singly, so there is nothing to leak.

let top: usize = 0;

export function begin(): void {
  top = (__heap_base + 15) & ~15;
}

/** Zeroed, 16-byte aligned memory that lives until the next `begin()`. */
export function take(bytes: usize): usize {
  const start = top;
  top = (start + bytes + 15) & ~15;
  const pages = <i32>((top + 65535) >>> 16) - memory.size();
  if (pages > 0 && memory.grow(pages) < 0) unreachable();
  memory.fill(start, 0, bytes);
  return start;
}
