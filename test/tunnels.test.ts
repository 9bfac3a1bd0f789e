import { randomBytes } from 'node:crypto'
import type { RecordedSocket } from '@intermediate/testing'
import { echoTunnel } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { attach, execStart, hijacks, request, upgrade, upgraded } from './docker-calls.js'
import { everyWay, setUp } from './matrix.js'

describe.each(everyWay)('a hijacked call over $transport with $stack', (way) => {
  it.each(hijacks)(
    '$form: the call and its reply pass as they are, and then every byte',
    async ({ call, reply }) => {
      await using to = await setUp(way, echoTunnel({ head: reply, last: 'bye' }))
      await using client = await to.client()
      await client.send(call)
      expect(await client.head()).toBe(reply)
      await client.send('\x00\r\n\r\nGET / HTTP/1.1\xff')
      expect((await client.bytes(20)).toString('latin1')).toBe('\x00\r\n\r\nGET / HTTP/1.1\xff')
      await client.end()
      expect((await client.ended()).toString()).toBe('bye')
      expect(to.upstream.connections[0]!.receivedText).toBe(`${call}\x00\r\n\r\nGET / HTTP/1.1\xff`)
    },
  )

  it('bytes behind the 101 in the same write are the first of the tunnel', async () => {
    await using to = await setUp(way, async (engine) => {
      await engine.request()
      await engine.send(`${upgraded}prompt> `)
      await engine.until('exit\n')
      await engine.end()
    })
    await using client = await to.client()
    await client.send(attach)
    expect(await client.head()).toBe(upgraded)
    expect((await client.until('> ')).toString()).toBe('prompt> ')
    await client.send('exit\n')
    await client.ended()
  })

  it('a megabyte each way at once arrives byte for byte', async () => {
    const input = randomBytes(1024 * 1024)
    const output = randomBytes(1024 * 1024)
    await using to = await setUp(way, async (engine) => {
      await engine.request()
      await engine.send(upgraded)
      await Promise.all([inPieces(engine, output), engine.ended()])
      await engine.end()
    })
    await using client = await to.client()
    await client.send(attach)
    await client.head()
    const [received] = await Promise.all([client.bytes(output.length), inPieces(client, input)])
    await client.end()
    await client.ended()
    expect(received.equals(output)).toBe(true)
    const tunnelled = to.upstream.connections[0]!.received.subarray(attach.length)
    expect(tunnelled.equals(input)).toBe(true)
  })

  it('a body of more than 64 KiB comes before the tunnel as well', async () => {
    const body = JSON.stringify({ Env: ['x'.repeat(300_000)] })
    await using to = await setUp(way, echoTunnel())
    await using client = await to.client()
    const call = request('POST /exec/3fa1/start', upgrade, body)
    await client.send(call)
    expect(await client.head()).toBe(upgraded)
    await client.send('stdin')
    expect((await client.bytes(5)).toString()).toBe('stdin')
    expect(to.upstream.connections[0]!.receivedText).toBe(`${call}stdin`)
  })

  it('the body of an exec may be chunked', async () => {
    const chunked =
      request('POST /exec/3fa1/start', [...upgrade, 'Transfer-Encoding: chunked']) + '2\r\n{}\r\n0\r\n\r\n'
    await using to = await setUp(way, echoTunnel())
    await using client = await to.client()
    await client.send(chunked)
    await client.head()
    await client.send('stdin')
    expect((await client.bytes(5)).toString()).toBe('stdin')
    expect(to.upstream.connections[0]!.receivedText).toBe(`${chunked}stdin`)
  })

  it('a tunnel may follow other calls on the same connection', async () => {
    await using to = await setUp(way, async (engine) => {
      await engine.request()
      await engine.send('HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}')
      await echoTunnel()(engine)
    })
    await using client = await to.client()
    await client.send(request('POST /containers/web/exec', [], '{}'))
    expect((await client.response()).status).toBe(201)
    await client.send(execStart)
    expect(await client.head()).toBe(upgraded)
    await client.send('stdin')
    expect((await client.bytes(5)).toString()).toBe('stdin')
    expect(to.upstream.connections).toHaveLength(1)
  })
})

/** Sends in pieces of odd sizes, so that they are cut anew on the way. */
async function inPieces(to: RecordedSocket, bytes: Buffer): Promise<void> {
  for (let at = 0, size = 1; at < bytes.length; at += size, size = ((size * 7) % 65_521) + 1) {
    await to.send(bytes.subarray(at, at + size))
  }
}
