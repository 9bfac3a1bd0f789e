import { isUtf8 } from 'node:buffer'

/**
 * Bytes as text, where each byte that is not part of well-formed UTF-8 becomes U+FFFD: one for every byte, as in Go
 * (unicode/utf8, DecodeRune), and not one for every broken sequence, as in Node.
 */
export function utf8Text(bytes: Buffer): string {
  return (isUtf8(bytes) ? bytes : wellFormed(bytes)).toString('utf8')
}

function wellFormed(bytes: Buffer): Buffer {
  const result = Buffer.allocUnsafe(bytes.length * 3)
  let length = 0
  for (let at = 0; at < bytes.length;) {
    const taken = sequenceLength(bytes, at)
    if (taken === 0) {
      at++
      length = result.writeUIntBE(0xefbfbd, length, 3)
    }
    const end = at + taken
    while (at < end) result[length++] = bytes[at++] as number
  }
  return result.subarray(0, length)
}

/** How many bytes the character at `at` takes, by the table of RFC 3629 section 4; 0 where there is none. */
function sequenceLength(bytes: Buffer, at: number): number {
  const lead = bytes[at] as number
  if (lead < 0x80) return 1
  if (lead < 0xc2 || lead > 0xf4) return 0
  // Past the end a byte reads as 0, which continues nothing.
  const second = bytes[at + 1] ?? 0
  // No longer form of a shorter one, no surrogate, nothing past U+10FFFF.
  const least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  if (second < least || second > most) return 0
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
  for (let next = 2; next < length; next++) if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return 0
  return length
}
