import { answer } from '@intermediate/testing'
import type { RecordedSocket, Transcript } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { byHand, ok, ping, request, response, upgrade } from './docker-calls.js'
import { everyWay, setUp } from './matrix.js'
import type { Setup } from './matrix.js'

/** What somebody wants to get past whoever judges requests here: nothing behind a refused request is one. */
const smuggled = request('DELETE /containers/web?force=1')

const start = 'POST /containers/create HTTP/1.1'
const host = 'Host: docker'
const chunked = 'Transfer-Encoding: chunked'
const chunks = `0\r\n\r\n${smuggled}`

/** The engine's own limit: 1 MiB and the 4 KiB of its read buffer. */
const maxHead = 1024 * 1024 + 4096

/** Every head that two parsers could read differently, or that speaks to another server than the engine. */
const hostileHeads = {
  'a length and chunks': [lines(start, host, 'Content-Length: 5', chunked), chunks],
  'chunks and a length': [lines(start, host, chunked, `Content-Length: ${smuggled.length}`), chunks],
  'two lengths': [lines(start, host, 'Content-Length: 0', `Content-Length: ${smuggled.length}`), smuggled],
  'a list of lengths': [lines(start, host, 'Content-Length: 2, 2'), `{}${smuggled}`],
  'a length with a sign': [lines(start, host, 'Content-Length: +2'), `{}${smuggled}`],
  'a hexadecimal length': [lines(start, host, 'Content-Length: 0x2'), `{}${smuggled}`],
  'a length that overflows': [lines(start, host, 'Content-Length: 18446744073709551616'), smuggled],
  'another coding': [lines(start, host, 'Transfer-Encoding: gzip'), chunks],
  'two codings': [lines(start, host, 'Transfer-Encoding: gzip, chunked'), chunks],
  'a coding behind chunked': [lines(start, host, 'Transfer-Encoding: chunked, identity'), chunks],
  'chunked twice': [lines(start, host, chunked, chunked), chunks],
  'chunked in quotes': [lines(start, host, 'Transfer-Encoding: "chunked"'), chunks],
  'chunked behind a control byte': [lines(start, host, 'Transfer-Encoding: \x0bchunked'), chunks],
  'chunked behind white space of Unicode': [lines(start, host, 'Transfer-Encoding: \xa0chunked'), chunks],
  'chunked on a folded line': [lines(start, host, 'Transfer-Encoding:', ' chunked'), chunks],
  'chunked in a name with white space': [lines(start, host, 'Transfer-Encoding : chunked'), chunks],
  'chunked behind a bare LF': [lines(start, host, 'X: x\nTransfer-Encoding: chunked'), chunks],
  'chunked behind a bare CR': [lines(start, host, 'X: x\rTransfer-Encoding: chunked'), chunks],
  'chunks in HTTP/1.0': [lines('POST /containers/create HTTP/1.0', host, chunked), chunks],
  'HTTP/0.9': ['GET /_ping\r\n', smuggled],
  'HTTP/1.2': [lines('GET /_ping HTTP/1.2', host), smuggled],
  'HTTP/2.0 in the form of HTTP/1': [lines('GET /_ping HTTP/2.0', host), smuggled],
  'another protocol': ['SSH-2.0-OpenSSH_9.2\r\n', smuggled],
  'the beginning of TLS': ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', smuggled],
  'a line that ends in LF': [`GET /_ping HTTP/1.1\n${host}\r\n\r\n`, smuggled],
  'a head that ends in LF': [`GET /_ping HTTP/1.1\r\n${host}\r\n\n`, smuggled],
  'an empty line first': [`\r\n${ping}`, smuggled],
  'a folded field': [lines('GET /_ping HTTP/1.1', host, 'X: x', '\ty'), smuggled],
  'a field without a name': [lines('GET /_ping HTTP/1.1', host, ': x'), smuggled],
  'a name that is no token': [lines('GET /_ping HTTP/1.1', host, 'X(x): x'), smuggled],
  'a NUL in a value': [lines('GET /_ping HTTP/1.1', host, 'X: \0'), smuggled],
  'a method that is no token': [lines('GE(T /_ping HTTP/1.1', host), smuggled],
  'two spaces before the target': [lines('GET  /_ping HTTP/1.1', host), smuggled],
  'a space in the target': [lines('GET /_ping x HTTP/1.1', host), smuggled],
  'a control byte in the target': [lines('GET /_ping\x01 HTTP/1.1', host), smuggled],
  'a target beyond ASCII': [lines('GET /caf\xc3\xa9 HTTP/1.1', host), smuggled],
  'no Host': [lines('GET /_ping HTTP/1.1', 'X: x'), smuggled],
  'two Hosts': [lines('GET /_ping HTTP/1.1', host, 'host: docker'), smuggled],
  'a target in absolute form': [lines('GET http://docker/_ping HTTP/1.1', host), smuggled],
  'a target in authority form': [lines('CONNECT docker:2375 HTTP/1.1', host), smuggled],
  'CONNECT to a path': [lines('CONNECT /containers/json HTTP/1.1', host), smuggled],
  'a target that is an asterisk': [lines('OPTIONS * HTTP/1.1', host), smuggled],
} as const satisfies Record<string, readonly [head: string, behind: string]>

/** A chunk that is fine, and those that end elsewhere for another parser. */
const good = '2\r\n{}\r\n'
const hostileChunks = {
  'a size that overflows': '10000000000000002\r\n{}\r\n',
  'a size with a sign': '+2\r\n{}\r\n',
  'a size with 0x': '0x2\r\n{}\r\n',
  'a size behind a space': ' 2\r\n{}\r\n',
  'no size': '\r\n{}\r\n',
  'a size that ends in LF': '2\n{}\r\n',
  'an extension that ends in LF': '2;x\n{}\r\n',
  'a quoted LF in an extension': '2;x="\n"\r\n{}\r\n',
  'an extension without an end': `2;${'x'.repeat(5000)}\r\n{}\r\n`,
  'data longer than its size': '2\r\n{}}\r\n',
  'data without CR': '2\r\n{}\n',
  'an end in LF': '0\r\n\n',
  'a length in the trailers': '0\r\nContent-Length: 2\r\n\r\n',
  'a trailer that ends in LF': '0\r\nX: x\n\r\n',
  'a folded trailer': '0\r\nX: x\r\n y\r\n\r\n',
  'trailers without an end': `0\r\n${'X: x\r\n'.repeat(1000)}\r\n`,
}

describe.each(everyWay)('over $transport with $stack', (way) => {
  it.each(Object.entries(hostileHeads))('%s: refused, and the engine sees nothing', async (_what, text) => {
    await using to = await setUp(way, answer(ok))
    await using first = await to.client()
    await sendInPieces(first, text[0])
    await expectRefusal(first, 400)
    await using second = await to.client()
    await second.send(ping + text.join(''))
    expect((await second.response()).raw.toString()).toBe(ok)
    await expectRefusal(second, 400)
    expect(received(to)).toEqual([ping])
  })

  it.each(Object.entries(hostileChunks))('chunks with %s: refused, and the engine runs nothing', async (_what, bad) => {
    await using to = await setUp(way, answer(ok))
    const call = lines(start, host, chunked) + good
    await using first = await to.client()
    await first.send(call)
    await sendInPieces(first, bad)
    await expectRefusal(first, 400)
    await using second = await to.client()
    await second.send(ping + call + bad + smuggled)
    expect((await second.response()).raw.toString()).toBe(ok)
    await expectRefusal(second, 400)
    for (const connection of to.upstream.connections) await connection.closed()
    expect(to.upstream.requests.map(({ raw }) => raw.toString())).toEqual([ping])
    for (const text of received(to)) expect(beginsOneOf(text, [call + bad, ping + call + bad])).toBe(true)
  })

  it('a hijacking call with such chunks: the engine sees nothing of head and body, which go in one write', async () => {
    await using to = await setUp(way, answer(ok))
    await using client = await to.client()
    await client.send(lines('POST /exec/3fa1/start HTTP/1.1', host, ...upgrade, chunked) + good)
    await client.send(`2\n{}\r\n${chunks}`)
    await expectRefusal(client, 400)
    for (const connection of to.upstream.connections) expect(await connection.closed()).toHaveLength(0)
  })

  it('chunks that go wrong once the reply has begun end the connection, and nothing is added to the reply', async () => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(lines(start, host, chunked) + good)
    const engine = await to.upstream.connection(0)
    await engine.until('{}')
    const half = response('200 OK', 'half', ['Content-Length: 8'])
    await engine.send(half)
    await client.until('half')
    await client.send(`2\n{}\r\n${chunks}`)
    await client.closed()
    await engine.closed()
    expect(client.receivedText).toBe(half)
    expect(engine.receivedText).not.toContain('\n{}\r\n0')
  })

  it('a head of exactly the size that the engine takes passes', async () => {
    await using to = await setUp(way, answer(ok))
    await using client = await to.client()
    const largest = headOf(maxHead)
    await client.send(largest)
    expect((await client.response()).raw.toString()).toBe(ok)
    expect(received(to)[0] === largest).toBe(true)
  })

  it.each([
    { what: 'with a byte more', text: headOf(maxHead + 1) },
    { what: 'whose target has no end', text: `GET /${'x'.repeat(2 * maxHead)}` },
    { what: 'whose fields have no end', text: `${start}\r\n${'X: x\r\n'.repeat(maxHead / 3)}` },
  ])('a head $what is too large', async ({ text }) => {
    await using to = await setUp(way, answer(ok))
    await using first = await to.client()
    void first.send(text)
    await expectRefusal(first, 431)
    await using second = await to.client()
    void second.send(ping + text)
    expect((await second.response()).raw.toString()).toBe(ok)
    await expectRefusal(second, 431)
    expect(received(to)).toEqual([ping])
  })

  it.each([
    { what: 'bytes beyond ASCII in a value', head: lines('GET /_ping HTTP/1.1', host, 'X: caf\xe9') },
    { what: 'an empty Host', head: lines('GET /_ping HTTP/1.1', 'Host:') },
    { what: 'no Host in HTTP/1.0', head: lines('GET /_ping HTTP/1.0', 'Connection: keep-alive') },
    { what: 'a method that nobody knows', head: lines('BREW /_ping HTTP/1.1', host) },
    { what: 'tabs around a value', head: lines('GET /_ping HTTP/1.1', host, 'X:\t x\t') },
  ])('$what may be, and passes', async ({ head }) => {
    await using to = await setUp(way, answer(ok))
    await using client = await to.client()
    for (const text of [head, ping]) {
      await client.send(text)
      expect((await client.response()).raw.toString()).toBe(ok)
    }
    expect(received(to)).toEqual([head + ping])
  })
})

function lines(...all: readonly string[]): string {
  return `${all.join('\r\n')}\r\n\r\n`
}

/** A request with a head of this many bytes. */
function headOf(size: number): string {
  const rest = lines('GET /_ping HTTP/1.1', host, 'X: ')
  return rest.replace('X: ', `X: ${'x'.repeat(size - rest.length)}`)
}

/** What came on each connection of the engine. */
function received(to: Setup): string[] {
  return to.upstream.connections.map(({ receivedText }) => receivedText)
}

/** No more of any of these was sent on than the part before what is wrong. */
function beginsOneOf(text: string, all: readonly string[]): boolean {
  return all.some((one) => one.length > text.length && one.startsWith(text))
}

/** The client is told so in Docker's form, and nothing after it: the connection is over. */
async function expectRefusal(client: Transcript, status: number): Promise<void> {
  const refusal = await client.response()
  expect(refusal.status).toBe(status)
  expect(refusal.header('connection')).toBe('close')
  expect(JSON.parse(refusal.body.toString())).toEqual({
    message: expect.stringMatching(/^The request has .*\.$/),
  })
  expect((await client.closed()).toString()).toBe('')
}

/** Sends byte by byte what is not too long for that, until it is refused. */
async function sendInPieces(to: RecordedSocket, text: string): Promise<void> {
  const size = Math.ceil(text.length / 100)
  for (let at = 0; at < text.length && !to.isEnded; at += size) await to.send(text.slice(at, at + size))
}
