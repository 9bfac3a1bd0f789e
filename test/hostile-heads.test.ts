import { answer } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { ok, ping } from './docker-calls.js'
import { everyWay, setUp } from './matrix.js'
import { chunked, create, expectRefusal, host, lines, received, sendInPieces, smuggled } from './refusal.js'

const chunks = `0\r\n\r\n${smuggled}`

/** Every head that two parsers could read differently, or that speaks to another server than the engine. */
const hostileHeads = {
  'a length and chunks': [lines(create, host, 'Content-Length: 5', chunked), chunks],
  'chunks and a length': [lines(create, host, chunked, `Content-Length: ${smuggled.length}`), chunks],
  'two lengths': [lines(create, host, 'Content-Length: 0', `Content-Length: ${smuggled.length}`), smuggled],
  'a list of lengths': [lines(create, host, 'Content-Length: 2, 2'), `{}${smuggled}`],
  'a length with a sign': [lines(create, host, 'Content-Length: +2'), `{}${smuggled}`],
  'a hexadecimal length': [lines(create, host, 'Content-Length: 0x2'), `{}${smuggled}`],
  'a length that overflows': [lines(create, host, 'Content-Length: 18446744073709551616'), smuggled],
  'another coding': [lines(create, host, 'Transfer-Encoding: gzip'), chunks],
  'two codings': [lines(create, host, 'Transfer-Encoding: gzip, chunked'), chunks],
  'a coding behind chunked': [lines(create, host, 'Transfer-Encoding: chunked, identity'), chunks],
  'chunked twice': [lines(create, host, chunked, chunked), chunks],
  'chunked in quotes': [lines(create, host, 'Transfer-Encoding: "chunked"'), chunks],
  'chunked behind a control byte': [lines(create, host, 'Transfer-Encoding: \x0bchunked'), chunks],
  'chunked behind white space of Unicode': [lines(create, host, 'Transfer-Encoding: \xa0chunked'), chunks],
  'chunked on a folded line': [lines(create, host, 'Transfer-Encoding:', ' chunked'), chunks],
  'chunked in a name with white space': [lines(create, host, 'Transfer-Encoding : chunked'), chunks],
  'chunked behind a bare LF': [lines(create, host, 'X: x\nTransfer-Encoding: chunked'), chunks],
  'chunked behind a bare CR': [lines(create, host, 'X: x\rTransfer-Encoding: chunked'), chunks],
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

describe.each(everyWay)('a request over $transport with $stack', (way) => {
  it.each(Object.entries(hostileHeads))(
    'with %s is refused, and the engine sees nothing',
    async (_what, text) => {
      await using to = await setUp(way, answer(ok))
      await using first = await to.client()
      await sendInPieces(first, text[0])
      await expectRefusal(first, 400)
      await using second = await to.client()
      await second.send(ping + text.join(''))
      expect((await second.response()).raw.toString()).toBe(ok)
      await expectRefusal(second, 400)
      expect(received(to)).toEqual([ping])
    },
  )

  it.each([
    { what: 'bytes beyond ASCII in a value', head: lines('GET /_ping HTTP/1.1', host, 'X: caf\xe9') },
    { what: 'an empty Host', head: lines('GET /_ping HTTP/1.1', 'Host:') },
    { what: 'no Host in HTTP/1.0', head: lines('GET /_ping HTTP/1.0', 'Connection: keep-alive') },
    { what: 'a method that nobody knows', head: lines('BREW /_ping HTTP/1.1', host) },
    { what: 'tabs around a value', head: lines('GET /_ping HTTP/1.1', host, 'X:\t x\t') },
  ])('with $what passes', async ({ head }) => {
    await using to = await setUp(way, answer(ok))
    await using client = await to.client()
    for (const text of [head, ping]) {
      await client.send(text)
      expect((await client.response()).raw.toString()).toBe(ok)
    }
    expect(received(to)).toEqual([head + ping])
  })
})
