/** An array of numbers that grows by doubling. */
export class GrowingF64 {
  #items = new Float64Array(1024);
  #count = 0;

  push(value: number): void {
    if (this.#count === this.#items.length) {
      const larger = new Float64Array(2 * this.#count);
      larger.set(this.#items);
      this.#items = larger;
    }
    this.#items[this.#count++] = value;
  }

  toArray(): Float64Array<ArrayBuffer> {
    return this.#items.slice(0, this.#count);
  }
}
