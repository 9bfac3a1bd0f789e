import fc from 'fast-check'
import { anyBody } from './arbitrary-bodies.js'
import type { Text } from './arbitrary-octets.js'
import { joined, lineEnd, noise, octet, ows, rarely, space, text } from './arbitrary-octets.js'

/** The bytes of a connection as latin1, and where they are cut on their way. */
export interface Sent {
  readonly text: string
  readonly cuts: readonly number[]
}

const version = rarely(
  fc.oneof({ weight: 6, arbitrary: text('HTTP/1.1') }, { weight: 1, arbitrary: text('HTTP/1.0') }),
  text(
    'HTTP/1.2',
    'HTTP/0.9',
    'HTTP/2.0',
    'HTTP/3.0',
    'HTTP/1.10',
    'HTTP/1.',
    'HTTP/11',
    'HTTP/1,1',
    'HTTP/',
  ),
  text('ICE/1.0', 'RTSP/1.0', 'HTTP/1.1 ', 'HTTP/01.1', 'HTTP/1.01', 'http/1.1', 'HTTP /1.1', ''),
)

const name = rarely(
  text(
    'Accept',
    'User-Agent',
    'X-Registry-Auth',
    'ETag',
    "!#$%&'*+-.^_`|~0",
    'Upgrade',
    'Expect',
    'Origin',
    'TE',
  ),
  text(
    '',
    ' ',
    'A ',
    'A\t',
    ' A',
    'A B',
    '\xe9',
    'A\0',
    'A(',
    '"A"',
    'Proxy-Connection',
    'Keep-Alive',
    'Trailer',
  ),
  noise(3),
)
const value = rarely(
  text(
    '',
    'a',
    'a b',
    'application/json',
    'tcp',
    'h2c',
    '100-continue',
    '100-Continue',
    'trailers',
    '\xe9t\xe9',
    'a\tb',
  ),
  text('a\r\n b', 'a\r\n\tb', 'a\n b', '\0', 'a\x7f', 'a\x1b[2J', 'a\r', 'a\nb', 'a\rb', '\x01'),
  noise(5),
)
const connection = rarely(
  text('close', 'keep-alive', 'Keep-Alive', 'CLOSE', 'Upgrade', 'keep-alive,close', 'upgrade,close', 'a, b'),
  text(
    'close, keep-alive',
    'close ,',
    ', close',
    'closed',
    'un close',
    '"close"',
    'close;q=1',
    'close close',
  ),
  text('keep-alive keep-alive', 'a,\tclose', 'a,\xa0close', 'close\xa0', 'a,close\t,b', ''),
)
const fieldLine = fc.oneof(
  { weight: 3, arbitrary: joined(name, text(':'), ows, value, ows, lineEnd) },
  { weight: 1, arbitrary: joined(text('Connection:', 'connection:'), ows, connection, ows, lineEnd) },
)
const fieldLines = fc.array(fieldLine, { maxLength: 4 }).map((lines) => lines.join(''))

const host = rarely(
  text('Host: a\r\n', 'host:\r\n', 'HOST: api.moby.localhost\r\n'),
  text(
    '',
    'Host: a\r\nHost: a\r\n',
    'Host: a\r\nhost: b\r\n',
    'Host : a\r\n',
    'Host\r\n',
    'Host: a b\r\n',
    ' Host: a\r\n',
  ),
)

const method = rarely(
  text('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'),
  text('get', 'CONNECT', 'PRI', 'TRACE', 'M-SEARCH', 'SOURCE', 'QUERY', 'PRUNE', 'X', 'GE T', '"GET"', ''),
  noise(4),
)
const target = rarely(
  text(
    '/',
    '/_ping',
    '/v1.45/containers/json?all=1&filters={"a":["b"]}',
    '/a%20b?c#d',
    '//a',
    '/../a',
    '/"<>\\^`{|}~',
  ),
  text(
    '*',
    'http://a/b',
    'https://a',
    'a',
    'a:80',
    '',
    '/\xe9',
    '/a\tb',
    '/a b',
    '/\0',
    '/\x7f',
    '?a',
    '/\x0b',
  ),
  noise(4).map((odd) => `/${odd}`),
)
const requestLine = joined(method, space, target, space, version, lineEnd)

const status = rarely(
  text('200', '201', '404', '500', '204', '304', '100', '103', '999'),
  text('101', '199', '099', '000', '20', '2000', '20x', '', ' 200', '-20', '2 0'),
)
const reason = rarely(
  text(' OK', ' Not Found', ' ', '', ' \xe9', ' a\tb'),
  text(' \0', ' \x7f', '\t', ' a\rb', 'OK'),
)
const statusLine = joined(version, space, status, reason, lineEnd)

const lead = rarely(text(''), text('\r\n', '\n', ' ', '\r\n\r\n', '\0'))

function message(startLine: Text): Text {
  return fc
    .tuple(lead, startLine, fieldLines, anyBody, lineEnd)
    .map(
      ([before, start, fields, { fields: framing, body }, blank]) =>
        before + start + fields + framing + blank + body,
    )
}

const change = fc.record({
  at: fc.nat(400),
  remove: fc.constantFrom(0, 0, 1, 2, 9),
  insert: fc.oneof(octet, noise(3), text('\r\n', '')),
})

/** Changes a few octets anywhere; mostly none. */
function mutated(whole: Text): Text {
  const changes = fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(change, { maxLength: 2 }) },
  )
  return fc.tuple(whole, changes).map(([sent, all]) =>
    all.reduce((now, { at, remove, insert }) => {
      const from = now.length === 0 ? 0 : at % now.length
      return now.slice(0, from) + insert + now.slice(from + remove)
    }, sent),
  )
}

function cut(whole: Text): fc.Arbitrary<Sent> {
  return fc.record({ text: whole, cuts: fc.array(fc.nat(400), { maxLength: 4 }) })
}

function several(one: Text, most: number): Text {
  return fc.array(one, { minLength: 1, maxLength: most }).map((all) => all.join(''))
}

const noises = fc.oneof(
  noise(40),
  joined(
    text('GET / HTTP/1.1\r\nHost: a\r\n', 'GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'),
    noise(40),
  ),
  joined(text('HTTP/1.1 200 OK\r\n', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'), noise(40)),
)

const next = text('GET /next HTTP/1.1\r\nHost: a\r\n\r\n')

/** What a client sends: requests, well-formed for the most part, and one more that is; or noise. */
export const requests: fc.Arbitrary<Sent> = fc.oneof(
  { weight: 9, arbitrary: cut(mutated(joined(several(message(joined(requestLine, host)), 3), next))) },
  { weight: 1, arbitrary: cut(noises) },
)

/** What an upstream sends: informational replies, maybe, and another; or noise. */
export const replies: fc.Arbitrary<Sent> = fc.oneof(
  { weight: 9, arbitrary: cut(mutated(several(message(statusLine), 3))) },
  { weight: 1, arbitrary: cut(noises) },
)
