/** Text as bytes, one character a byte. Throws for a character that is not one byte, rather than lose it. */
export function latin1(text: string): Buffer {
  const large = /[^\0-\xff]/u.exec(text)
  if (large)
    throw new TypeError(`"${large[0]}" is no latin1 character: pass Buffer.from(text) to send it as UTF-8.`)
  return Buffer.from(text, 'latin1')
}
