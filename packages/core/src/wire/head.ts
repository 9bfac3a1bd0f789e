import { Malformed } from './malformed.js'
import { classes, COLON, CR, DIGIT, LF, SPACE, TAB, TOKEN, VALUE } from './octets.js'

/** The engine's own limit on request line and fields together: net/http's 1 MiB and the 4 KiB of its read buffer. */
export const maxHeadBytes = 1024 * 1024 + 4096

/** The largest Content-Length that is exact as a number has 16 digits; 15 are enough for 888 TiB. */
const maxLengthDigits = 15

/** Members of the Connection field: only SP and HTAB may stand around them (RFC 9110 section 5.6.3). */
const closeOption = /(?:^|,)[\t ]*close[\t ]*(?:,|$)/i
const keepAliveOption = /(?:^|,)[\t ]*keep-alive[\t ]*(?:,|$)/i

export type Field = readonly [name: string, value: string]

/**
 * The head of an HTTP/1.1 message (RFC 9112), read strictly, and each octet once however it is cut: a client that sends
 * byte by byte costs no more than another. It keeps the bytes as they came; fields are looked up in them when somebody
 * asks.
 */
export abstract class Head {
  /** The bytes that the head is in, from `start` to `end`, the blank line included. */
  buffer: Buffer
  start: number
  /** The end of what has been read: of the head, once `complete`. */
  end: number
  complete = false
  /** It is passed on as it came, and nobody looks at its bytes after that: their memory is used again. */
  passing = false
  /** The minor version: 0 for HTTP/1.0, 1 for HTTP/1.1. */
  minor = 1
  /** Content-Length in bytes, or -1. */
  contentLength = -1
  chunked = false
  /** True if the Connection field says `close`. */
  close = false
  /** True if the Connection field says `keep-alive`. */
  keepAlive = false
  private fieldsStart = 0
  private kept = false
  /** How far the line at `end` was read, where not all of it was there. */
  private seen = 0
  /** Where the value in that line begins; 0 until its colon was read. */
  private valueStart = 0

  constructor(buffer: Buffer, start: number) {
    this.buffer = buffer
    this.start = start
    this.end = start
  }

  /**
   * Reads on in `buffer`, which begins with the bytes given before and now holds `limit` of them. True once complete.
   * @throws Malformed
   */
  read(buffer: Buffer, limit: number): boolean {
    this.buffer = buffer
    if (this.fieldsStart === 0) {
      const next = this.readStartLine(limit)
      if (next === 0) return this.within(limit)
      this.fieldsStart = this.end = next
    }
    for (;;) {
      const next = this.readFieldLine(this.end, limit)
      if (next === 0) return this.within(limit)
      this.end = next
      if (this.complete) {
        this.within(next)
        this.checkComplete()
        return true
      }
    }
  }

  /** True if the connection can carry another message after this one (RFC 9112 section 9.3). */
  get persistent(): boolean {
    return this.minor === 1 ? !this.close : this.keepAlive && !this.close
  }

  /** The head's bytes, as they came. */
  get bytes(): Buffer {
    if (!this.passing) this.keep()
    return this.buffer.subarray(this.start, this.end)
  }

  /** Takes its bytes, and those behind it up to `to`, out of memory that may be read into again; returns where they are. */
  keep(to = this.end): Buffer {
    if (this.kept) return this.buffer
    const { start } = this
    this.buffer = Buffer.from(this.buffer.subarray(start, to))
    this.start = 0
    this.end -= start
    this.fieldsStart -= start
    this.kept = true
    return this.buffer
  }

  /** Every field in its order, names as they were written. */
  *fields(): Generator<Field> {
    if (this.passing) throw new Error('the head was passed on, and is not there any more')
    // Whoever takes them one by one may find the head in other memory the next time.
    let past = this.fieldsStart - this.start
    for (;;) {
      const { buffer } = this
      const at = this.start + past
      if (buffer[at] === CR) return
      const colon = buffer.indexOf(COLON, at)
      const lineEnd = buffer.indexOf(LF, colon)
      const [from, to] = this.trim(colon + 1, lineEnd - 1)
      past = lineEnd + 1 - this.start
      yield [this.text(at, colon), this.text(from, to)]
    }
  }

  /** The value of the first field of this name (in lower case), as latin1. */
  get(name: string): string | undefined {
    for (const [fieldName, value] of this.fields()) if (fieldName.toLowerCase() === name) return value
    return undefined
  }

  /** Reads the first line; returns where the next begins, or 0 if it is not all there. */
  protected abstract readStartLine(limit: number): number

  /** Takes note of a field whose name has this many octets; the value is in [from, to). */
  protected abstract noteField(nameAt: number, nameLength: number, from: number, to: number): void

  /** Checks what only the whole head tells. */
  protected checkComplete(): void {
    if (this.chunked && this.contentLength >= 0)
      throw new Malformed('has both Content-Length and Transfer-Encoding')
    if (this.chunked && this.minor === 0) throw new Malformed('has a Transfer-Encoding in HTTP/1.0')
  }

  /** Content-Length, Transfer-Encoding and Connection mean the same in requests and replies. */
  protected noteCommonField(nameAt: number, nameLength: number, from: number, to: number): void {
    if (nameLength === 10 && this.isNamed(nameAt, 'connection')) this.noteConnection(from, to)
    else if (nameLength === 14 && this.isNamed(nameAt, 'content-length'))
      this.noteContentLength(from, this.tabbed(to))
    else if (nameLength === 17 && this.isNamed(nameAt, 'transfer-encoding')) {
      if (this.chunked || this.text(from, this.tabbed(to)).toLowerCase() !== 'chunked')
        throw new Malformed('has a Transfer-Encoding other than a single "chunked"')
      this.chunked = true
    }
  }

  /** True if the token at `at` is `name` (in lower case), whatever its case. */
  protected isNamed(at: number, name: string): boolean {
    for (let i = 0; i < name.length; i++)
      if ((this.buffer[at + i]! | 0x20) !== name.charCodeAt(i)) return false
    return true
  }

  protected text(from: number, to: number): string {
    return this.buffer.toString('latin1', from, to)
  }

  protected readVersion(from: number, to: number): void {
    const { buffer } = this
    const last = buffer[from + 7]! - 0x30
    if (to - from !== 8 || !this.isAt(from, 'HTTP/1.') || (last !== 0 && last !== 1))
      throw new Malformed('has a version other than HTTP/1.0 and HTTP/1.1')
    this.minor = last
  }

  /** True if these octets are at `at`. */
  protected isAt(at: number, octets: string): boolean {
    for (let i = 0; i < octets.length; i++) if (this.buffer[at + i] !== octets.charCodeAt(i)) return false
    return true
  }

  /** The first octet from `from` on that is not of this class, or `limit`. In one line it goes on where it stopped. */
  protected skip(octetClass: number, from: number, limit: number): number {
    const { buffer } = this
    let at = Math.max(from, this.seen)
    while (at < limit && classes[buffer[at]!]! & octetClass) at++
    this.seen = at
    return at
  }

  /** Where the line ends that has its CR at `at`; 0 if its LF is not there yet. */
  protected endLine(at: number, limit: number): number {
    if (at + 1 >= limit) return 0
    if (this.buffer[at + 1] !== LF) throw new Malformed('has a CR without LF in its head')
    return at + 2
  }

  private readFieldLine(start: number, limit: number): number {
    const { buffer } = this
    if (this.valueStart === 0) {
      const at = this.skip(TOKEN, start, limit)
      if (at === limit) return 0
      if (at === start && buffer[at] === CR) {
        const next = this.endLine(at, limit)
        this.complete = next !== 0
        return next
      }
      if (buffer[at] !== COLON || at === start) throw new Malformed(this.badName(start, at))
      this.valueStart = at + 1
    }
    const { valueStart } = this
    const at = this.skip(VALUE, valueStart, limit)
    if (at === limit) return 0
    if (buffer[at] !== CR) throw new Malformed(badValue(buffer[at]!))
    const next = this.endLine(at, limit)
    if (next === 0) return 0
    this.valueStart = 0
    const [from, to] = this.trim(valueStart, at)
    this.noteField(start, valueStart - 1 - start, from, to)
    return next
  }

  private trim(from: number, to: number): [number, number] {
    const { buffer } = this
    while (from < to && (buffer[from] === SPACE || buffer[from] === TAB)) from++
    while (to > from && (buffer[to - 1] === SPACE || buffer[to - 1] === TAB)) to--
    return [from, to]
  }

  /**
   * Where a value ends if its tabs are part of it. They are white space (RFC 9110 section 5.6.3), but were not to llhttp
   * before 9.4: it takes `chunked\t` for a coding that it does not know, and so another body for that of a reply.
   */
  private tabbed(to: number): number {
    let end = this.buffer.indexOf(CR, to)
    while (end > to && this.buffer[end - 1] === SPACE) end--
    return end
  }

  private noteConnection(from: number, to: number): void {
    if (to - from === 10 && this.isNamed(from, 'keep-alive')) {
      this.keepAlive = true
      return
    }
    const value = this.text(from, to)
    if (closeOption.test(value)) this.close = true
    if (keepAliveOption.test(value)) this.keepAlive = true
  }

  private noteContentLength(from: number, to: number): void {
    if (this.contentLength >= 0) throw new Malformed('has more than one Content-Length')
    if (from === to || to - from > maxLengthDigits)
      throw new Malformed('has a Content-Length that is no length')
    let length = 0
    for (let at = from; at < to; at++) {
      if (!(classes[this.buffer[at]!]! & DIGIT))
        throw new Malformed('has a Content-Length that is no decimal number')
      length = length * 10 + (this.buffer[at]! - 0x30)
    }
    this.contentLength = length
  }

  private within(limit: number): false {
    if (limit - this.start > maxHeadBytes)
      throw new Malformed(`has a head of more than ${maxHeadBytes} bytes`, 431)
    return false
  }

  private badName(start: number, at: number): string {
    const octet = this.buffer[at]!
    if (at === start && (octet === SPACE || octet === TAB)) return 'has a folded field line'
    if (octet === SPACE || octet === TAB) return 'has white space before the colon of a field'
    if (octet === LF) return 'has a line that ends in LF without CR'
    return 'has an invalid field name'
  }
}

function badValue(octet: number): string {
  return octet === LF ? 'has a line that ends in LF without CR' : 'has a control character in a field value'
}
