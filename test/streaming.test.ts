import { describe, expect, it } from 'vitest'
import { byHand, meanwhile, ok, ping, request, response } from './docker-calls.js'
import { everyWay, setUp } from './matrix.js'

const logs = request('GET /v1.45/containers/web/logs?follow=1&stdout=1')
const events = request('GET /v1.45/events')
const upload = request('POST /v1.45/images/load', [
  'Content-Type: application/x-tar',
  'Transfer-Encoding: chunked',
])
const chunked = response('200 OK', '', ['Transfer-Encoding: chunked'])

const framings = [
  { framing: 'chunks', start: chunked, line: '6\r\nhello\n\r\n', last: '0\r\n\r\n', closes: false },
  {
    framing: 'a length',
    start: response('200 OK', '', ['Content-Length: 18']),
    line: 'hello\n',
    last: 'hello\n',
    closes: false,
  },
  {
    framing: 'the end of the connection',
    start: response('200 OK', '', []),
    line: 'hello\n',
    last: '',
    closes: true,
  },
  {
    framing: 'the end of an HTTP/1.0 connection',
    start: 'HTTP/1.0 200 OK\r\n\r\n',
    line: 'hello\n',
    last: '',
    closes: true,
  },
]

describe.each(everyWay)('what is streamed, over $transport with $stack', (way) => {
  it.each(framings)(
    'a line arrives before the reply ends by $framing',
    async ({ start, line, last, closes }) => {
      await using to = await setUp(way, byHand)
      await using client = await to.client()
      await client.send(logs)
      const engine = await to.upstream.connection(0)
      await engine.request()
      await engine.send(start)
      expect(await client.head()).toBe(start)
      for (let n = 0; n < 2; n++) {
        await engine.send(line)
        expect((await client.bytes(line.length)).toString()).toBe(line)
      }
      await engine.send(last)
      expect((await client.bytes(last.length)).toString()).toBe(last)
      if (closes) {
        await engine.end()
        expect((await client.closed()).toString()).toBe('')
      } else {
        await client.send(ping)
        expect((await engine.request()).raw.toString()).toBe(ping)
        await engine.send(ok)
        expect((await client.response()).raw.toString()).toBe(ok)
      }
    },
  )

  it('a stream without events stays open', async () => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(events)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(chunked)
    await client.head()
    await meanwhile(to)
    expect([client.isEnded, engine.isEnded]).toEqual([false, false])
    await engine.send('3\r\n{}\n\r\n')
    await client.until('{}')
  })

  it('a chunk goes on before it is whole', async () => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(logs)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(`${chunked}400;ext="`)
    await client.until('400;ext="')
    await engine.send('\\""\r\nbeginning')
    await client.until('beginning')
  })

  it('an upload arrives as it is sent, and its trailers', async () => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(upload)
    const engine = await to.upstream.connection(0)
    expect(await engine.head()).toBe(upload)
    for (const piece of [
      '4\r\nfile\r\n',
      '1',
      '0\r\n0123',
      '456789abcdef\r\n',
      '0\r\nX-Sum: 1\r\n',
      '\r\n',
    ]) {
      await client.send(piece)
      expect((await engine.bytes(piece.length)).toString()).toBe(piece)
    }
    await engine.send(ok)
    expect((await client.response()).raw.toString()).toBe(ok)
  })

  it('progress arrives while the upload goes on', async () => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(`${upload}4\r\nfile\r\n`)
    const engine = await to.upstream.connection(0)
    await engine.until('file\r\n')
    await engine.send(`${chunked}3\r\n1%\n\r\n`)
    await client.until('1%')
    await client.send('4\r\nfile\r\n')
    await engine.until('file\r\n')
    await engine.send('3\r\n2%\n\r\n')
    await client.until('2%')
    await client.send('0\r\n\r\n')
    await engine.until('0\r\n\r\n')
    await engine.send('0\r\n\r\n')
    await client.until('0\r\n\r\n')
    await client.send(ping)
    expect((await engine.request()).raw.toString()).toBe(ping)
  })

  it('the client may have ended its side after the request', async () => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(logs)
    await client.end()
    const engine = await to.upstream.connection(0)
    expect((await engine.ended()).toString()).toBe(logs)
    await engine.send(`${chunked}6\r\nhello\n\r\n`)
    await client.until('hello\n\r\n')
    await engine.send('0\r\n\r\n')
    expect((await client.closed()).toString()).toBe('0\r\n\r\n')
  })
})
