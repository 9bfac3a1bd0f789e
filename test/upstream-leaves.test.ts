import type { UpstreamConnection } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import {
  attach,
  byHand,
  hijacked,
  nobodyLeft,
  ok,
  ping,
  plainAttach,
  request,
  response,
  upgraded,
} from './docker-calls.js'
import { everyWay, setUp } from './matrix.js'

const leaving = [
  { how: 'closes', leave: (engine: UpstreamConnection) => engine.destroy(), inOrder: true },
  { how: 'resets', leave: (engine: UpstreamConnection) => engine.reset(), inOrder: false },
]

const info = request('GET /info')
const load = request('POST /images/load', ['Content-Length: 1000000'])
const chunked = response('200 OK', '', ['Transfer-Encoding: chunked'])
const quiet = { onError: () => {} }

describe.each(everyWay)('an upstream that leaves, over $transport with $stack', (way) => {
  describe.each(leaving)('it $how', ({ leave, inOrder }) => {
    it.each([
      { when: 'before it answers', call: info, said: '' },
      { when: 'inside the head of a reply', call: info, said: 'HTTP/1.1 200 OK\r\nContent-' },
      { when: 'while an upload comes', call: `${load}begin`, said: '' },
      { when: 'before it answers a hijack', call: attach, said: '' },
    ])('$when: the call is answered with 502', async ({ call, said }) => {
      await using to = await setUp(way, byHand, quiet)
      await using client = await to.client()
      await client.send(call)
      const engine = await to.upstream.connection(0)
      await engine.bytes(call.length)
      await engine.send(said)
      leave(engine)
      const failure = await client.response()
      expect(failure.status).toBe(502)
      expect(JSON.parse(failure.body.toString())).toEqual({
        message: expect.stringMatching(
          /^[A-Z]+ \S+: cannot reach the Docker engine at \S+ \(.*\)\. Check that .*\.$/,
        ),
      })
    })

    it.each([
      { when: 'inside a body with a length', said: response('200 OK', 'half', ['Content-Length: 8']) },
      { when: 'before a body with a length', said: response('200 OK', '', ['Content-Length: 8']) },
      { when: 'inside a chunk', said: `${chunked}8\r\nhalf` },
      { when: 'between two chunks', said: `${chunked}4\r\nhalf\r\n` },
      { when: 'before the last line end', said: `${chunked}4\r\nhalf\r\n0\r\n` },
    ])('$when: the client gets that, and nothing more', async ({ said }) => {
      await using to = await setUp(way, byHand, quiet)
      await using client = await to.client()
      await client.send(info + ping)
      const engine = await to.upstream.connection(0)
      await engine.request()
      await engine.send(said)
      expect((await client.bytes(said.length)).toString()).toBe(said)
      leave(engine)
      expect((await client.closed()).toString()).toBe('')
      if (way.transport === 'tcp') expect(client.wasReset).toBe(true)
      expect(to.upstream.connections).toHaveLength(1)
      await nobodyLeft(to)
    })

    it.each([
      { what: 'with Upgrade', call: attach, reply: upgraded },
      { what: 'without Upgrade', call: plainAttach, reply: hijacked },
    ])('in a tunnel $what: the client gets what it said, and the end', async ({ call, reply }) => {
      await using to = await setUp(way, byHand, quiet)
      await using client = await to.client()
      await client.send(call)
      const engine = await to.upstream.connection(0)
      await engine.request()
      await engine.send(`${reply}output`)
      expect((await client.bytes(reply.length + 6)).toString()).toBe(`${reply}output`)
      leave(engine)
      expect((await client.closed()).toString()).toBe('')
      if (way.transport === 'tcp') expect(client.wasReset).toBe(!inOrder)
      await nobodyLeft(to)
    })

    it('between calls: the connection of the client ends', async () => {
      await using to = await setUp(way, byHand, quiet)
      await using client = await to.client()
      await client.send(info)
      const engine = await to.upstream.connection(0)
      await engine.request()
      await engine.send(ok)
      await client.response()
      leave(engine)
      expect((await client.closed()).toString()).toBe('')
      await nobodyLeft(to)
    })

    it('as the next call comes: the connection of the client ends, which knows what it may send again', async () => {
      await using to = await setUp(way, byHand, quiet)
      await using client = await to.client()
      await client.send(info)
      const engine = await to.upstream.connection(0)
      await engine.request()
      await engine.send(ok)
      await client.response()
      await client.send(load)
      await engine.head()
      leave(engine)
      expect((await client.closed()).toString()).toBe('')
      expect(to.upstream.connections).toHaveLength(1)
    })

    it('while the rest of an upload comes behind its reply: the connection of the client ends', async () => {
      await using to = await setUp(way, byHand, quiet)
      await using client = await to.client()
      await client.send(`${load}begin`)
      const engine = await to.upstream.connection(0)
      await engine.until('begin')
      await engine.send(ok)
      expect((await client.response()).raw.toString()).toBe(ok)
      leave(engine)
      expect((await client.closed()).toString()).toBe('')
    })
  })

  it('a reply that ends where the connection does is whole if it ends in order, and is cut if not', async () => {
    await using to = await setUp(way, byHand, quiet)
    for (const inOrder of [true, false]) {
      await using client = await to.client()
      await client.send(info)
      const engine = await to.upstream.connection(to.upstream.connections.length)
      await engine.request()
      await engine.send(response('200 OK', 'text', []))
      await client.until('text')
      if (inOrder) await engine.end()
      else engine.reset()
      await client.closed()
      if (way.transport === 'tcp') expect(client.wasReset).toBe(!inOrder)
    }
  })

  it('after a 502 the client may go on, on a connection that is new behind us only', async () => {
    await using to = await setUp(way, byHand, quiet)
    await using client = await to.client()
    await client.send(info)
    const engine = await to.upstream.connection(0)
    await engine.request()
    engine.destroy()
    expect((await client.response()).status).toBe(502)
    await client.send(ping)
    const next = await to.upstream.connection(1)
    await next.request()
    await next.send(ok)
    expect((await client.response()).raw.toString()).toBe(ok)
  })
})
