import { maxHeadBytes } from '../../packages/core/src/wire/head.js'
import type { Difference, Message } from './transcript.js'
import { values } from './transcript.js'

/**
 * A class of messages that ours and Node's parser do not read alike, on purpose. What only Node takes we refuse; what
 * only we take HTTP allows, and the engine reads it as we do.
 */
export interface KnownDifference extends Pick<Difference, 'taker'> {
  readonly name: string
  /** The shortest of them, as latin1. */
  readonly example: string
  /** Of a reply, the method that it replies to. @default 'GET' */
  readonly method?: string
  /** What the other one says to it, or what both read differently. */
  readonly says: RegExp
  /** True for a message of this class: as the taker read it, and its head as it was written. */
  readonly is: (message: Message, written: string) => boolean
  readonly because: string
  /** The version of llhttp, Node's parser, from which on it is a difference. */
  readonly since?: string
  /** The version of llhttp from which on it is none. */
  readonly until?: string
}

/** Those that are in requests and replies alike, in messages with this start line and first fields. */
export function knownInAnyMessage(http11: string, http10: string): KnownDifference[] {
  const chunked = `${http11}Transfer-Encoding: chunked\r\n\r\n`
  return [
    {
      name: 'a Transfer-Encoding in HTTP/1.0',
      example: `${http10}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
      taker: 'node',
      says: /^has a Transfer-Encoding/,
      is: (message) => message.start.endsWith(' 1.0') && values(message, 'transfer-encoding').length > 0,
      because:
        'RFC 9112 section 6.1: its framing is faulty; the engine ignores the field and takes the body for the next request',
    },
    {
      name: 'a tab behind a Content-Length or a Transfer-Encoding',
      example: `${http11}Content-Length: 3\t\r\n\r\nabc`,
      taker: 'node',
      says: /^has a Content-Length that is no decimal number$|^has a Transfer-Encoding other than/,
      is: (_message, written) => /^(?:content-length|transfer-encoding):[^\r]*\t *\r/im.test(written),
      because:
        'RFC 9110 section 5.6.3 has it for white space, but llhttp did not, and took another body then',
      since: '9.4',
    },
    {
      name: 'a Transfer-Encoding that is no single chunked',
      example: `${http11}Transfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
      taker: 'node',
      says: /^has a Transfer-Encoding other than a single "chunked"$/,
      is: (message) => !isChunked(message),
      because:
        'RFC 9112 section 6.1: whoever does not know a coding refuses it; the engine knows chunked only',
    },
    {
      name: 'a Content-Length of 16 digits and more',
      example: `${http11}Content-Length: 0000000000000003\r\n\r\nabc`,
      taker: 'node',
      says: /^has a Content-Length that is no length$/,
      is: (message) => values(message, 'content-length').every((length) => length.length > 15),
      because: 'RFC 9110 section 8.6: lengths must not overflow; up to 15 digits, 888 TiB, a number is exact',
    },
    {
      name: 'a head of a few bytes more than 1 MiB and 4 KiB',
      example: `${http11}A: ${'a'.repeat(maxHeadBytes - http11.length - 6)}\r\n\r\n`,
      taker: 'node',
      says: /^has a head of more than/,
      is: () => true,
      because:
        'RFC 9110 section 5.4: a recipient limits fields; this is the limit of the engine, and Node counts less',
    },
    {
      name: 'a chunk size of 14 digits and more',
      example: `${chunked}00000000000003\r\nabc\r\n0\r\n\r\n`,
      taker: 'node',
      says: /^has a chunk size that overflows$/,
      is: isChunked,
      because: 'RFC 9112 section 7.1: sizes must not overflow; up to 13 digits, 4 PiB, a number is exact',
    },
    {
      name: 'a chunk extension whose value is empty or half quoted',
      example: `${chunked}3;a=\r\nabc\r\n0\r\n\r\n`,
      taker: 'node',
      says: /^has an invalid chunk (?:extension|size line)$/,
      is: isChunked,
      because: 'RFC 9112 section 7.1.1: a value is a token or a quoted string',
    },
    {
      name: 'chunk extensions of more than 4 KiB',
      example: `${chunked}3;${'a'.repeat(5000)}\r\nabc\r\n0\r\n\r\n`,
      taker: 'node',
      says: /^has chunk extensions of more than/,
      is: isChunked,
      because:
        'RFC 9112 section 7.1.1: a recipient limits them; this is the limit of the engine, and 16 KiB that of Node',
    },
    {
      name: 'trailers of more than 4 KiB',
      example: `${chunked}0\r\nA: ${'a'.repeat(5000)}\r\n\r\n`,
      taker: 'node',
      says: /^has trailers of more than/,
      is: isChunked,
      because: 'RFC 9110 section 5.4: a recipient limits fields; this is the limit of the engine',
    },
    {
      name: 'a trailer that belongs into the head',
      example: `${chunked}0\r\nConnection: close\r\n\r\n`,
      taker: 'node',
      says: /^has (?:connection|transfer-encoding|content-length) in its trailers$/i,
      is: isChunked,
      because:
        'RFC 9110 section 6.5.1: no trailer frames or routes a message; Node obeys it, the engine does not',
    },
    {
      name: 'a tab behind a member of Connection',
      example: `${http11}Content-Length: 0\r\nConnection: close\t\r\n\r\n`,
      taker: 'both',
      says: /^that (?:node|ours) goes on$/,
      is: (_message, written) => /^connection:[^\r]*\t/im.test(written),
      because: 'RFC 9110 section 5.6.3: it is white space; the engine knows it too',
      until: '9.4',
    },
    {
      name: 'close and keep-alive in HTTP/1.0',
      example: `${http10}Content-Length: 0\r\nConnection: keep-alive, close\r\n\r\n`,
      taker: 'both',
      says: /^that node goes on$/,
      is: (message) =>
        message.start.endsWith(' 1.0') &&
        /close.*keep-alive|keep-alive.*close/i.test(values(message, 'connection').join()),
      because: 'RFC 9112 section 9.3: close comes first, in any version; to close is always safe',
    },
  ]
}

function isChunked(message: Message): boolean {
  return values(message, 'transfer-encoding').join().toLowerCase() === 'chunked'
}
