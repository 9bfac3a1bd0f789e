import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { PassThrough } from 'node:stream'
import type { ErrorReport } from '@intermediate/core'
import { intermediate, tunnel } from '@intermediate/core'
import { describe, expect, it } from 'vitest'
import {
  attach,
  byHand,
  execBody,
  execStart,
  hijacked,
  meanwhile,
  nobodyLeft,
  plainAttach,
  upgraded,
} from './docker-calls.js'
import { setUpWith, transports } from './matrix.js'

/** An intermediate that answers attach and exec with a stream of its own. */
function answering(stream: () => Duplex) {
  return intermediate().use(['POST /containers/:id/attach', 'POST /exec/:id/start'], async () =>
    tunnel(stream()),
  )
}

const echoing = answering(() => new PassThrough())

describe.each(transports)("a layer's own tunnel, over %s", (transport) => {
  it.each([
    { what: 'attach', call: attach, head: upgraded },
    { what: 'attach without Upgrade', call: plainAttach, head: hijacked },
    { what: 'exec, whose body is not stdin', call: execStart, head: upgraded },
  ])('answers $what as the engine would, which hears nothing of it', async ({ call, head }) => {
    await using to = await setUpWith(echoing, transport, byHand)
    await using client = await to.client()
    await client.send(`${call}early `)
    expect(await client.head()).toBe(head)
    await client.send('stdin')
    await client.end()
    expect((await client.ended()).toString()).toBe('early stdin')
    expect(to.upstream.connections).toHaveLength(0)
    await nobodyLeft(to)
  })

  it.each([
    { what: 'attach', call: attach, status: 101 },
    { what: 'attach without Upgrade', call: plainAttach, status: 200 },
  ])('has for other layers the status that $what is answered with', async ({ call, status }) => {
    const seen: number[] = []
    const watched = intermediate()
      .use(async (each, next) => {
        const reply = await next(each)
        seen.push(reply.status)
        return reply
      })
      .use(echoing)
    await using to = await setUpWith(watched, transport, byHand)
    await using client = await to.client()
    await client.send(call)
    await client.head()
    expect(seen).toEqual([status])
  })

  it('begins after the body of the call, however late that comes', async () => {
    await using to = await setUpWith(echoing, transport, byHand)
    await using client = await to.client()
    await client.send(execStart.slice(0, -execBody.length))
    await meanwhile(to)
    await client.send(`${execBody}stdin`)
    expect(await client.head()).toBe(upgraded)
    expect((await client.bytes(5)).toString()).toBe('stdin')
  })

  it('tells a client to go on that waits with the body', async () => {
    await using to = await setUpWith(echoing, transport, byHand)
    await using client = await to.client()
    await client.send(execStart.replace(`\r\n\r\n${execBody}`, '\r\nExpect: 100-continue\r\n\r\n'))
    expect((await client.response()).status).toBe(100)
    await client.send(`${execBody}stdin`)
    expect(await client.head()).toBe(upgraded)
    expect((await client.bytes(5)).toString()).toBe('stdin')
  })

  it('has the end of stdin that came before it was there', async () => {
    const layers = intermediate().use('POST /containers/:id/attach', async (call) => {
      await once(call.signal, 'abort')
      return tunnel(new PassThrough())
    })
    await using to = await setUpWith(layers, transport, byHand)
    await using client = await to.client()
    await client.send(attach)
    await client.end()
    expect((await client.ended()).toString()).toBe(upgraded)
  })

  it('ends when the client ends in the middle of the body', async () => {
    await using to = await setUpWith(echoing, transport, byHand)
    await using client = await to.client()
    await client.send(execStart.slice(0, -1))
    await meanwhile(to)
    await client.end()
    expect((await client.closed()).toString()).toBe('')
  })

  it('is closed when the client leaves', async () => {
    const stream = new PassThrough()
    const closed = once(stream, 'close')
    await using to = await setUpWith(
      answering(() => stream),
      transport,
      byHand,
    )
    const client = await to.client()
    await client.send(attach)
    await client.head()
    client.reset()
    await closed
  })

  it('is closed when the client leaves before the body of the call was there', async () => {
    const stream = new PassThrough()
    const closed = once(stream, 'close')
    await using to = await setUpWith(
      answering(() => stream),
      transport,
      byHand,
    )
    const client = await to.client()
    await client.send(execStart.slice(0, -1))
    await meanwhile(to)
    client.reset()
    await closed
  })

  it("ends the client's connection when it fails", async () => {
    const stream = new PassThrough()
    await using to = await setUpWith(
      answering(() => stream),
      transport,
      byHand,
    )
    await using client = await to.client()
    await client.send(attach)
    await client.head()
    stream.destroy(new Error('out of order'))
    expect((await client.closed()).toString()).toBe('')
    await nobodyLeft(to)
  })

  it('is no answer to an ordinary call', async () => {
    const reports: ErrorReport[] = []
    const layers = intermediate({ onError: (report) => reports.push(report) })
    layers.use('GET /info', async () => tunnel(new PassThrough()))
    await using to = await setUpWith(layers, transport, byHand)
    await using client = await to.client()
    await client.send('GET /info HTTP/1.1\r\nHost: docker\r\n\r\n')
    expect((await client.response()).status).toBe(500)
    expect(reports.map(({ error }) => String(error))).toEqual([
      'TypeError: a tunnel answers only calls that hijack',
    ])
  })
})
