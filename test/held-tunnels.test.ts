import { PassThrough } from 'node:stream'
import { type ErrorReport, intermediate, tunnel } from '@intermediate/core'
import { answer, neverAnswer, type Script } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { setUpWith, transports } from './matrix.js'

const attach =
  'POST /containers/web/attach HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n'
const upgraded = 'HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n'

/** Says something, ends its half, and then reads what the client has to say. */
const sayAndEnd: Script = async (connection) => {
  await connection.head()
  await connection.send(`${upgraded}said`)
  await connection.end()
  await connection.ended({ deadline: Infinity })
}

describe.each(transports)(
  'over %s, a tunnel whose upstream has ended its half while a layer still holds it',
  (transport) => {
    it.each(['read', 'wrapped'] as const)('still carries both halves (%s)', async (how) => {
      const layers = intermediate().use('POST /containers/:id/attach', async (call, next) => {
        const replied = await next(call)
        const { tunnel: stream } = replied
        await new Promise((resolve) => stream!.once('readable', resolve))
        // What was said is here, and the end behind it on its way.
        await to.upstream.connections[0]!.end().catch(() => {})
        await new Promise((resolve) => setImmediate(resolve))
        return how === 'read' ? replied : replied.withTunnel(stream!)
      })
      await using to = await setUpWith(layers, transport, sayAndEnd)
      await using client = await to.client()
      await client.send(attach)
      expect(await client.head()).toMatch(/^HTTP\/1.1 101 /)
      expect((await client.ended()).toString()).toBe('said')
      await client.send('typed')
      await client.end()
      await to.upstream.connections[0]!.closed()
      expect(to.upstream.connections[0]!.receivedText).toContain('typed')
    })
  },
)

describe("a layer's own tunnel", () => {
  it('that is over before it begins is an error, and no silence', async () => {
    const reports: ErrorReport[] = []
    const stream = new PassThrough()
    stream.destroy()
    const layers = intermediate({ onError: (report) => reports.push(report) }).use(async () => tunnel(stream))
    await using to = await setUpWith(layers, 'unix', neverAnswer())
    await using client = await to.client()
    await client.send(attach)
    expect((await client.response()).status).toBe(500)
    expect(String(reports[0]!.error)).toBe(
      'TypeError: the tunnel that a layer returned was over before it began',
    )
  })

  it('does not end with an upstream that was asked before', async () => {
    const layers = intermediate().use(async (call, next) => {
      expect((await next(call)).status).toBe(404)
      return tunnel(new PassThrough())
    })
    await using to = await setUpWith(
      layers,
      'unix',
      answer('HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}'),
    )
    await using client = await to.client()
    await client.send(attach)
    await client.head()
    await to.upstream.connections[0]!.closed()
    await client.send('echo')
    await client.until('echo')
  })

  it('is closed where its client has left before', async () => {
    const stream = new PassThrough()
    const closed = new Promise<void>((resolve) => stream.once('close', () => resolve()))
    const layers = intermediate().use(async (call) => {
      const left = new Promise<void>((resolve) => call.signal.addEventListener('abort', () => resolve()))
      client.destroy()
      await left
      await to.listening.close({ grace: 0 })
      return tunnel(stream)
    })
    await using to = await setUpWith(layers, 'unix', neverAnswer())
    await using client = await to.client()
    await client.send(attach)
    await closed
  })
})

describe('a hijacking call', () => {
  it('with a chunked body that does not end reaches the engine all the same', async () => {
    await using to = await setUpWith(intermediate(), 'unix', async (connection) => {
      await connection.until('2\r\n{}\r\n')
      await connection.send('HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\nhere')
      await connection.closed({ deadline: Infinity })
    })
    await using client = await to.client()
    await client.send(
      'POST /containers/web/attach HTTP/1.1\r\nHost: docker\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n',
    )
    await client.until('here')
  })
})
