import { once } from 'node:events'
import type { Server, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { TLSSocket } from 'node:tls'
import { temporaryFolder } from '@intermediate/testing'
import { describe, expect, test } from 'vitest'
import { adopt } from './adopt.js'

const mib = 1024 * 1024

describe.each(['unix', 'tcp'] as const)('a connection accepted over %s', (transport) => {
  test('is read into the memory that it is given, and nowhere else', async () => {
    await using pair = await adopted(transport)
    const { client, server, memory, received } = pair
    server.on('data', () => expect.unreachable('the bytes are in our memory already'))
    client.write('hello')
    while (received().length < 5) await turn()
    expect(received().toString()).toBe('hello')
    expect(memory.subarray(0, 5).toString()).toBe('hello')
  })

  test('loses nothing that the client sent before it was accepted', async () => {
    await using pair = await adopted(transport, (client) => client.end('sent early'))
    await once(pair.server, 'end')
    expect(pair.received().toString()).toBe('sent early')
  })

  test('is written to after the client has ended its half', async () => {
    await using pair = await adopted(transport)
    const { client, server, received } = pair
    client.end('question')
    await once(server, 'end')
    expect(received().toString()).toBe('question')
    expect([server.writable, server.readableEnded, server.destroyed]).toEqual([true, true, false])
    server.end('answer')
    expect((await all(client)).toString()).toBe('answer')
    if (!server.destroyed) await once(server, 'close')
  })

  test('is read from after its own half was ended', async () => {
    await using pair = await adopted(transport)
    const { client, server, received } = pair
    server.end()
    client.resume()
    await once(client, 'end')
    client.end('still here')
    await once(server, 'close')
    expect(received().toString()).toBe('still here')
  })

  test('stops while it is paused, and then goes on without a loss', async () => {
    await using pair = await adopted(transport)
    const { client, server, received } = pair
    const bytes = Buffer.alloc(8 * mib, 'every byte in its place, ')
    server.pause()
    const read = received().length
    client.end(bytes)
    for (let turns = 0; turns < 20; turns++) await turn()
    expect([received().length, client.writableLength > 0]).toEqual([read, true])
    server.resume()
    while (received().length < mib) await turn()
    server.pause()
    server.resume()
    server.pause()
    const soFar = received().length
    for (let turns = 0; turns < 20; turns++) await turn()
    expect(received()).toHaveLength(soFar)
    server.resume()
    await once(server, 'end')
    expect(received().equals(bytes)).toBe(true)
  })

  test('tells a writer to wait, and when to go on', async () => {
    await using pair = await adopted(transport)
    const { client, server } = pair
    const bytes = Buffer.alloc(8 * mib, 'down')
    expect(server.write(bytes)).toBe(false)
    expect(server.writableLength).toBeGreaterThan(0)
    const drained = once(server, 'drain').then(() => server.end())
    expect((await all(client)).equals(bytes)).toBe(true)
    await drained
    expect(server.bytesWritten).toBe(bytes.length)
  })

  test('knows who its client is', async () => {
    await using pair = await adopted(transport)
    const { client, server } = pair
    expect(server.remoteAddress).toBe(transport === 'tcp' ? '127.0.0.1' : undefined)
    expect([server.remotePort, server.localPort]).toEqual([client.localPort, client.remotePort])
  })

  test('outlives the server, which waits for it no more', async () => {
    await using pair = await adopted(transport)
    const { client, server, listener, received } = pair
    listener.close()
    await once(listener, 'close')
    client.end('question')
    await once(server, 'end')
    server.end('answer')
    expect((await all(client)).toString()).toBe('answer')
    expect(received().toString()).toBe('question')
  })

  test('closes with its client', async () => {
    await using pair = await adopted(transport)
    const { client, server } = pair
    server.on('end', () => server.end())
    client.destroy()
    await once(server, 'close')
  })

  test('takes its client along when it is destroyed', async () => {
    await using pair = await adopted(transport)
    pair.server.destroy()
    pair.client.resume()
    await once(pair.client, 'end')
  })
})

test('a client that resets the connection is an error of it, and the other way round', async () => {
  {
    await using pair = await adopted('tcp')
    const failed = once(pair.server, 'error')
    pair.client.resetAndDestroy()
    expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET' })
  }
  await using pair = await adopted('tcp')
  const failed = once(pair.client, 'error')
  pair.server.resetAndDestroy()
  expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET' })
})

test('what was accepted is over without a word, and is no connection of the server any more', async () => {
  await using pair = await adopted('unix')
  const { accepted, server, listener, client } = pair
  expect(server).not.toBe(accepted)
  expect(accepted.destroyed).toBe(true)
  const connections = new Promise((resolve) => listener.getConnections((_error, count) => resolve(count)))
  expect(await connections).toBe(0)
  client.write('still open')
  while (pair.received().length === 0) await turn()
})

test.each([
  ['with TLS', (socket: Socket) => new TLSSocket(socket, { isServer: true })],
  ['that has closed meanwhile', (socket: Socket) => socket.destroy()],
])('a connection %s stays what it is', async (_what, made) => {
  await using pair = await adopted('unix')
  const socket = made(pair.server)
  expect(adopt(socket, { buffer: Buffer.alloc(8), callback: () => true })).toBe(socket)
})

/** A client, and the connection that was accepted from it and adopted. */
async function adopted(transport: 'unix' | 'tcp', meanwhile: (client: Socket) => void = () => undefined) {
  const folder = await temporaryFolder()
  const listener: Server = createServer({ allowHalfOpen: true, pauseOnConnect: true })
  if (transport === 'unix') listener.listen(join(folder.path, 'socket'))
  else listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address() as { port: number } | string
  const client =
    typeof address === 'string'
      ? connect({ path: address, allowHalfOpen: true })
      : connect({ port: address.port, host: '127.0.0.1', allowHalfOpen: true })
  client.once('connect', () => meanwhile(client))
  const memory = Buffer.alloc(64 * 1024)
  const parts: Buffer[] = []
  const onread = {
    buffer: () => memory,
    callback: (length: number) => parts.push(Buffer.from(memory.subarray(0, length))) > 0,
  }
  const [[accepted]] = (await Promise.all([once(listener, 'connection'), once(client, 'connect')])) as [
    [Socket],
    unknown,
  ]
  const server = adopt(accepted, onread)
  for (const socket of [client, server]) socket.on('error', () => undefined)
  server.resume()
  // Node begins to read after this turn, paused meanwhile or not.
  await turn()
  return {
    client,
    server,
    accepted,
    listener,
    memory,
    received: () => Buffer.concat(parts),
    async [Symbol.asyncDispose]() {
      client.destroy()
      server.destroy()
      if (listener.listening) {
        listener.close()
        await once(listener, 'close')
      }
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** What comes until the peer ends its half. */
async function all(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = []
  socket.on('data', (bytes: Buffer) => parts.push(bytes))
  await once(socket, 'end')
  return Buffer.concat(parts)
}
