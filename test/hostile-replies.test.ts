import type { RecordedSocket, UpstreamConnection } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { attach, byHand, ok, ping, request, response } from './docker-calls.js'
import { everyWay, setUp } from './matrix.js'
import type { Setup } from './matrix.js'
import { lines, received, sendInPieces } from './refusal.js'

const list = request('GET /containers/json')
const start = 'HTTP/1.1 200 OK'
const chunked = 'Transfer-Encoding: chunked'

/** The answer to a question that the client did not ask yet. */
const poison = response('200 OK', 'poison')

/** Heads that no client should have to understand, by what the client is told of them. */
const hostileHeads = {
  'has both Content-Length and Transfer-Encoding': lines(start, 'Content-Length: 5', chunked),
  'has more than one Content-Length': lines(start, 'Content-Length: 0', `Content-Length: ${poison.length}`),
  'has a Content-Length that is no decimal number': lines(start, 'Content-Length: 0x2'),
  'has a Content-Length that is no length': lines(start, 'Content-Length: 18446744073709551616'),
  'has a Transfer-Encoding other than a single "chunked"': lines(start, 'Transfer-Encoding: gzip, chunked'),
  'has a Transfer-Encoding in HTTP/1.0': lines('HTTP/1.0 200 OK', chunked),
  'has a version other than HTTP/1.0 and HTTP/1.1': lines('HTTP/2.0 200 OK'),
  'has an invalid status line': lines('HTTP/1.1 2000 OK'),
  'has an invalid status code': lines('HTTP/1.1 2xx OK'),
  'has a line that ends in LF without CR': `${start}\r\nX: x\nContent-Length: 0\r\n\r\n`,
  'has a CR without LF in its head': `${start}\r\nX: x\rContent-Length: 0\r\n\r\n`,
  'has a folded field line': lines(start, 'X: x', ' y', 'Content-Length: 0'),
  'has white space before the colon of a field': lines(start, 'Content-Length : 0'),
  'has an invalid field name': lines(start, 'X(x): x', 'Content-Length: 0'),
  'has a control character in a field value': lines(start, 'X: \x1b[2J', 'Content-Length: 0'),
  'has a head of more than 1052672 bytes': lines(start, `X: ${'x'.repeat(1024 * 1024 + 4096)}`),
}

/** What else may answer where an engine was expected. */
const otherServers = {
  SSH: 'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n',
  'TLS to those who do not speak it': '\x15\x03\x01\0\x02\x02\x0a\x15\x03\x01\0\x02\x02\x0a',
  'HTTP/0.9': '<html>It works, as it did in 1991</html>\n',
  'HTTP/2': '\0\0\0\x04\0\0\0\0\0\0\0\x08\x07\0\0\0\0\0',
}

/** Replies whose end another reader finds elsewhere: what is behind it must answer nothing. */
const tooLong = {
  'a HEAD': { call: request('HEAD /_ping'), reply: lines(start, `Content-Length: ${poison.length}`) },
  'a 204': { call: ping, reply: lines('HTTP/1.1 204 No Content', `Content-Length: ${poison.length}`) },
  'a 304': { call: ping, reply: lines('HTTP/1.1 304 Not Modified', chunked) },
  'as many bytes as it said': { call: ping, reply: ok },
  'the last chunk': { call: ping, reply: `${lines(start, chunked)}2\r\nOK\r\n0\r\n\r\n` },
}

/** Chunks that go wrong behind a good one. */
const hostileChunks = {
  'a size that overflows': '10000000000000002\r\n{}\r\n',
  'a size with 0x': '0x2\r\n{}\r\n',
  'a size that ends in LF': '2\n{}\r\n',
  'an extension that ends in LF': '2;x\n{}\r\n',
  'data longer than its size': '2\r\n{}}\r\n',
  'a length in the trailers': '0\r\nContent-Length: 2\r\n\r\n',
  'an end in LF': '0\r\n\n',
}

describe.each(everyWay)('a reply over $transport with $stack', (way) => {
  it.each(Object.entries(hostileHeads))('that %s is a 502', async (reason, head) => {
    const told: unknown[] = []
    await using to = await setUp(way, byHand, { onError: ({ error }) => told.push(error) })
    for (const [index, send] of [inOneWrite, sendInPieces].entries()) {
      const message = await refusal(to, index, (engine) => send(engine, head + poison))
      expect(message).toBe(`GET /containers/json: the reply of ${to.upstream.address} ${reason}.`)
    }
    expect(told).toMatchObject([{ code: 'ERR_UPSTREAM_PROTOCOL' }, { code: 'ERR_UPSTREAM_PROTOCOL' }])
  })

  it.each(Object.entries(otherServers))('of %s is a 502', async (_what, bytes) => {
    await using to = await setUp(way, byHand, { onError: () => {} })
    const message = await refusal(to, 0, (engine) => engine.send(bytes))
    expect(message).toMatch(/^GET \/containers\/json: the reply of \S+ has .*\.$/)
  })

  it('that is a 502 leaves the next call its own connection to the engine', async () => {
    await using to = await setUp(way, byHand, { onError: () => {} })
    await using client = await to.client()
    await client.send(list + ping)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(hostileHeads['has an invalid status code'] + poison)
    expect((await client.response()).status).toBe(502)
    const next = await to.upstream.connection(1)
    await next.request()
    await next.send(ok)
    expect((await client.response()).raw.toString()).toBe(ok)
    expect(received(to)).toEqual([list, ping])
  })

  it.each(Object.entries(tooLong))(
    'that goes on behind %s answers one call only',
    async (_what, { call, reply }) => {
      await using to = await setUp(way, byHand)
      await using client = await to.client()
      await client.send(call + list)
      const engine = await to.upstream.connection(0)
      await engine.request()
      await engine.send(reply + poison)
      expect((await client.closed()).toString()).toBe(reply)
      await engine.gone()
      expect(received(to)).toEqual([call])
    },
  )

  it('that nobody asked for ends the connection, as it would without us', async () => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(ping)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(ok)
    await client.response()
    await engine.send(poison)
    expect((await client.closed()).toString()).toBe('')
    await engine.gone()
  })

  it('that nobody asked for, of which only a byte came, begins no reply', async () => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(ping)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(`${ok}H`)
    expect((await client.closed()).toString()).toBe(ok)
    await engine.gone()
  })

  it.each(Object.entries(hostileChunks))('whose chunks have %s is cut short', async (_what, bad) => {
    await using to = await setUp(way, byHand)
    const begun = `${lines(start, chunked)}2\r\n{}\r\n`
    for (const [index, send] of [inOneWrite, sendInPieces].entries()) {
      await using client = await to.client()
      await client.send(list)
      const engine = await to.upstream.connection(index)
      await engine.request()
      await engine.send(begun)
      await client.until('{}\r\n')
      await send(engine, bad + poison)
      await client.closed()
      expect(begun + bad).toContain(client.receivedText)
      expect(client.receivedText).not.toBe(begun + bad)
      await engine.gone()
    }
  })

  it('that is malformed opens no tunnel, and what the client sent early goes nowhere', async () => {
    await using to = await setUp(way, byHand, { onError: () => {} })
    await using client = await to.client()
    await client.send(`${attach}stdin`)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(lines('HTTP/1.1 101 UPGRADED', 'Connection : Upgrade', 'Upgrade: tcp') + poison)
    expect((await client.response()).status).toBe(502)
    await engine.gone()
    expect(engine.receivedText).toBe(attach)
  })
})

/** Calls, lets the engine answer on its connection of that index, and gives what the client is told, and nothing else. */
async function refusal(
  to: Setup,
  index: number,
  answer: (engine: UpstreamConnection) => Promise<void>,
): Promise<string> {
  await using client = await to.client()
  await client.send(list)
  const engine = await to.upstream.connection(index)
  await engine.request()
  await answer(engine).catch(() => {})
  const refused = await client.response()
  expect(refused.status).toBe(502)
  await engine.gone()
  await client.end()
  expect((await client.ended()).toString()).toBe('')
  return (JSON.parse(refused.body.toString()) as { message: string }).message
}

function inOneWrite(to: RecordedSocket, text: string): Promise<void> {
  return to.send(text)
}
