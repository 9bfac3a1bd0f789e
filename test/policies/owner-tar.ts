/** What an entry has other than a file of its name. */
export interface EntryOptions {
  readonly flag?: string
  readonly target?: string
  /** As it is written. */
  readonly size?: string
}

/** One entry; a name that is too long for its head stands in one of PAX before it. */
export function entry(
  name: string,
  content: string | Buffer,
  { flag = '0', target = '', size }: EntryOptions = {},
): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  const head = Buffer.alloc(512)
  const put = (text: string, at: number) => head.write(text, at, 'latin1')
  put(name.slice(0, 100), 0)
  put('0000644\0', 100)
  put(size ?? `${bytes.length.toString(8).padStart(11, '0')}\0`, 124)
  put('00000000000\0', 136)
  put('        ', 148)
  put(flag, 156)
  put(target, 157)
  put('ustar\x0000', 257)
  put(
    `${head
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  )
  const whole = Buffer.concat([head, bytes, Buffer.alloc(-bytes.length & 511)])
  if (name.length <= 100) return whole
  const record = (length: number) => `${length} path=${name}\n`
  return Buffer.concat([entry('pax', record(record(100).length), { flag: 'x' }), whole])
}

/** An archive of these entries. */
export function tarOf(...entries: readonly Buffer[]): Buffer {
  return Buffer.concat([...entries, Buffer.alloc(1024)])
}

/** What begins as bzip2 does. */
export const bzip2Like = Buffer.concat([Buffer.from('BZh9'), Buffer.alloc(600)])

/** What is an entry to a reader of archives, and to one of gzip the same as `packed`: its head is an extra field there. */
export function gzippedEntry(packed: Buffer): Buffer {
  const [extra, plain] = [4, 10]
  const magic = Buffer.from([0x1f, 0x8b, 0x08, extra, 0, 0, 0, 0, 0, 3, (512 - 12) & 0xff, (512 - 12) >> 8])
  return entry(magic.toString('latin1'), packed.subarray(plain))
}
