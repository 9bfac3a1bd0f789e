import { block, checksum, flags, TarError } from './tar.js'
import type { TarEntry } from './tar.js'

const typeOf = new Map<string, TarEntry['type']>([
  ...Object.entries(flags).map(([type, flag]) => [flag, type as TarEntry['type']] as const),
  ['\0', 'file'],
  ['7', 'file'],
  ['4', 'device'],
])

/** Reads an archive entry by entry; what tar has no entry here for (pipes) is left out. */
export async function* readTar(source: AsyncIterable<Buffer>): AsyncGenerator<TarEntry, void, undefined> {
  const bytes = new ByteReader(source)
  const shared = new Map<string, string>()
  let own = new Map<string, string>()
  for (;;) {
    const head = await bytes.take(block)
    if (head === undefined || head.every((byte) => byte === 0)) break
    checkSum(head)
    const flag = text(head, 156, 1) || '\0'
    const records = new Map([...shared, ...own])
    const size = Number(records.get('size') ?? number(head, 124, 12))
    const content = await bytes.take(size)
    const padding = await bytes.take((block - (size % block)) % block)
    if (content === undefined || padding === undefined) throw new TarError('the archive ends inside a file')
    if (flag === 'x') own = new Map([...own, ...paxRecords(content)])
    else if (flag === 'g') for (const [key, value] of paxRecords(content)) shared.set(key, value)
    else if (flag === 'L') own.set('path', text(content, 0, size))
    else if (flag === 'K') own.set('linkpath', text(content, 0, size))
    else {
      own = new Map()
      const type = typeOf.get(flag)
      if (type) yield entry(type, head, records, content)
    }
  }
  await bytes.rest()
}

function entry(
  type: TarEntry['type'],
  head: Buffer,
  records: ReadonlyMap<string, string>,
  bytes: Buffer,
): TarEntry {
  const prefix = text(head, 257, 6) === 'ustar' ? text(head, 345, 155) : ''
  const name = records.get('path') ?? (prefix ? `${prefix}/` : '') + text(head, 0, 100)
  const field = (key: string, at: number, length: number) =>
    Number(records.get(key) ?? number(head, at, length))
  return {
    // Archives from before POSIX mark a folder by the slash alone.
    type: type === 'file' && name.endsWith('/') ? 'folder' : type,
    name,
    mode: number(head, 100, 8) & 0o7777,
    uid: field('uid', 108, 8),
    gid: field('gid', 116, 8),
    mtime: Math.floor(field('mtime', 136, 12)),
    target: records.get('linkpath') ?? text(head, 157, 100),
    bytes,
  }
}

/** Octal digits, or GNU's big-endian binary where the first bit is set. */
function number(head: Buffer, at: number, length: number): number {
  const field = head.subarray(at, at + length)
  if (((field[0] ?? 0) & 0x80) === 0) return parseInt(text(head, at, length).trim() || '0', 8)
  return field.subarray(1).reduce((value, byte) => value * 256 + byte, 0)
}

function text(bytes: Buffer, at: number, length: number): string {
  const field = bytes.subarray(at, at + length)
  const end = field.indexOf(0)
  return field.subarray(0, end < 0 ? length : end).toString()
}

function checkSum(head: Buffer): void {
  if (head.length < block || number(head, 148, 8) !== checksum(head))
    throw new TarError('this is no tar archive')
}

function paxRecords(content: Buffer): Map<string, string> {
  const records = new Map<string, string>()
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(0x20, at)
    const length = parseInt(content.toString('latin1', at, space), 10)
    if (!(length > 0)) throw new TarError('a pax record has no length')
    const [, key = '', value = ''] =
      /^([^=]*)=([\s\S]*)\n$/.exec(content.toString('utf8', space + 1, at + length)) ?? []
    records.set(key, value)
    at += length
  }
  return records
}

class ByteReader {
  readonly #source: AsyncIterator<Buffer, unknown>
  #held: Buffer[] = []
  #size = 0

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** Exactly that many bytes; undefined at the end. @throws TarError where there are some, but not as many */
  async take(count: number): Promise<Buffer | undefined> {
    while (this.#size < count) {
      const next = await this.#source.next()
      if (next.done) break
      this.#held.push(next.value)
      this.#size += next.value.length
    }
    if (count > 0 && this.#size === 0) return undefined
    if (this.#size < count) throw new TarError('the archive ends too early')
    const all = this.#held.length === 1 ? this.#held[0]! : Buffer.concat(this.#held)
    this.#held = [all.subarray(count)]
    this.#size -= count
    return all.subarray(0, count)
  }

  /** Reads on to the end, so that whoever sends is not cut off. */
  async rest(): Promise<void> {
    while (!(await this.#source.next()).done);
  }
}
