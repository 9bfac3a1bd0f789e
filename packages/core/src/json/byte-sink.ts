/**
 * Bytes that are gathered until they are taken. While it is empty it holds no memory: one block serves all sinks, as
 * new memory for every document would cost as much as the writing of a small one.
 */
export class ByteSink {
  private bytes: Buffer = none
  private filled = 0
  private last: number | undefined

  get length(): number {
    return this.filled
  }

  /** The last byte that was ever put in; undefined before the first. */
  get lastByte(): number | undefined {
    return this.filled > 0 ? this.bytes[this.filled - 1] : this.last
  }

  byte(byte: number): void {
    if (this.filled === this.bytes.length) this.reserve(1)
    this.bytes[this.filled++] = byte
  }

  put(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.bytes.set(bytes, this.filled)
    this.filled += bytes.length
  }

  /** Text of characters below U+0080. */
  ascii(text: string): void {
    const { length } = text
    this.reserve(length)
    const { bytes } = this
    let at = this.filled
    for (let index = 0; index < length; index++) bytes[at++] = text.charCodeAt(index)
    this.filled = at
  }

  /**
   * A JSON string (RFC 8259 section 7). Each half of a surrogate pair becomes U+FFFD.
   * @returns false if there was one
   */
  jsonString(text: string): boolean {
    const { length } = text
    if (length > longestByUnit) return this.longJsonString(text)
    this.reserve(length + 2)
    const { bytes } = this
    let at = this.filled
    bytes[at++] = quote
    for (let index = 0; index < length; index++) {
      const unit = text.charCodeAt(index)
      if (unit < 0x20 || unit >= 0x80 || unit === quote || unit === backslash) return this.anyJsonString(text)
      bytes[at++] = unit
    }
    bytes[at++] = quote
    this.filled = at
    return true
  }

  /** Takes out all of it, in memory of its own. */
  take(): Buffer {
    const { bytes, filled } = this
    this.last = this.lastByte
    this.bytes = none
    this.filled = 0
    if (bytes.length > blockBytes) return bytes.subarray(0, filled)
    const taken = Buffer.allocUnsafe(filled)
    taken.set(bytes.subarray(0, filled))
    if (bytes.length === blockBytes) spare = bytes
    return taken
  }

  private longJsonString(text: string): boolean {
    if (notPlain.test(text)) return this.anyJsonString(text)
    this.byte(quote)
    this.reserve(text.length + 1)
    this.filled += this.bytes.write(text, this.filled, 'latin1')
    this.byte(quote)
    return true
  }

  private anyJsonString(text: string): boolean {
    const whole = surrogate.test(text) ? Buffer.from(text).toString() : text
    const json = special.test(whole) ? JSON.stringify(whole) : `"${whole}"`
    this.reserve(Buffer.byteLength(json))
    this.filled += this.bytes.write(json, this.filled)
    return whole === text
  }

  private reserve(length: number): void {
    const needed = this.filled + length
    if (needed <= this.bytes.length) return
    const before = this.bytes
    if (needed <= blockBytes) {
      this.bytes = spare ?? Buffer.allocUnsafeSlow(blockBytes)
      spare = undefined
      return
    }
    this.bytes = Buffer.allocUnsafeSlow(Math.max(needed, 2 * before.length))
    this.bytes.set(before.subarray(0, this.filled))
    if (before.length === blockBytes) spare = before
  }
}

const none = Buffer.alloc(0)

/** Whoever uses it takes it away meanwhile: a value that is written may have a getter which writes another. */
let spare: Buffer | undefined
const blockBytes = 128 * 1024

/** In UTF-16 units: past that, what Node has to offer for a string as a whole takes less time. */
const longestByUnit = 48

const [quote, backslash] = [0x22, 0x5c]
/** What is not written as the one octet that it is. */
const notPlain = /[^ !#-[\]-\x7F]/
const special = /["\\\u0000-\u001F]/
const surrogate = /[\uD800-\uDFFF]/
