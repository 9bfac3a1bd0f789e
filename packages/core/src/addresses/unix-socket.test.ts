import { spawn } from 'node:child_process'
import { EventEmitter, on, once } from 'node:events'
import { chmodSync, existsSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { RecordedSocket, temporaryFolder, transcript } from '@intermediate/testing'
import { describe, expect, test } from 'vitest'
import { bind } from './listen.js'
import type { ListenOptions } from './listen.js'
import { listenAtPath } from './unix-socket.js'

async function listen(options: ListenOptions) {
  const sockets = new EventEmitter()
  const connections = on(sockets, 'connection') as AsyncIterator<[RecordedSocket]>
  const bound = await bind(options, (socket) =>
    sockets.emit('connection', new RecordedSocket(socket.resume())),
  )
  return {
    ...bound,
    nextConnection: async () => (await connections.next()).value[0] as RecordedSocket,
    [Symbol.asyncDispose]: () => bound.stop(),
  }
}

const refusal = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

const isRoot = process.geteuid?.() === 0

async function asAnotherUser(act: () => Promise<void>): Promise<void> {
  process.seteuid?.(65_534)
  try {
    await act()
  } finally {
    process.seteuid?.(0)
  }
}

/** A socket file at which nobody listens any more: its process was killed. */
async function staleSocket(path: string): Promise<void> {
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'close')
}

describe('a unix socket', () => {
  test('is for its user alone until it has its mode', async () => {
    await using folder = await temporaryFolder()
    const path = folder.file('a.sock')
    const server = createServer()
    let firstMode = 0
    server.once('listening', () => (firstMode = lstatSync(path).mode & 0o777))
    const umask = process.umask(0)
    try {
      await listenAtPath(server, path, { mode: 0o666, gid: undefined })
      expect(firstMode).toBe(0o600)
      expect(lstatSync(path).mode & 0o777).toBe(0o666)
    } finally {
      process.umask(umask)
      server.close()
    }
  })

  test('is for its user and group', async () => {
    await using folder = await temporaryFolder()
    await using bound = await listen({ address: `unix://${folder.file('a.sock')}` })
    expect(lstatSync(folder.file('a.sock')).mode & 0o777).toBe(0o660)
    expect(bound).toMatchObject({
      address: `unix://${folder.file('a.sock')}`,
      tcp: false,
      tls: false,
      hosts: [],
    })
  })

  test('has the mode that was asked for, whatever the umask, and leaves the umask alone', async () => {
    await using folder = await temporaryFolder()
    const umask = process.umask(0o027)
    let left: number | undefined
    try {
      await using bound = await listen({ address: `unix://${folder.file('a.sock')}`, mode: 0o606 })
      expect(lstatSync(bound.address.slice('unix://'.length)).mode & 0o777).toBe(0o606)
    } finally {
      left = process.umask(umask)
    }
    expect(left).toBe(0o027)
  })

  test('keeps both directions apart', async () => {
    await using folder = await temporaryFolder()
    await using bound = await listen({ address: `unix://${folder.file('a.sock')}` })
    await using client = await transcript(bound.address)
    await using server = await bound.nextConnection()
    await client.send('input')
    await client.end()
    expect((await server.ended()).toString()).toBe('input')
    await server.send('output after the end of input')
    await server.end()
    expect((await client.ended()).toString()).toBe('output after the end of input')
  })

  test('belongs to the group that was named, or numbered', async ({ skip }) => {
    skip(!isRoot, 'only root may give files to any group')
    const [, name, , id] = /^((?!root)\w+):([^:]*):(\d+):/m.exec(await readFile('/etc/group', 'utf8')) ?? []
    await using folder = await temporaryFolder()
    await using named = await listen({ address: `unix://${folder.file('a.sock')}`, group: name ?? '' })
    await using numbered = await listen({ address: `unix://${folder.file('b.sock')}`, group: Number(id) })
    await using written = await listen({ address: `unix://${folder.file('c.sock')}`, group: id ?? '' })
    const sockets = [named, numbered, written].map(({ address }) =>
      lstatSync(address.slice('unix://'.length)),
    )
    expect(sockets.map(({ gid }) => gid)).toEqual([Number(id), Number(id), Number(id)])
    expect(sockets.map(({ mode }) => mode & 0o777)).toEqual([0o660, 0o660, 0o660])
  })

  test('is not created for a group that is unknown', async () => {
    await using folder = await temporaryFolder()
    const address = `unix://${folder.file('a.sock')}`
    for (const group of ['no-such-group', -1, 1.5, '']) {
      await expect(listen({ address, group })).rejects.toThrow(
        refusal('ERR_CONFIGURATION', `There is no group "${group}" in /etc/group: name one that is there`),
      )
    }
    expect(existsSync(folder.file('a.sock'))).toBe(false)
  })

  test('is removed again where its group may not be given', async ({ skip }) => {
    skip(!isRoot, 'needs another user to be')
    await using folder = await temporaryFolder()
    chmodSync(folder.path, 0o777)
    await asAnotherUser(() =>
      expect(listen({ address: `unix://${folder.file('a.sock')}`, group: 54_321 })).rejects.toThrow(
        refusal(
          'ERR_CONFIGURATION',
          'cannot be given to the group 54321: choose a group that this user is in.',
        ),
      ),
    )
    expect(existsSync(folder.file('a.sock'))).toBe(false)
  })

  test('replaces one that nobody listens at', async () => {
    await using folder = await temporaryFolder()
    await staleSocket(folder.file('a.sock'))
    expect(lstatSync(folder.file('a.sock')).isSocket()).toBe(true)
    await using bound = await listen({ address: `unix://${folder.file('a.sock')}` })
    await using client = await transcript(bound.address)
    await using server = await bound.nextConnection()
    await client.send('hello')
    await server.until('hello')
  })

  test('does not replace a live one', async () => {
    await using folder = await temporaryFolder()
    await using first = await listen({ address: `unix://${folder.file('a.sock')}` })
    await expect(listen({ address: first.address })).rejects.toThrow(
      refusal(
        'ERR_LISTEN',
        `${first.address} is already in use: stop what listens there, or listen on another path.`,
      ),
    )
    await using client = await transcript(first.address)
    await client.send('still there')
  })

  test('replaces a stale one once, where two start at a time', async () => {
    await using folder = await temporaryFolder()
    await staleSocket(folder.file('a.sock'))
    const address = `unix://${folder.file('a.sock')}`
    const [one, other] = await Promise.allSettled([listen({ address }), listen({ address })])
    const bound =
      one.status === 'fulfilled' ? one.value : other.status === 'fulfilled' ? other.value : undefined
    expect([one.status, other.status].toSorted()).toEqual(['fulfilled', 'rejected'])
    await using client = await transcript(address)
    await client.send('hello')
    await (await bound?.nextConnection())?.until('hello')
    await bound?.stop()
  })

  test('replaces no file, folder or link', async () => {
    await using folder = await temporaryFolder()
    writeFileSync(folder.file('file'), 'precious')
    mkdirSync(folder.file('folder'))
    symlinkSync(folder.file('gone'), folder.file('link'))
    for (const name of ['file', 'folder', 'link']) {
      await expect(listen({ address: `unix://${folder.file(name)}` })).rejects.toThrow(
        refusal(
          'ERR_LISTEN',
          `${folder.file(name)} is there and no socket: remove it, or listen on another path.`,
        ),
      )
      expect(lstatSync(folder.file(name)).isSocket()).toBe(false)
    }
    expect(await readFile(folder.file('file'), 'utf8')).toBe('precious')
  })

  test('does not replace one that may not be asked', async ({ skip }) => {
    skip(!isRoot, 'needs another user to be')
    await using folder = await temporaryFolder()
    chmodSync(folder.path, 0o777)
    await using first = await listen({ address: `unix://${folder.file('a.sock')}`, mode: 0o600 })
    await asAnotherUser(() =>
      expect(listen({ address: first.address })).rejects.toThrow(
        refusal(
          'ERR_LISTEN',
          'is a socket that may be in use (EACCES): remove it, or listen on another path.',
        ),
      ),
    )
  })

  test('needs its folder', async () => {
    await using folder = await temporaryFolder()
    await expect(listen({ address: `unix://${folder.file('none', 'a.sock')}` })).rejects.toThrow(
      refusal(
        'ERR_LISTEN',
        `The folder ${folder.file('none')} is not there: create it, or listen on another path.`,
      ),
    )
    writeFileSync(folder.file('file'), '')
    await expect(listen({ address: `unix://${folder.file('file', 'a.sock')}` })).rejects.toThrow(
      refusal('ERR_LISTEN', `The folder ${folder.file('file')} is not there`),
    )
  })

  test('needs a folder that this user may write', async ({ skip }) => {
    skip(!isRoot, 'needs another user to be')
    await using folder = await temporaryFolder()
    await asAnotherUser(() =>
      expect(listen({ address: `unix://${folder.file('a.sock')}` })).rejects.toThrow(
        refusal(
          'ERR_LISTEN',
          `This user may not create ${folder.file('a.sock')} (EACCES): listen on a path in a`,
        ),
      ),
    )
  })

  test('has a path of at most 107 bytes', async ({ skip }) => {
    skip(process.platform === 'darwin', 'there the limit is 103')
    await using folder = await temporaryFolder()
    const path = folder.file('x'.repeat(107 - folder.path.length - 1))
    await using longest = await listen({ address: `unix://${path}` })
    await using client = await transcript(longest.address)
    await client.send('hello')
    await expect(listen({ address: `unix://${path}x` })).rejects.toThrow(
      refusal(
        'ERR_CONFIGURATION',
        'has 108 bytes, and that of a unix socket at most 107: choose a shorter one.',
      ),
    )
    await expect(listen({ address: `unix://${path.slice(0, -1)}é` })).rejects.toThrow('108 bytes')
  })

  test('stops at once, leaves its place free, and its connections alone', async () => {
    await using folder = await temporaryFolder()
    await using bound = await listen({ address: `unix://${folder.file('a.sock')}` })
    await using client = await transcript(bound.address)
    await using server = await bound.nextConnection()
    await bound.stop()
    expect(existsSync(folder.file('a.sock'))).toBe(false)
    await client.send('ping')
    await server.until('ping')
    await server.send('pong')
    await client.until('pong')
    await bound.stop()
    await using again = await listen({ address: bound.address })
    await bound.stop()
    await using other = await transcript(again.address)
    await other.send('the second is not stopped by the first')
  })
})
