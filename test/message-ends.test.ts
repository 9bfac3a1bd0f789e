import { describe, expect, it } from 'vitest'
import { byHand, ok, ping, request, response } from './docker-calls.js'
import { everyWay, setUp } from './matrix.js'

const head = request('HEAD /containers/web/archive?path=/etc')
const old = 'GET /_ping HTTP/1.0\r\n\r\n'
const oldKept = 'GET /_ping HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n'

/** Calls whose replies end the message early or late, whatever else their fields say. */
const bodiless = [
  {
    what: 'HEAD with a length',
    call: head,
    reply: response('200 OK', '', ['X-Docker-Container-Path-Stat: e30=', 'Content-Length: 5000']),
  },
  { what: 'HEAD with chunks', call: head, reply: response('200 OK', '', ['Transfer-Encoding: chunked']) },
  { what: 'HEAD without a length', call: head, reply: response('404 Not Found', '', []) },
  { what: '204', call: request('POST /containers/web/start'), reply: response('204 No Content', '', []) },
  {
    what: '304 with a length',
    call: request('POST /containers/web/start'),
    reply: response('304 Not Modified', '', ['Content-Length: 12']),
  },
  { what: 'a length of 0', call: request('POST /exec/3fa1/resize'), reply: response('200 OK') },
  {
    what: 'no chunks',
    call: request('GET /events'),
    reply: response('200 OK', '0\r\nX-End: 1\r\n\r\n', ['Transfer-Encoding: chunked']),
  },
  {
    what: 'HTTP/1.0 that is kept',
    call: oldKept,
    reply: 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nOK',
  },
]

const lasting = [
  { what: 'the request says close', call: request('GET /_ping', ['Connection: close']), reply: ok },
  {
    what: 'the request says Close among others',
    call: request('GET /_ping', ['Connection: x, Close']),
    reply: ok,
  },
  {
    what: 'the reply says close',
    call: ping,
    reply: response('200 OK', 'OK', ['Connection: close', 'Content-Length: 2']),
  },
  { what: 'the request is HTTP/1.0', call: old, reply: ok },
  {
    what: 'the request is HTTP/1.0 and the reply as well',
    call: old,
    reply: 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nOK',
  },
  { what: 'the reply is HTTP/1.0', call: oldKept, reply: 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nOK' },
]

describe.each(everyWay)('where messages end, over $transport with $stack', (way) => {
  it.each(bodiless)('$what: the next call follows on the same connections', async ({ call, reply }) => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(call)
    const engine = await to.upstream.connection(0)
    expect((await engine.request()).raw.toString()).toBe(call)
    await engine.send(reply)
    expect((await client.bytes(reply.length)).toString()).toBe(reply)
    await client.send(ping)
    expect((await engine.request()).raw.toString()).toBe(ping)
    await engine.send(ok)
    expect((await client.response()).raw.toString()).toBe(ok)
    expect(to.upstream.connections).toHaveLength(1)
  })

  it.each(lasting)('$what: the connections end after it', async ({ call, reply }) => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(call + ping)
    const engine = await to.upstream.connection(0)
    expect((await engine.request()).raw.toString()).toBe(call)
    await engine.send(reply)
    expect((await client.closed()).toString()).toBe(reply)
    await engine.closed()
    expect(engine.receivedText).toBe(call)
  })

  it('a body of 0 bytes ends with the head, and one of chunks with its trailers', async () => {
    const calls = [
      request('POST /containers/web/stop', ['Content-Length: 0']),
      `${request('POST /containers/create', ['Transfer-Encoding: chunked'])}2\r\n{}\r\n0\r\nX: 1\r\n\r\n`,
      request('PUT /containers/web/archive', [], 'GET / HTTP/1.1\r\n\r\n'),
    ]
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(calls.join(''))
    const engine = await to.upstream.connection(0)
    for (const call of calls) {
      expect((await engine.request()).raw.toString()).toBe(call)
      await engine.send(ok)
      expect((await client.response()).raw.toString()).toBe(ok)
    }
  })
})
