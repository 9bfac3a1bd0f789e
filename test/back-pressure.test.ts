import { Duplex, PassThrough } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { intermediate, tunnel } from '@intermediate/core'
import type { RecordedSocket } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { attach, byHand, request, response, upgraded } from './docker-calls.js'
import type { Setup } from './matrix.js'
import { everyWay, setUp, setUpWith, transports } from './matrix.js'
import { sendUntilStuck } from './stuck.js'

const kib = 1024
const mib = 1024 * kib

/** Of what may wait here, and of what the test itself holds. */
const held = 8 * mib
const piece = 256 * kib

const logs = request('GET /containers/web/logs?follow=1')
const load = request('POST /images/load', ['Content-Length: 1000000000000'])

describe.each(everyWay)('a side that reads no more, over $transport with $stack', (way) => {
  it.each([
    {
      what: 'an endless reply',
      call: logs,
      reply: response('200 OK', '', ['Content-Length: 1000000000000']),
    },
    { what: 'the output of a tunnel', call: attach, reply: upgraded },
  ])('$what stops, and nothing of it is lost', async ({ call, reply }) => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(call)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(reply)
    await client.head()
    client.pause()
    await floods(engine, client, to)
  })

  it.each([
    { what: 'an endless upload', call: load, reply: '' },
    { what: 'the input of a tunnel', call: attach, reply: upgraded },
  ])('$what stops, and nothing of it is lost', async ({ call, reply }) => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(call)
    const engine = await to.upstream.connection(0)
    await engine.head()
    await engine.send(reply)
    await client.bytes(reply.length)
    engine.pause()
    await floods(client, engine, to)
  })
})

describe.each(transports)("a side that reads no more of a layer's tunnel, over %s", (transport) => {
  it('its own stops, and nothing of it is lost', async () => {
    const layers = intermediate().use('POST /containers/:id/attach', async () => tunnel(new PassThrough()))
    await using to = await setUpWith(layers, transport, byHand)
    await using client = await to.client()
    await client.send(attach)
    await client.head()
    client.pause()
    await floods(client, client, to)
  })

  it("one around the engine's stops, and nothing of it is lost", async () => {
    const layers = intermediate().use('POST /containers/:id/attach', async (call, next) => {
      const replied = await next(call)
      return replied.withTunnel(Duplex.from({ readable: replied.tunnel!, writable: replied.tunnel! }))
    })
    await using to = await setUpWith(layers, transport, byHand)
    await using client = await to.client()
    await client.send(attach)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(upgraded)
    await client.head()
    client.pause()
    await floods(engine, client, to)
    engine.pause()
    await floods(client, engine, to)
  })
})

describe.each(everyWay)('a client that reads no more, over $transport with $stack', (way) => {
  it('keeps nobody from closing', async () => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(logs)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(response('200 OK', '', []))
    await client.head()
    client.pause()
    await sendUntilStuck(engine, to, () => Buffer.alloc(piece))
    await to.listening.close({ grace: 1 })
    await engine.closed()
  })
})

/** Sends until nothing more is taken; then the other side reads again, and finds it all. */
async function floods(from: RecordedSocket, reader: RecordedSocket, to: Setup): Promise<void> {
  collectGarbage()
  const most = buffersInUse() + held
  const sent: Buffer[] = []
  await sendUntilStuck(from, to, (n) => {
    sent.push(Buffer.alloc(piece, n))
    return sent[n]!
  })
  if (buffersInUse() - sent.length * piece > most) collectGarbage()
  expect(buffersInUse() - sent.length * piece).toBeLessThan(most)
  reader.resume()
  const received = await reader.bytes(sent.length * piece)
  expect(received.equals(Buffer.concat(sent))).toBe(true)
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** The bytes in buffers, of the whole process: the intermediate, and both its sides. */
function buffersInUse(): number {
  return process.memoryUsage().arrayBuffers
}
