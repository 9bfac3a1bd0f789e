import { Malformed } from './malformed.js'
import {
  BACKSLASH,
  classes,
  COLON,
  CR,
  EQUALS,
  hexValue,
  LF,
  QUOTE,
  SEMICOLON,
  TOKEN,
  VALUE,
} from './octets.js'

/** Takes the bytes of a body that are its content, without the framing around them. */
export type Content = (buffer: Buffer, from: number, to: number) => void

/** Says where the body of a message ends (RFC 9112 section 6). */
export interface Framing {
  /** True once the last byte of the body was taken. */
  readonly done: boolean
  /** True if only the end of the connection ends the body. */
  readonly untilClose: boolean
  /** Where the content goes, for whoever wants it without its framing. */
  content: Content | undefined
  /**
   * Takes what belongs to the body of the bytes in [from, to) and returns where that ends.
   * @throws Malformed
   */
  take(buffer: Buffer, from: number, to: number): number
}

/** A message without a body. */
export const noBody: Framing = {
  done: true,
  untilClose: false,
  content: undefined,
  take: (_buffer, from) => from,
}

/** A body of as many bytes as Content-Length says. */
export class LengthBody implements Framing {
  readonly untilClose = false
  content: Content | undefined
  private left: number

  constructor(length: number) {
    this.left = length
  }

  get done(): boolean {
    return this.left === 0
  }

  take(buffer: Buffer, from: number, to: number): number {
    const end = Math.min(to, from + this.left)
    this.left -= end - from
    if (this.content !== undefined && end > from) this.content(buffer, from, end)
    return end
  }
}

/** A body that ends where the connection does. */
export class UntilCloseBody implements Framing {
  readonly done = false
  readonly untilClose = true
  content: Content | undefined

  take(buffer: Buffer, from: number, to: number): number {
    if (this.content !== undefined && to > from) this.content(buffer, from, to)
    return to
  }
}

/** The engine's own limits: net/http reads a chunk's line, and the whole trailer section, into a buffer of 4 KiB. */
const maxExtensionBytes = 4096
const maxTrailerBytes = 4096

/** What no trailer may say (RFC 9110 section 6.5.1), though some would listen: where the message or the connection ends. */
const headOnly = /^(?:content-length|transfer-encoding|connection)$/i

/** Sizes of up to 13 hexadecimal digits are exact as numbers. */
const maxSizeDigits = 13

type State =
  | 'size'
  | 'extension name'
  | 'extension value'
  | 'quoted'
  | 'quoted pair'
  | 'after quoted'
  | 'size LF'
  | 'data'
  | 'data CR'
  | 'data LF'
  | 'trailer'
  | 'trailer name'
  | 'trailer value'
  | 'trailer LF'
  | 'last LF'
  | 'done'

/** A chunked body with its extensions and trailers (RFC 9112 section 7.1), read strictly. */
export class ChunkedBody implements Framing {
  readonly untilClose = false
  content: Content | undefined
  private state: State = 'size'
  private size = 0
  private digits = 0
  /** Bytes of the chunk's extensions, or of the trailer section, so far. */
  private overhead = 0
  /** Bytes of the current extension's name or value so far. */
  private token = 0
  /** The current trailer's name so far. */
  private name = ''

  get done(): boolean {
    return this.state === 'done'
  }

  take(buffer: Buffer, from: number, to: number): number {
    let at = from
    while (at < to && this.state !== 'done') {
      if (this.state === 'data') {
        const end = Math.min(to, at + this.size)
        if (this.content !== undefined) this.content(buffer, at, end)
        this.size -= end - at
        at = end
        if (this.size === 0) this.state = 'data CR'
      } else {
        this.state = this.next(buffer[at++]!)
      }
    }
    return at
  }

  private next(octet: number): State {
    switch (this.state) {
      case 'size':
        return this.inSize(octet)
      case 'extension name':
      case 'extension value':
      case 'quoted':
      case 'quoted pair':
      case 'after quoted':
        return this.inExtension(octet)
      case 'size LF':
        this.expect(octet, LF)
        this.overhead = 0
        return this.size === 0 ? 'trailer' : 'data'
      case 'data CR':
        this.expect(octet, CR)
        return 'data LF'
      case 'data LF':
        this.expect(octet, LF)
        this.digits = 0
        return 'size'
      default:
        return this.inTrailer(octet)
    }
  }

  private inSize(octet: number): State {
    const value = hexValue(octet)
    if (value >= 0) {
      if (++this.digits > maxSizeDigits) throw new Malformed('has a chunk size that overflows')
      this.size = this.size * 16 + value
      return 'size'
    }
    if (this.digits === 0) throw new Malformed('has a chunk without a size')
    return this.afterExtension(octet)
  }

  /** Extensions are tokens with a token or a quoted string, without white space: what every parser reads alike. */
  private inExtension(octet: number): State {
    this.limit(maxExtensionBytes, 'chunk extensions')
    const octetClass = classes[octet]!
    switch (this.state) {
      case 'quoted':
        if (octet === QUOTE) return 'after quoted'
        if (octet === BACKSLASH) return 'quoted pair'
        if (octetClass & VALUE) return 'quoted'
        break
      case 'quoted pair':
        if (octetClass & VALUE) return 'quoted'
        break
      case 'after quoted':
        return this.afterExtension(octet)
      case 'extension value':
        if (octet === QUOTE && this.token === 0) return 'quoted'
      // falls through
      default:
        if (octetClass & TOKEN) {
          this.token++
          return this.state
        }
        if (this.token === 0) break
        if (octet === EQUALS && this.state === 'extension name') {
          this.token = 0
          return 'extension value'
        }
        return this.afterExtension(octet)
    }
    throw new Malformed('has an invalid chunk extension')
  }

  private afterExtension(octet: number): State {
    this.token = 0
    if (octet === SEMICOLON) return 'extension name'
    if (octet === CR) return 'size LF'
    throw new Malformed('has an invalid chunk size line')
  }

  private inTrailer(octet: number): State {
    this.limit(maxTrailerBytes, 'trailers')
    switch (this.state) {
      case 'trailer':
        if (octet === CR) return 'last LF'
        this.name = ''
      // falls through
      case 'trailer name':
        if (octet === COLON && this.name !== '') {
          if (headOnly.test(this.name)) throw new Malformed(`has ${this.name} in its trailers`)
          return 'trailer value'
        }
        if (!(classes[octet]! & TOKEN)) throw new Malformed('has an invalid trailer field name')
        this.name += String.fromCharCode(octet)
        return 'trailer name'
      case 'trailer value':
        if (octet === CR) return 'trailer LF'
        if (!(classes[octet]! & VALUE)) throw new Malformed('has an invalid trailer field value')
        return 'trailer value'
      case 'trailer LF':
        this.expect(octet, LF)
        return 'trailer'
      default:
        this.expect(octet, LF)
        return 'done'
    }
  }

  private expect(octet: number, expected: number): void {
    if (octet !== expected) throw new Malformed('has a chunk or trailer line that does not end in CR LF')
  }

  private limit(max: number, what: string): void {
    if (++this.overhead > max) throw new Malformed(`has ${what} of more than ${max} bytes`)
  }
}
