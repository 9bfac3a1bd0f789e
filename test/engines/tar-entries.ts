import { hash } from './transcript.js'

export interface TarEntry {
  readonly name: string
  readonly mode: string
  readonly bytes: number
  readonly sha256: string
}

const block = 512

/**
 * What is in a tar (POSIX.1-1988 ustar, in the order it came in), without its times: an engine from 25 on
 * writes the time of the call into the tar of `docker save`. Names longer than the header's fields do not
 * occur in what is read.
 */
export function tarEntries(tar: Buffer): readonly TarEntry[] {
  const entries: TarEntry[] = []
  for (let at = 0; at + block <= tar.length && tar[at] !== 0;) {
    const field = (from: number, length: number): string =>
      tar
        .subarray(at + from, at + from + length)
        .toString('latin1')
        .replace(/\0.*$/s, '')
        .trim()
    const bytes = parseInt(field(124, 12), 8)
    const prefix = field(345, 155)
    const body = tar.subarray(at + block, at + block + bytes)
    entries.push({
      name: (prefix === '' ? '' : `${prefix}/`) + field(0, 100),
      mode: field(100, 8),
      bytes,
      sha256: hash(body),
    })
    at += block + Math.ceil(bytes / block) * block
  }
  return entries
}
