import { Http2Preface, Malformed } from './malformed.js'
import { classes, COLON, CR, DIGIT, LF, SLASH, SPACE, TAB, TARGET, TOKEN, VALUE } from './octets.js'

/** The engine's own limit on request line and fields together: net/http's 1 MiB and the 4 KiB of its read buffer. */
export const maxHeadBytes = 1024 * 1024 + 4096

/** The largest Content-Length that is exact as a number has 16 digits; 15 are enough for 888 TiB. */
const maxLengthDigits = 15

export type Field = readonly [name: string, value: string]

/**
 * The head of an HTTP/1.1 message (RFC 9112), read strictly and line by line, so that a head that comes in pieces is
 * read once. It keeps the bytes as they came; fields are looked up in them when somebody asks.
 */
export abstract class Head {
  /** The bytes that the head is in, from `start` to `end`, the blank line included. */
  buffer: Buffer
  readonly start: number
  /** The end of what has been read: of the head, once `complete`. */
  end: number
  complete = false
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
    return this.buffer.subarray(this.start, this.end)
  }

  /** Every field in its order, names as they were written. */
  *fields(): Generator<Field> {
    let at = this.fieldsStart
    while (this.buffer[at] !== CR) {
      const colon = this.buffer.indexOf(COLON, at)
      const lineEnd = this.buffer.indexOf(LF, colon)
      const [from, to] = this.trim(colon + 1, lineEnd - 1)
      yield [this.text(at, colon), this.text(from, to)]
      at = lineEnd + 1
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
    if (nameLength === 10 && this.isNamed(nameAt, 'connection')) this.noteConnection(this.text(from, to))
    else if (nameLength === 14 && this.isNamed(nameAt, 'content-length')) this.noteContentLength(from, to)
    else if (nameLength === 17 && this.isNamed(nameAt, 'transfer-encoding')) {
      if (this.chunked || this.text(from, to).toLowerCase() !== 'chunked')
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

  /** Reads "HTTP/1.x" at `at` as the minor version. */
  protected readVersion(at: number): void {
    const minor = this.buffer[at + 7]! - 0x30
    if (this.text(at, at + 7) !== 'HTTP/1.' || (minor !== 0 && minor !== 1))
      throw new Malformed('has a version other than HTTP/1.0 and HTTP/1.1')
    this.minor = minor
  }

  /** The octet after a line's CR at `at`; 0 if it is not there yet. */
  protected endLine(at: number, limit: number): number {
    if (at + 1 >= limit) return 0
    if (this.buffer[at + 1] !== LF) throw new Malformed('has a CR without LF in its head')
    return at + 2
  }

  private readFieldLine(start: number, limit: number): number {
    const { buffer } = this
    let at = start
    while (at < limit && classes[buffer[at]!]! & TOKEN) at++
    if (at === limit) return 0
    if (at === start && buffer[at] === CR) {
      const next = this.endLine(at, limit)
      this.complete = next !== 0
      return next
    }
    if (buffer[at] !== COLON || at === start) throw new Malformed(this.badName(start, at))
    const nameLength = at - start
    const valueStart = ++at
    while (at < limit && classes[buffer[at]!]! & VALUE) at++
    if (at === limit) return 0
    if (buffer[at] !== CR) throw new Malformed(badValue(buffer[at]!))
    const next = this.endLine(at, limit)
    if (next === 0) return 0
    const [from, to] = this.trim(valueStart, at)
    this.noteField(start, nameLength, from, to)
    return next
  }

  private trim(from: number, to: number): [number, number] {
    const { buffer } = this
    while (from < to && (buffer[from] === SPACE || buffer[from] === TAB)) from++
    while (to > from && (buffer[to - 1] === SPACE || buffer[to - 1] === TAB)) to--
    return [from, to]
  }

  private noteConnection(value: string): void {
    for (const option of value.toLowerCase().split(',')) {
      const token = option.trim()
      if (token === 'close') this.close = true
      else if (token === 'keep-alive') this.keepAlive = true
    }
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

/** The head of a request. */
export class RequestHead extends Head {
  method = ''
  /** The request target in origin form, as it came. */
  target = ''
  /** The value of the Host field; undefined where there is none (HTTP/1.0 only). */
  host: string | undefined
  /** True if an Upgrade field asks for another protocol. */
  upgrade = false
  /** True if the client waits for `100 Continue` before it sends the body. */
  expectContinue = false
  /** True if there is an Origin field: a browser made the request for a page. */
  origin = false
  /** The value of Sec-Fetch-Site. */
  fetchSite: string | undefined

  protected override readStartLine(limit: number): number {
    const { buffer, start } = this
    let at = start
    while (at < limit && classes[buffer[at]!]! & TOKEN) at++
    if (at === limit) return 0
    if (at === start || buffer[at] !== SPACE) throw new Malformed('has an invalid method')
    const methodEnd = at++
    while (at < limit && classes[buffer[at]!]! & TARGET) at++
    if (at === limit) return 0
    if (buffer[at] !== SPACE) throw new Malformed('has an invalid request line')
    const targetEnd = at++
    if (at + 10 > limit) return 0
    this.method = this.text(start, methodEnd)
    this.target = this.text(methodEnd + 1, targetEnd)
    if (this.method === 'PRI' && this.text(at, at + 8) === 'HTTP/2.0') throw new Http2Preface()
    this.readVersion(at)
    if (buffer[at + 8] !== CR) throw new Malformed('has an invalid request line')
    if (buffer[methodEnd + 1] !== SLASH)
      throw new Malformed('has a target that is not in origin form (a path)')
    return this.endLine(at + 8, limit)
  }

  protected override noteField(nameAt: number, nameLength: number, from: number, to: number): void {
    switch (nameLength) {
      case 4:
        if (this.isNamed(nameAt, 'host')) {
          if (this.host !== undefined) throw new Malformed('has more than one Host')
          this.host = this.text(from, to)
        }
        return
      case 6:
        if (this.isNamed(nameAt, 'origin')) this.origin = true
        else if (this.isNamed(nameAt, 'expect'))
          this.expectContinue = this.text(from, to).toLowerCase() === '100-continue'
        return
      case 7:
        if (this.isNamed(nameAt, 'upgrade')) this.upgrade = true
        return
      case 14:
        if (this.isNamed(nameAt, 'sec-fetch-site')) this.fetchSite = this.text(from, to)
        else this.noteCommonField(nameAt, nameLength, from, to)
        return
      default:
        this.noteCommonField(nameAt, nameLength, from, to)
    }
  }

  protected override checkComplete(): void {
    super.checkComplete()
    if (this.host === undefined && this.minor === 1) throw new Malformed('has no Host')
  }
}

/** The head of a reply. */
export class ReplyHead extends Head {
  status = 0

  protected override readStartLine(limit: number): number {
    const { buffer, start } = this
    if (limit - start < 14) return 0
    this.readVersion(start)
    if (buffer[start + 8] !== SPACE) throw new Malformed('has an invalid status line')
    let status = 0
    for (let at = start + 9; at < start + 12; at++) {
      if (!(classes[buffer[at]!]! & DIGIT)) throw new Malformed('has an invalid status code')
      status = status * 10 + (buffer[at]! - 0x30)
    }
    if (status < 100) throw new Malformed('has an invalid status code')
    this.status = status
    let at = start + 12
    if (buffer[at] !== SPACE && buffer[at] !== CR) throw new Malformed('has an invalid status line')
    while (at < limit && classes[buffer[at]!]! & VALUE) at++
    if (at === limit) return 0
    if (buffer[at] !== CR) throw new Malformed('has an invalid status line')
    return this.endLine(at, limit)
  }

  protected override noteField(nameAt: number, nameLength: number, from: number, to: number): void {
    this.noteCommonField(nameAt, nameLength, from, to)
  }
}
