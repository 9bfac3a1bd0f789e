import { posix } from 'node:path'
import { Unread } from './unread.js'

/** What follows a head: a file's content, nothing, or names for the entry that comes next. */
export interface TarHead {
  readonly kind: 'file' | 'bare' | 'names'
  /** As the engine cleans it, relative to the context. */
  readonly name: string
  /** In bytes, without padding. */
  readonly size: number
}

/**
 * Reads a head in the one way in which all do: what the engine could take to be longer or shorter than is read here is
 * refused, so that what is put behind the last entry is an entry to the engine as well.
 * @param longName what an entry before said is the name of this one
 * @throws Unread 403
 */
export function readHead(head: Buffer, longName: string | undefined): TarHead {
  const flag = String.fromCharCode(head[156]!)
  const size = octal(head, 124, 12)
  const prefix = field(head, 257, 5) === 'ustar' && head[262] === 0 ? field(head, 345, 155) : ''
  const name = longName ?? (prefix === '' ? '' : `${prefix}/`) + field(head, 0, 100)
  const clean = posix.normalize(`/${name}`).slice(1)
  if (names.has(flag)) return { kind: 'names', name: clean, size }
  if ((flag === '0' || flag === '\0') && !name.endsWith('/')) return { kind: 'file', name: clean, size }
  if (!bare.has(flag) || size !== 0) throw notRead(`an entry of the type ${JSON.stringify(flag)}`)
  return { kind: 'bare', name: clean, size }
}

/** Long names of GNU (files, links), records of PAX (one entry, all). */
const names = new Set(['L', 'K', 'x', 'g'])
/** Links, devices, folders and pipes; a folder of old is a file with a slash. */
const bare = new Set(['0', '\0', '1', '2', '3', '4', '5', '6'])

/** What an entry of names says of the name of the next. @throws Unread 403 for what changes more than that */
export function nextName(head: Buffer, content: Buffer, before: string | undefined): string | undefined {
  const flag = String.fromCharCode(head[156]!)
  if (flag === 'K') return before
  if (flag === 'L') return field(content, 0, content.length)
  let name = before
  for (const [key, value] of paxRecords(content)) {
    if (key === 'size' || key.startsWith('GNU.sparse') || (flag === 'g' && key === 'path'))
      throw notRead(`a record of ${key}`)
    if (key === 'path') name = value
  }
  return name
}

/** The head and content of a file. */
export function fileEntry(path: string, content: Buffer): Buffer {
  const records = Buffer.from(paxRecord('path', path))
  return Buffer.concat([entry('x', 'PaxHeaders/Dockerfile', records), entry('0', 'Dockerfile', content)])
}

/** What archives may have in front of what they hold, and readers pass over. */
export const noEntry = entry('g', 'pax_global_header', Buffer.from(paxRecord('comment', 'a build context')))

/** Two blocks of zeros, as every reader takes for the end. */
export const endOfArchive = Buffer.alloc(1024)

export function isEnd(head: Buffer): boolean {
  return head.every((byte) => byte === 0)
}

function entry(flag: string, name: string, content: Buffer): Buffer {
  const head = Buffer.alloc(512)
  const text = (value: string, at: number) => head.write(value, at, 'latin1')
  text(name, 0)
  text('0000644\0', 100)
  text('0000000\0', 108)
  text('0000000\0', 116)
  text(`${content.length.toString(8).padStart(11, '0')}\0`, 124)
  text('00000000000\0', 136)
  text('        ', 148)
  text(flag, 156)
  text('ustar\x0000', 257)
  const sum = head.reduce((total, byte) => total + byte, 0)
  text(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([head, content, Buffer.alloc(-content.length & 511)])
}

/** Its length stands in front of it, and counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`
  const length = Buffer.byteLength(rest)
  let total = length + String(length).length
  if (String(total).length > String(length).length) total = length + String(total).length
  return `${total}${rest}`
}

function* paxRecords(content: Buffer): Generator<[key: string, value: string]> {
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(0x20, at)
    const length = /^[1-9]\d*$/.test(content.toString('latin1', at, space))
      ? Number(content.toString('latin1', at, space))
      : 0
    const record = content.toString('utf8', space + 1, at + length - 1)
    const equals = record.indexOf('=')
    if (space < at || length <= space - at || at + length > content.length || equals < 1)
      throw notRead('a record that cannot be read')
    yield [record.slice(0, equals), record.slice(equals + 1)]
    at += length
  }
}

function field(bytes: Buffer, at: number, length: number): string {
  const end = bytes.indexOf(0, at)
  return bytes.toString('utf8', at, end < 0 ? at + length : Math.min(end, at + length))
}

/** Octal digits between spaces and zeros: of binary numbers readers do not agree. */
function octal(head: Buffer, at: number, length: number): number {
  const written = head.toString('latin1', at, at + length)
  const [, digits] = /^ *([0-7]*)[ \0]*$/.exec(written) ?? []
  if (digits === undefined) throw notRead('a size that is not octal')
  return digits === '' ? 0 : Number.parseInt(digits, 8)
}

function notRead(what: string): Unread {
  return new Unread(
    403,
    `the build context holds ${what}, which is not let through here: pack it with a plain tar`,
  )
}
