import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { readTar } from './read-tar.js'
import { TarError } from './tar.js'
import type { TarEntry } from './tar.js'
import { writeTar } from './write-tar.js'

const common = { mode: 0o640, uid: 7, gid: 8, mtime: 1_700_000_000 }
const long = `${'folder/'.repeat(40)}file`
const entries: TarEntry[] = [
  { type: 'folder', name: 'a/', ...common, mode: 0o755 },
  { type: 'file', name: 'a/empty', ...common, bytes: Buffer.alloc(0) },
  { type: 'file', name: 'a/full', ...common, bytes: Buffer.alloc(1000, 'x') },
  { type: 'file', name: 'a/block', ...common, bytes: Buffer.alloc(512, 'y') },
  { type: 'link', name: 'a/link', ...common, target: long },
  { type: 'file', name: long, ...common, bytes: Buffer.from('far down') },
  { type: 'file', name: 'a/ünïcode', ...common, bytes: Buffer.from('é') },
]

it('reads what it writes, in pieces of any size', async () => {
  const archive = await bytesOf(writeTar(entries))
  expect(archive.length % 512).toBe(0)
  for (const size of [1, 100, 512, archive.length]) {
    const read = await all(readTar(pieces(archive, size)))
    expect(read.map(({ name, type, mode, uid, mtime }) => ({ name, type, mode, uid, mtime }))).toEqual(
      entries.map(({ name, type, mode, uid, mtime }) => ({ name, type, mode, uid, mtime })),
    )
    expect(read.map(({ bytes }) => bytes?.toString())).toEqual(
      entries.map(({ bytes }) => bytes?.toString() ?? ''),
    )
    expect(read[4]?.target).toBe(long)
  }
})

it('reads long names and large numbers as GNU tar writes them', async () => {
  const name = 'n'.repeat(150)
  const archive = Buffer.concat([
    head({ name: '././@LongLink', flag: 'L', size: octal(name.length + 1) }),
    padded(Buffer.from(`${name}\0`)),
    head({ name: name.slice(0, 100), flag: '0', size: Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5]) }),
    padded(Buffer.from('hello')),
    Buffer.alloc(1024),
  ])
  expect(await all(readTar(pieces(archive, 700)))).toMatchObject([{ name, bytes: Buffer.from('hello') }])
})

describe('refuses', () => {
  it.each([
    ['what is no archive', Buffer.alloc(512, 'no tar'), 'this is no tar archive'],
    ['half a head', Buffer.alloc(100, 'x'), 'the archive ends too early'],
    [
      'a file without its end',
      head({ name: 'f', flag: '0', size: octal(600) }),
      'the archive ends inside a file',
    ],
  ])('%s', async (_, archive, message) => {
    await expect(all(readTar(pieces(archive, 512)))).rejects.toThrow(new TarError(message))
  })
})

const system = spawnSync('tar', ['--version']).status === 0

it.runIf(system)('the system’s tar reads what is written here', async () => {
  const { stdout, status } = spawnSync('tar', ['--list', '--verbose', '--numeric-owner'], {
    input: await bytesOf(writeTar(entries)),
    env: { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' },
  })
  const lines = stdout.toString().trim().split('\n')
  expect(status).toBe(0)
  expect(lines[2]).toMatch(/^-rw-r----- 7\/8\s+1000 2023-11-14 22:13 a\/full$/)
  expect(lines[4]).toContain(`a/link -> ${long}`)
  expect(lines[6]).toMatch(/ a\/ünïcode$/)
})

async function bytesOf(source: AsyncIterable<Buffer>): Promise<Buffer> {
  return Buffer.concat(await all(source))
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size))
}

function head({ name, flag, size }: { name: string; flag: string; size: Buffer }): Buffer {
  const bytes = Buffer.alloc(512)
  bytes.write(name)
  bytes.write('0000644\0' + '0000000\0'.repeat(2), 100)
  size.copy(bytes, 124)
  bytes.write('00000000000\0' + '        ' + flag, 136)
  bytes.write('ustar  ', 257)
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return bytes
}

function octal(number: number): Buffer {
  return Buffer.from(`${number.toString(8).padStart(11, '0')}\0`)
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)])
}
