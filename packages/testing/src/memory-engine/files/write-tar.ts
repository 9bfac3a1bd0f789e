import { block, checksum, flags } from './tar.js'
import type { TarEntry } from './tar.js'

/** The bytes of an archive: its entries, then two empty blocks. */
export async function* writeTar(
  entries: Iterable<TarEntry> | AsyncIterable<TarEntry>,
): AsyncGenerator<Buffer> {
  for await (const entry of entries) {
    const { name, target = '', bytes = Buffer.alloc(0) } = entry
    const long = new Map<string, string>()
    if (!fits(name, 100)) long.set('path', name)
    if (!fits(target, 100)) long.set('linkpath', target)
    if (long.size > 0) {
      const records = Buffer.from([...long].map(([key, value]) => paxRecord(key, value)).join(''))
      yield header({ ...entry, name: 'pax' }, 'x', records.length)
      yield padded(records)
    }
    yield header(entry, flags[entry.type], bytes.length)
    yield padded(bytes)
  }
  yield Buffer.alloc(2 * block)
}

function header({ name, mode, uid, gid, mtime, target = '' }: TarEntry, flag: string, size: number): Buffer {
  const head = Buffer.alloc(block)
  // A name that is too long is in the pax record before; what is here is for readers that know none.
  head.write(Buffer.from(name).subarray(0, 100).toString('latin1'), 0, 100, 'latin1')
  octal(head, mode, 100, 8)
  octal(head, uid, 108, 8)
  octal(head, gid, 116, 8)
  octal(head, size, 124, 12)
  octal(head, mtime, 136, 12)
  head.write('        ', 148)
  head.write(flag, 156)
  head.write(Buffer.from(target).subarray(0, 100).toString('latin1'), 157, 100, 'latin1')
  head.write('ustar\0' + '00', 257)
  octal(head, checksum(head), 148, 7)
  return head
}

function octal(head: Buffer, value: number, at: number, length: number): void {
  head.write(
    Math.max(0, value)
      .toString(8)
      .padStart(length - 1, '0'),
    at,
    length - 1,
  )
  head[at + length - 1] = 0
}

function fits(value: string, length: number): boolean {
  return Buffer.byteLength(value) === value.length && value.length <= length
}

/** `length key=value\n`, where the length counts its own digits. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`)
  let length = rest + 1
  while (String(length).length + rest !== length) length = String(length).length + rest
  return `${length} ${key}=${value}\n`
}

function padded(bytes: Buffer): Buffer {
  const padding = (block - (bytes.length % block)) % block
  return padding === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(padding)])
}
