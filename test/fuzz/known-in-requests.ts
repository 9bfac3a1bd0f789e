import { METHODS } from 'node:http'
import type { KnownDifference } from './known-differences.js'
import { knownInAnyMessage } from './known-differences.js'
import { values } from './transcript.js'

const host = 'Host: a\r\n'
const get = `GET / HTTP/1.1\r\n${host}`

export const knownInRequests: readonly KnownDifference[] = [
  {
    name: 'an empty line before the request line',
    example: `\r\n${get}\r\n`,
    taker: 'node',
    says: /^has an invalid method$/,
    is: (_message, written) => /^[\r\n]/.test(written),
    because: 'RFC 9112 section 2.2 would have servers ignore it, for clients of old; the engine refuses it',
  },
  {
    name: 'several spaces in the request line',
    example: `GET  / HTTP/1.1\r\n${host}\r\n`,
    taker: 'node',
    says: /^has a target|^has a version/,
    is: (_message, written) => /^[^\r\n]* {2}/.test(written),
    because:
      'RFC 9112 section 3: single spaces, and what is lenient here may be led astray; the engine refuses it',
  },
  {
    name: 'HTTP/0.9, said or unsaid',
    example: 'GET /\r\n\r\n',
    taker: 'node',
    says: /^has an invalid request line$|^has a version/,
    is: ({ start }) => start.endsWith(' 0.9'),
    because: 'RFC 9112 appendix C.1: it is no part of HTTP any more; the engine refuses it',
  },
  {
    name: 'HTTP/2.0 in the form of HTTP/1.1',
    example: `GET / HTTP/2.0\r\n${host}\r\n`,
    taker: 'node',
    says: /^has a version/,
    is: ({ start }) => start.endsWith(' 2.0'),
    because: 'RFC 9112 section 2.3: this form is for version 1',
  },
  {
    name: 'a protocol other than HTTP',
    example: `GET / RTSP/1.0\r\n${host}\r\n`,
    taker: 'node',
    says: /^has a version/,
    is: (_message, written) => /^\S+ +\S+ +(?:RTSP|ICE)\//.test(written),
    because: 'RFC 9112 section 2.3: the protocol is called HTTP',
  },
  {
    name: 'the method CONNECT',
    example: `CONNECT a:80 HTTP/1.1\r\n${host}\r\n`,
    taker: 'node',
    says: /^has a target|^has the method CONNECT$/,
    is: ({ start }) => start.startsWith('CONNECT '),
    because: 'RFC 9110 section 9.3.6: it is for forward proxies, which tunnel it',
  },
  {
    name: 'a target that is no path',
    example: `GET http://a/b HTTP/1.1\r\n${host}\r\n`,
    taker: 'node',
    says: /^has a target/,
    is: ({ start }) => /^\S+ [^/]/.test(start),
    because:
      'RFC 9112 section 3.2: it is for forward proxies and `OPTIONS *`, and rules on paths would miss it',
  },
  {
    name: 'several Hosts',
    example: `${get}Host: b\r\n\r\n`,
    taker: 'node',
    says: /^has more than one Host$/,
    is: (message) => values(message, 'host').length > 1,
    because: 'RFC 9112 section 3.2: a server answers it with 400',
  },
  {
    name: 'a method that Node does not know',
    example: `FROBNICATE / HTTP/1.1\r\n${host}\r\n`,
    taker: 'ours',
    says: /^HPE_INVALID_(?:METHOD|VERSION|CONSTANT)$/,
    is: ({ start }) => !METHODS.includes(start.split(' ')[0]!),
    because: 'RFC 9110 section 9.1: any token is a method, and the API may get new ones',
  },
  {
    name: 'a request behind one that asks for an upgrade',
    example: `${get}Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n${get}\r\n`,
    taker: 'ours',
    says: /^reads nothing behind what asks for an upgrade$/,
    is: () => true,
    because: 'RFC 9110 section 7.8: a server may ignore the Upgrade, so the reply decides what follows',
  },
  ...knownInAnyMessage(`PUT / HTTP/1.1\r\n${host}`, 'PUT / HTTP/1.0\r\n'),
]
