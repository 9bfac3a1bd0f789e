/**
 * Finds where a JSON value ends, in bytes that come in parts, wherever these are cut. It counts brackets outside of
 * strings and knows no more: what is between them may still not be JSON, which is for `parseJson` to say.
 */
export class ValueScan {
  private depth = 0
  private inString = false
  private isEscaped = false
  private isBare = false

  /** True for a number or word, which only what comes after it ends, or the end of the input. */
  get endsWithInput(): boolean {
    return this.isBare
  }

  /** Prepares for a value with this first byte, which `end` has yet to pass; false where no value begins so. */
  begin(first: number): boolean {
    const kind = kinds[first]
    this.depth = 0
    this.inString = this.isEscaped = false
    this.isBare = kind === bare
    return this.isBare || kind === opens || kind === quotes
  }

  /** Where the value ends, in bytes of which there is one at least at `at`; -1 where more are needed. */
  end(bytes: Uint8Array, at: number): number {
    return this.isBare ? endOfBare(bytes, at) : this.endOfNested(bytes, at)
  }

  private endOfNested(bytes: Uint8Array, from: number): number {
    let { depth } = this
    let at = from
    if (this.inString) {
      at = this.endOfString(bytes, from)
      if (depth === 0 && !this.inString) return at
    }
    while (at < bytes.length) {
      const kind = kinds[bytes[at++] as number]
      if (kind === quotes) {
        at = this.endOfString(bytes, at)
        if (depth === 0 && !this.inString) return at
      } else if (kind === opens) depth++
      else if (kind === closes && --depth === 0) return at
    }
    this.depth = depth
    return -1
  }

  /** Behind the closing quote; or the end of the bytes, and the string goes on in the next. */
  private endOfString(bytes: Uint8Array, from: number): number {
    const { length } = bytes
    let at = this.isEscaped ? from + 1 : from
    for (; at < length; at++) {
      const byte = bytes[at]
      if (byte === quote) {
        this.inString = this.isEscaped = false
        return at + 1
      }
      if (byte === backslash) at++
    }
    this.inString = true
    // Past the end, where the byte behind a backslash has not come yet.
    this.isEscaped = at > length
    return length
  }
}

function endOfBare(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) if (!isBareByte(bytes[at])) return at
  return -1
}

/** True for a byte of a number or word: two such values need something between them. */
export function isBareByte(byte: number | undefined): boolean {
  return byte !== undefined && kinds[byte] === bare
}

const [quote, backslash] = [0x22, 0x5c]

/** What a byte is to the scan, besides 0. */
const [opens, closes, quotes, bare] = [1, 2, 3, 4] as const

const kinds = Uint8Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte)
  if (char === '"') return quotes
  if (char === '[' || char === '{') return opens
  if (char === ']' || char === '}') return closes
  return /[\w.+-]/.test(char) ? bare : 0
})
