import { describe, expect, test } from 'vitest'
import type { Framing } from './framing.js'
import { ChunkedBody, LengthBody, noBody, UntilCloseBody } from './framing.js'
import { Malformed } from './malformed.js'

/** What a body gives of bytes that arrive in these parts: its content, and whatever follows it. */
function take(body: Framing, parts: readonly string[]): { content: string; rest: string; done: boolean } {
  let content = ''
  let rest = ''
  body.content = (buffer, from, to) => {
    expect(to, 'an empty piece of content').toBeGreaterThan(from)
    content += buffer.toString('latin1', from, to)
  }
  for (const part of parts) {
    // The part lies in the middle of a larger buffer, as it may in a reader's.
    const buffer = Buffer.from(`<<${part}>>`, 'latin1')
    const end = body.take(buffer, 2, 2 + part.length)
    expect(end === 2 + part.length || body.done, 'the body left something before it was done').toBe(true)
    rest += buffer.toString('latin1', end, 2 + part.length)
  }
  return { content, rest, done: body.done }
}

function outcome(make: () => Framing, parts: readonly string[]): unknown {
  try {
    return take(make(), parts)
  } catch (error) {
    if (error instanceof Malformed) return `${error.status} ${error.message}`
    throw error
  }
}

const chunked = (): Framing => new ChunkedBody()

const wellFormed: readonly (readonly [text: string, content: string])[] = [
  ['0\r\n\r\n', ''],
  ['5\r\nhello\r\n0\r\n\r\n', 'hello'],
  ['00005\r\nhello\r\n000\r\n\r\n', 'hello'],
  ['a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n', '01234567890123456789'],
  ['1f\r\n0123456789012345678901234567890\r\n0\r\n\r\n', '0123456789012345678901234567890'],
  ['2\r\n\r\n\r\n0\r\n\r\n', '\r\n'],
  [`${'1\r\na\r\n'.repeat(20)}0\r\n\r\n`, 'a'.repeat(20)],
  ['7\r\n0\r\n\r\nGE\r\n0\r\n\r\n', '0\r\n\r\nGE'],
  ['1;name\r\na\r\n0;last\r\n\r\n', 'a'],
  ['1;a=b;c;d=e\r\na\r\n0\r\n\r\n', 'a'],
  ['1;a="";b="c d;\t=\xe9"\r\na\r\n0\r\n\r\n', 'a'],
  ['1;a="\\"\\\\\\;";b=c\r\na\r\n0\r\n\r\n', 'a'],
  ['0\r\nDigest: abc\r\nEmpty:\r\nB: \xe9\t b \r\n\r\n', ''],
  ['1\r\na\r\n0;x\r\nA:b\r\n\r\n', 'a'],
]

const malformed: readonly (readonly [text: string, sentence: string])[] = [
  // Sizes
  ['\r\n', 'has a chunk without a size'],
  [';a\r\n', 'has a chunk without a size'],
  ['1\r\na\r\n\r\n', 'has a chunk without a size'],
  [' 1\r\n', 'has a chunk without a size'],
  ['+1\r\n', 'has a chunk without a size'],
  ['-1\r\n', 'has a chunk without a size'],
  ['x1\r\n', 'has a chunk without a size'],
  ['g\r\n', 'has a chunk without a size'],
  ['0x1\r\n', 'has an invalid chunk size line'],
  ['1 \r\n', 'has an invalid chunk size line'],
  ['1\t;a\r\n', 'has an invalid chunk size line'],
  ['1 1\r\n', 'has an invalid chunk size line'],
  ['1,1\r\n', 'has an invalid chunk size line'],
  ['1\x00\r\n', 'has an invalid chunk size line'],
  ['10000000000000\r\n', 'has a chunk size that overflows'],
  ['ffffffffffffffff1\r\n', 'has a chunk size that overflows'],
  ['00000000000001\r\n', 'has a chunk size that overflows'],
  // Line ends
  ['1\na\r\n0\r\n\r\n', 'has an invalid chunk size line'],
  ['1\r\ra', 'has a chunk or trailer line that does not end in CR LF'],
  ['1\rXa', 'has a chunk or trailer line that does not end in CR LF'],
  ['1\r\na\n', 'has a chunk or trailer line that does not end in CR LF'],
  ['1\r\nab', 'has a chunk or trailer line that does not end in CR LF'],
  ['1\r\na0\r\n', 'has a chunk or trailer line that does not end in CR LF'],
  ['1\r\na\rX', 'has a chunk or trailer line that does not end in CR LF'],
  ['0\n\r\n', 'has an invalid chunk size line'],
  ['0\r\n\n', 'has an invalid trailer field name'],
  ['0\r\n\rX', 'has a chunk or trailer line that does not end in CR LF'],
  ['0\r\nA: b\rC: d\r\n', 'has a chunk or trailer line that does not end in CR LF'],
  ['0\r\nA: b\n\r\n', 'has an invalid trailer field value'],
  // Extensions
  ['1;\r\n', 'has an invalid chunk extension'],
  ['1;;\r\n', 'has an invalid chunk extension'],
  ['1; a\r\n', 'has an invalid chunk extension'],
  ['1;=b\r\n', 'has an invalid chunk extension'],
  ['1;a=\r\n', 'has an invalid chunk extension'],
  ['1;a=;b\r\n', 'has an invalid chunk extension'],
  ['1;a==b\r\n', 'has an invalid chunk extension'],
  ['1;a =b\r\n', 'has an invalid chunk size line'],
  ['1;a= b\r\n', 'has an invalid chunk extension'],
  ['1;a\n', 'has an invalid chunk size line'],
  ['1;a=b\n', 'has an invalid chunk size line'],
  ['1;"a"\r\n', 'has an invalid chunk extension'],
  ['1;a=b"c"\r\n', 'has an invalid chunk size line'],
  ['1;a="b"c\r\n', 'has an invalid chunk size line'],
  ['1;a="b\r\n', 'has an invalid chunk extension'],
  ['1;a="b\\\r\n', 'has an invalid chunk extension'],
  ['1;a="\x00"\r\n', 'has an invalid chunk extension'],
  ['1;a\x00\r\n', 'has an invalid chunk size line'],
  ['1;\xe9\r\n', 'has an invalid chunk extension'],
  // Trailers
  ['0\r\n: b\r\n', 'has an invalid trailer field name'],
  ['0\r\nA\r\n', 'has an invalid trailer field name'],
  ['0\r\nA : b\r\n', 'has an invalid trailer field name'],
  ['0\r\n A: b\r\n', 'has an invalid trailer field name'],
  ['0\r\nA: b\r\n c\r\n', 'has an invalid trailer field name'],
  ['0\r\nA: \x00\r\n', 'has an invalid trailer field value'],
  ['0\r\nGET / HTTP/1.1\r\n', 'has an invalid trailer field name'],
  ['0\r\nA: b\r\nContent-Length: 5\r\n', 'has Content-Length in its trailers'],
  ['0\r\ntransfer-encoding: chunked\r\n', 'has transfer-encoding in its trailers'],
  ['0\r\nConnection: close\r\n', 'has Connection in its trailers'],
]

describe('a chunked body', () => {
  test.each(wellFormed)('%j has the content %j', (text, content) => {
    expect(take(chunked(), [text])).toEqual({ content, rest: '', done: true })
  })

  test.each(malformed)('%j is refused: the message %s', (text, sentence) => {
    expect(outcome(chunked, [text])).toBe(`400 ${sentence}`)
  })

  test('reads the same as in one piece, wherever it is cut in two', () => {
    for (const [text] of [...wellFormed, ...malformed])
      for (let cut = 1; cut < text.length; cut++)
        expect(outcome(chunked, [text.slice(0, cut), text.slice(cut)]), `${text} cut at ${cut}`).toEqual(
          outcome(chunked, [text]),
        )
  })

  test('reads the same as in one piece, byte by byte', () => {
    for (const [text] of [...wellFormed, ...malformed])
      expect(outcome(chunked, text.split('')), text).toEqual(outcome(chunked, [text]))
  })

  test('is not done before its last byte, and takes nothing after it', () => {
    for (const [text, content] of wellFormed) {
      expect(take(chunked(), [text.slice(0, -1)])).toEqual({ content, rest: '', done: false })
      expect(take(chunked(), [`${text}GET /next`])).toEqual({ content, rest: 'GET /next', done: true })
      expect(take(chunked(), [text, 'GET /next'])).toEqual({ content, rest: 'GET /next', done: true })
    }
  })

  test('is taken as it is where nobody wants its content', () => {
    for (const [text] of wellFormed) {
      const body = new ChunkedBody()
      expect(body.take(Buffer.from(text, 'latin1'), 0, text.length)).toBe(text.length)
      expect(body.done).toBe(true)
    }
  })

  test('gives its content in place, not copied', () => {
    const buffer = Buffer.from('5\r\nhello\r\n0\r\n\r\n')
    const pieces: unknown[] = []
    const body = new ChunkedBody()
    body.content = (...piece) => pieces.push(piece)
    body.take(buffer, 0, buffer.length)
    expect(pieces).toEqual([[buffer, 3, 8]])
    expect((pieces[0] as [Buffer])[0]).toBe(buffer)
  })

  test('may have chunks of up to 4 PiB', () => {
    expect(take(chunked(), ['fffffffffffff\r\nabc'])).toEqual({ content: 'abc', rest: '', done: false })
  })

  test('may have 4 KiB of extensions to every chunk', () => {
    const tooLong = '400 has chunk extensions of more than 4096 bytes'
    const line = (extensions: number) => `1;${'a'.repeat(extensions - 1)}\r\n`
    // Every chunk may have as many.
    expect(take(chunked(), [`${line(4096)}a\r\n${line(4096)}a\r\n0\r\n\r\n`])).toMatchObject({
      content: 'aa',
    })
    expect(outcome(chunked, [line(4097)])).toBe(tooLong)
    expect(outcome(chunked, [`1;a="${'b'.repeat(4096)}`])).toBe(tooLong)
    expect(outcome(chunked, [`1${';a=b'.repeat(1100)}`])).toBe(tooLong)
  })

  test('may have 4 KiB of trailers, the last empty line included', () => {
    const tooLong = '400 has trailers of more than 4096 bytes'
    const trailers = (length: number) => `0\r\nA: ${'a'.repeat(length - 7)}\r\n\r\n`
    expect(take(chunked(), [trailers(4096)])).toEqual({ content: '', rest: '', done: true })
    expect(take(chunked(), [trailers(4096).replace('0', `0;${'a'.repeat(4000)}`)])).toMatchObject({
      done: true,
    })
    expect(outcome(chunked, [trailers(4097)])).toBe(tooLong)
    expect(outcome(chunked, [`0\r\n${'a'.repeat(4097)}`])).toBe(tooLong)
    expect(outcome(chunked, [`0\r\n${'A: b\r\n'.repeat(683)}`])).toBe(tooLong)
  })
})

describe('a body with a length', () => {
  test('is as long as it says, however it comes', () => {
    for (const parts of [['hello'], ['hel', 'lo'], ['h', 'e', 'l', 'l', 'o']])
      expect(take(new LengthBody(5), parts)).toEqual({ content: 'hello', rest: '', done: true })
  })

  test('takes nothing after its end', () => {
    expect(take(new LengthBody(5), ['helloGET /'])).toEqual({ content: 'hello', rest: 'GET /', done: true })
    expect(take(new LengthBody(5), ['hello', 'GET /'])).toEqual({
      content: 'hello',
      rest: 'GET /',
      done: true,
    })
  })

  test('is not done before its last byte', () => {
    expect(take(new LengthBody(5), ['hell'])).toEqual({ content: 'hell', rest: '', done: false })
  })

  test('of more than 4 GiB counts on', () => {
    const body = new LengthBody(999_999_999_999_999)
    const piece = Buffer.alloc(1024)
    for (let i = 0; i < 1024; i++) expect(body.take(piece, 0, piece.length)).toBe(piece.length)
    expect(body.done).toBe(false)
  })
})

test('a body without a length goes on until the connection ends', () => {
  const body = new UntilCloseBody()
  expect(body.untilClose).toBe(true)
  expect(take(body, ['a', 'GET / HTTP/1.1\r\n\r\n'])).toEqual({
    content: 'aGET / HTTP/1.1\r\n\r\n',
    rest: '',
    done: false,
  })
})

test('no body takes nothing', () => {
  expect(noBody.done).toBe(true)
  expect(noBody.take(Buffer.from('GET /'), 0, 5)).toBe(0)
})
