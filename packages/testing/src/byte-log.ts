/** Bytes in the order they came, all of them kept, with a cursor between what was read and what was not. */
export class ByteLog {
  #bytes = Buffer.alloc(4096)
  #length = 0
  #cursor = 0

  /** A view that stays as it is when more bytes come. */
  get all(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  get unread(): Buffer {
    return this.#bytes.subarray(this.#cursor, this.#length)
  }

  get cursor(): number {
    return this.#cursor
  }

  append(bytes: Uint8Array): void {
    const length = this.#length + bytes.length
    if (length > this.#bytes.length) {
      const larger = Buffer.alloc(2 * length)
      larger.set(this.all)
      this.#bytes = larger
    }
    this.#bytes.set(bytes, this.#length)
    this.#length = length
  }

  /** The next `count` unread bytes, which are read from now on. */
  take(count: number): Buffer {
    const taken = this.unread.subarray(0, count)
    this.#cursor += taken.length
    return taken
  }
}
