/**
 * Bytes as a transcript for people: one line per line, CR and LF written as `\r\n`, other bytes that do not
 * print as `\x00`. What is longer than `limit` bytes is cut in the middle.
 */
export function readable(bytes: Uint8Array, limit = 2000): string {
  if (bytes.length <= limit) return lines(bytes)
  const half = Math.floor(limit / 2)
  const cut = bytes.length - 2 * half
  return `${lines(bytes.subarray(0, half))}\n  … ${cut} bytes more …\n${lines(bytes.subarray(-half))}`
}

function lines(bytes: Uint8Array): string {
  const escaped = Buffer.from(bytes)
    .toString('latin1')
    .replace(/[^\x20-\x5b\x5d-\x7e]/g, escape)
  return escaped.replace(/\\n(?=.)/g, '\\n\n').replace(/^/gm, '  ')
}

const short: Record<string, string> = { '\r': '\\r', '\n': '\\n', '\t': '\\t', '\\': '\\\\' }

function escape(character: string): string {
  return short[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
}
