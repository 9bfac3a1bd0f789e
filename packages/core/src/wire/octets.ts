/** The octets and classes of octets that HTTP/1.1 is made of (RFC 9110 section 5.6, RFC 9112 section 2). */

export const TAB = 0x09
export const LF = 0x0a
export const CR = 0x0d
export const SPACE = 0x20
export const QUOTE = 0x22
export const SLASH = 0x2f
export const COLON = 0x3a
export const SEMICOLON = 0x3b
export const EQUALS = 0x3d
export const BACKSLASH = 0x5c

/** tchar: what methods and field names are made of. */
export const TOKEN = 1
/** field-content, with the white space inside it; obs-text is in, every control octet but TAB is out. */
export const VALUE = 2
/** What a request target may hold: visible ASCII. */
export const TARGET = 4
export const DIGIT = 8

/** The classes that each octet is in, as a bit set. */
export const classes = classify()

function classify(): Uint8Array {
  const table = new Uint8Array(256)
  const add = (octet: number, octetClass: number) => (table[octet] = (table[octet] ?? 0) | octetClass)
  for (let octet = 0; octet < 256; octet++) {
    if (octet === TAB || (octet >= SPACE && octet !== 0x7f)) add(octet, VALUE)
    if (octet > SPACE && octet < 0x7f) add(octet, TARGET)
  }
  for (const char of "!#$%&'*+-.^_`|~") add(char.charCodeAt(0), TOKEN)
  for (let digit = 0x30; digit <= 0x39; digit++) add(digit, TOKEN | DIGIT)
  for (let letter = 0x41; letter <= 0x5a; letter++) {
    add(letter, TOKEN)
    add(letter | 0x20, TOKEN)
  }
  return table
}

/** The value of a hexadecimal digit, or -1. */
export function hexValue(octet: number): number {
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30
  const lower = octet | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
