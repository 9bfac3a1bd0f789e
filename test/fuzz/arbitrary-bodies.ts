import fc from 'fast-check'
import type { Text } from './arbitrary-octets.js'
import { joined, lineEnd, noise, ows, rarely, text } from './arbitrary-octets.js'

/** A body, and the field lines that announce it. */
export interface Framed {
  readonly fields: string
  readonly body: string
}

const content = fc.oneof(
  fc.string({ maxLength: 20 }),
  text('', 'hello', '{"Image":"busybox"}', '0\r\n\r\n', '\r\n', '5\r\nhello\r\n'),
  text('GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n'),
  noise(8),
)

const lengthName = rarely(text('Content-Length', 'content-length'), text('Content-Length ', 'Content_Length'))

const lengthText = (length: number): Text =>
  rarely(
    text(`${length}`),
    text(
      `0${length}`,
      `${'0'.repeat(20)}${length}`,
      `+${length}`,
      `-${length}`,
      `${length}.0`,
      `0x${length}`,
    ),
    text(
      `${length}e0`,
      `${length},${length}`,
      `${length} ${length}`,
      `${length}\x0b`,
      `\xa0${length}`,
      `"${length}"`,
    ),
    text(
      '',
      ' ',
      '9007199254740993',
      '18446744073709551615',
      '18446744073709551616',
      `${length}\r\n ${length}`,
    ),
    text(`${length + 1}`, `${Math.max(0, length - 1)}`, `${length}\t`),
  )

const lengthBody: fc.Arbitrary<Framed> = content.chain((body) =>
  joined(lengthName, text(':'), ows, lengthText(body.length), ows, lineEnd).map((fields) => ({
    fields,
    body,
  })),
)

const codingName = rarely(
  text('Transfer-Encoding', 'transfer-encoding'),
  text('Transfer-Encoding ', 'Transfer_Encoding'),
)

const coding = rarely(
  text('chunked', 'chunked', 'Chunked', 'CHUNKED'),
  text('gzip', 'identity', 'gzip, chunked', 'chunked, gzip', 'chunked, chunked', 'chunked,', ',chunked', ''),
  text(
    'chunked;a=b',
    'chunkedx',
    'xchunked',
    'chunke',
    'chunked\x0b',
    '\x0bchunked',
    '"chunked"',
    'chunked\t',
  ),
  text('chunked\r\n ', '\r\n chunked', 'chunked chunked', 'identity, chunked'),
)

const extension = rarely(
  text('', '', '', ';a', ';a=b', ';a="b"', ';a="b;c";d', ';a="\\""', ';a=b;c=d', ';a="\xe9"'),
  text(
    ' ',
    ' ;a',
    ';',
    ';;a',
    '; a',
    ';a ',
    ';a =b',
    ';a= b',
    ';a=',
    ';=b',
    ';a="b',
    ';a="b"c',
    ';a=b"c"',
    ';\xe9',
  ),
  text(
    ';a="\\\r"',
    ';a="\r\n',
    ';a\n',
    ';"a"',
    ';a=b=c',
    ';a=="b"',
    '\t',
    '\r',
    ';a="\x7f"',
    ';a="\\',
    ';a\0',
  ),
  text(`;${'a'.repeat(5000)}`, `;a=${'b'.repeat(5000)}`, `;a="${'b'.repeat(5000)}"`),
  noise(3).map((odd) => `;${odd}`),
)

const beforeSize = rarely(
  text('', '', '', '0', '0000'),
  text('000000000000', '0000000000000000', '+', '-', '0x', ' '),
)
const off = rarely(fc.constant(0), fc.constantFrom(-1, 1, 2 ** 52, 2 ** 60))

const chunk = content
  .filter((data) => data !== '')
  .chain((data) => {
    const size = off.map((by) => (data.length + by).toString(16))
    return joined(beforeSize, size, extension, lineEnd, text(data), lineEnd)
  })

const trailers = rarely(
  text('', '', 'A: b\r\n', 'Digest: x\r\nB:\r\n'),
  text('Content-Length: 5\r\n', 'Transfer-Encoding: chunked\r\n', 'Host: b\r\n', 'Connection: close\r\n'),
  text(
    'A : b\r\n',
    ' A: b\r\n',
    'A: b\r\n c\r\n',
    'A\r\n',
    ': b\r\n',
    'A: \0\r\n',
    'A: b\n',
    'A: b\r',
    '\xe9: b\r\n',
  ),
  text('GET / HTTP/1.1\r\n', 'Upgrade: tcp\r\nConnection: upgrade\r\n', `A: ${'b'.repeat(5000)}\r\n`),
)

const lastSize = rarely(text('0', '0', '00'), text('', '0x0', '-0', ' 0', '0 ', '0\t'))

const chunkedBody: fc.Arbitrary<Framed> = fc.record({
  fields: joined(codingName, text(':'), ows, coding, ows, lineEnd),
  body: fc
    .tuple(fc.array(chunk, { maxLength: 3 }), joined(lastSize, extension, lineEnd, trailers, lineEnd))
    .map(([chunks, last]) => chunks.join('') + last),
})

const framed = fc.oneof(lengthBody, chunkedBody)

/** A body as it is announced, most of the time. */
export const anyBody: fc.Arbitrary<Framed> = rarely(
  fc.oneof(fc.constant({ fields: '', body: '' }), lengthBody, chunkedBody),
  fc.tuple(framed, framed).map(([one, other]) => ({ fields: one.fields + other.fields, body: other.body })),
)
