import type { KnownDifference } from './known-differences.js'
import { knownInAnyMessage } from './known-differences.js'
import { values } from './transcript.js'

const end = 'Content-Length: 0\r\n\r\n'

export const knownInReplies: readonly KnownDifference[] = [
  {
    name: 'an empty line before the status line',
    example: `\r\nHTTP/1.1 200 OK\r\n${end}`,
    taker: 'node',
    says: /^has a version/,
    is: (_message, written) => /^[\r\n]/.test(written),
    because: 'RFC 9112 section 4: a reply begins with its status line',
  },
  {
    name: 'a protocol other than HTTP',
    example: `RTSP/1.0 200 OK\r\n${end}`,
    taker: 'node',
    says: /^has a version/,
    is: (_message, written) => /^(?:RTSP|ICE)\//.test(written),
    because: 'RFC 9112 section 2.3: the protocol is called HTTP',
  },
  {
    name: 'HTTP/0.9 and HTTP/2.0 in the form of HTTP/1.1',
    example: `HTTP/2.0 200 OK\r\n${end}`,
    taker: 'node',
    says: /^has a version/,
    is: ({ start }) => / (?:0\.9|2\.0)$/.test(start),
    because: 'RFC 9112 section 2.3: this form is for version 1',
  },
  {
    name: 'a CR in place of the LF behind the status line',
    example: 'HTTP/1.1 200 OK\r\r\r\n',
    taker: 'node',
    says: /^has a CR without LF in its head$/,
    is: (_message, written) => /^[^\r\n]*\r\r/.test(written),
    because: 'RFC 9112 section 2.2: a bare CR ends no line',
    until: '9.4',
  },
  {
    name: 'a control character in the reason',
    example: `HTTP/1.1 200 \0\r\n${end}`,
    taker: 'node',
    says: /^has an invalid status line$/,
    is: (_message, written) => /^[^\r\n]*[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(written),
    because: 'RFC 9112 section 4: a reason has none; terminals would obey it',
  },
  {
    name: 'a status below 100',
    example: `HTTP/1.1 099 OK\r\n${end}`,
    taker: 'node',
    says: /^has an invalid status code$/,
    is: ({ start }) => /^\S+ \d\d? /.test(start),
    because: 'RFC 9110 section 15: the first digit is a class from 1 to 5',
  },
  {
    name: 'a 101 to what did not ask for it',
    example: 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n',
    taker: 'node',
    says: /^switches protocols on a call that did not ask for it$/,
    is: ({ start }) => / 101 /.test(start),
    because: 'RFC 9110 section 7.8: a server must not switch to what was not offered',
  },
  {
    name: 'a last message that announces another',
    example: `HTTP/1.0 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n${end}`,
    taker: 'ours',
    says: /^HPE_CLOSED_CONNECTION$/,
    is: () => true,
    because:
      'RFC 9110 section 15.2: after a 1xx the reply is still to come, whatever its version and Connection say',
  },
  {
    name: 'no length of what HEAD leaves out',
    example: 'HTTP/1.1 200 OK\r\n\r\n',
    method: 'HEAD',
    taker: 'both',
    says: /^that ours goes on$/,
    is: (message) => message.start.startsWith('HEAD ') && values(message, 'content-length').length === 0,
    because: 'RFC 9112 section 6.3: a reply to HEAD ends with its head',
  },
  ...knownInAnyMessage('HTTP/1.1 200 OK\r\n', 'HTTP/1.0 200 OK\r\n'),
]
