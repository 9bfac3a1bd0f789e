import { parseExact } from './exact-numbers.js'

const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * Cuts a stream of JSON values, as events and progress are, into its values. They are objects; what stands between them
 * (line feeds, record separators) belongs to none. A value of more bytes than the limit is left out; whether one can be
 * parsed is not looked at.
 */
export class JsonValues {
  /** How many values were larger than the limit. */
  skipped = 0
  private readonly limit: number
  private readonly give: (text: string) => void
  private pieces: Buffer[] = []
  private length = 0
  private depth = 0
  private inText = false
  private escaped = false

  constructor(limit: number, give: (text: string) => void) {
    this.limit = limit
    this.give = give
  }

  take(bytes: Buffer): void {
    let from = this.depth > 0 ? 0 : -1
    for (let at = 0; at < bytes.length; at++) {
      const octet = bytes[at]!
      if (this.inText) {
        if (this.escaped) this.escaped = false
        else if (octet === BACKSLASH) this.escaped = true
        else if (octet === QUOTE) this.inText = false
      } else if (octet === QUOTE) {
        this.inText = this.depth > 0
      } else if (octet === 0x7b || octet === 0x5b) {
        if (this.depth++ === 0) from = at
      } else if ((octet === 0x7d || octet === 0x5d) && this.depth > 0 && --this.depth === 0) {
        this.keep(bytes.subarray(from, at + 1))
        this.finish()
        from = -1
      }
    }
    if (from >= 0) this.keep(bytes.subarray(from))
  }

  private keep(piece: Buffer): void {
    this.length += piece.length
    if (this.length <= this.limit) this.pieces.push(piece)
    else this.pieces = []
  }

  private finish(): void {
    const { pieces, length } = this
    this.pieces = []
    this.length = 0
    if (length > this.limit) this.skipped++
    else this.give(Buffer.concat(pieces).toString())
  }
}

/** The value of a JSON document; undefined for what is none. */
export function parsed(text: string): unknown {
  try {
    return parseExact(text)
  } catch {
    return undefined
  }
}
