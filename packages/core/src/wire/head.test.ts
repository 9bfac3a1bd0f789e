import { describe, expect, test } from 'vitest'
import { maxHeadBytes } from './head.js'
import { RequestHead } from './request-head.js'
import { ReplyHead } from './reply-head.js'
import { Http2Preface, Malformed } from './malformed.js'

type Kind = typeof RequestHead | typeof ReplyHead

/** Reads a head of which the parts arrive one by one, behind `start` other bytes. */
function readParts<K extends Kind>(Head: K, parts: readonly string[], start = 0): InstanceType<K> {
  const bytes = Buffer.from('x'.repeat(start) + parts.join(''), 'latin1')
  const head = new Head(bytes, start) as InstanceType<K>
  let limit = start
  for (const part of parts) {
    limit += part.length
    // The buffer grows as a reader's does: what has not come yet is not in it.
    if (head.read(Buffer.from(bytes.subarray(0, limit)), limit)) return head
  }
  return head
}

function refusal(Head: Kind, parts: readonly string[]): Malformed {
  try {
    readParts(Head, parts)
  } catch (error) {
    if (error instanceof Malformed) return error
    throw error
  }
  throw new Error('the head was taken')
}

const request = (...lines: string[]): RequestHead => readParts(RequestHead, [`${lines.join('\r\n')}\r\n\r\n`])
const reply = (...lines: string[]): ReplyHead => readParts(ReplyHead, [`${lines.join('\r\n')}\r\n\r\n`])

/** All that is known of a head, or why it is refused. */
function outcome(Head: Kind, parts: readonly string[], start = 0): unknown {
  try {
    const head = readParts(Head, parts, start)
    if (!head.complete) return 'incomplete'
    const { minor, contentLength, chunked, close, keepAlive } = head
    const common = { minor, contentLength, chunked, close, keepAlive }
    const text = head.bytes.toString('latin1')
    if (head instanceof ReplyHead) return { ...common, text, fields: [...head.fields()], status: head.status }
    const { method, target, host, upgrade, expectContinue, origin, fetchSite } = head
    const own = { method, target, host, upgrade, expectContinue, origin, fetchSite }
    return { ...common, text, fields: [...head.fields()], ...own }
  } catch (error) {
    if (error instanceof Malformed) return `${error.status} ${error.message}`
    throw error
  }
}

const host = 'GET / HTTP/1.1\r\nHost: a\r\n'
const ok = 'HTTP/1.1 200 OK\r\n'

const requests = [
  'GET /v1.45/containers/json?all=1 HTTP/1.1\r\nHost: api.moby.localhost\r\nUser-Agent: Docker-Client/26.1.5 (linux)\r\n\r\n',
  'POST /exec/1/start HTTP/1.1\r\nHost: \r\nConnection: Upgrade\r\nContent-Length: 2\r\nContent-Type: application/json\r\nUpgrade: tcp\r\n\r\n',
  'HEAD /_ping HTTP/1.0\r\n\r\n',
  'PUT /x HTTP/1.1\r\nhOsT:a\r\ntransfer-ENCODING:\t Chunked \r\nexpect: 100-Continue\r\nORIGIN: null\r\nSec-Fetch-Site: cross-site\r\nEmpty:\r\nB: \xe9 b\t c\r\n\r\n',
]

const replies = [
  'HTTP/1.1 200 OK\r\nApi-Version: 1.45\r\nContent-Length: 10\r\n\r\n',
  'HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
  'HTTP/1.0 404\r\nConnection: Keep-Alive\r\n\r\n',
  'HTTP/1.1 500 \r\n\r\n',
  'HTTP/1.1 599 \xe9t\xe9\tof it\r\n\r\n',
]

const refusedRequests: readonly (readonly [text: string, sentence: string])[] = [
  // The request line
  ['\r\nGET / HTTP/1.1\r\n', 'has an invalid method'],
  [' GET / HTTP/1.1\r\n', 'has an invalid method'],
  ['GE(T / HTTP/1.1\r\n', 'has an invalid method'],
  ['GET\t/ HTTP/1.1\r\n', 'has an invalid method'],
  ['G\xc9T / HTTP/1.1\r\n', 'has an invalid method'],
  ['\x16\x03\x01\x02\x00\x01\x00', 'has an invalid method'],
  ['GET  / HTTP/1.1\r\n', 'has a target that is not in origin form (a path)'],
  ['GET /a b HTTP/1.1\r\n', 'has a version other than HTTP/1.0 and HTTP/1.1'],
  ['GET /a\tb HTTP/1.1\r\n', 'has an invalid request line'],
  ['GET /\x00 HTTP/1.1\r\n', 'has an invalid request line'],
  ['GET /\x7f HTTP/1.1\r\n', 'has an invalid request line'],
  ['GET /caf\xc3\xa9 HTTP/1.1\r\n', 'has an invalid request line'],
  ['GET /\r\n', 'has an invalid request line'],
  ['GET /\n', 'has an invalid request line'],
  ['GET / \r\n', 'has a version other than HTTP/1.0 and HTTP/1.1'],
  ['GET / HTTP/1.1 \r\n', 'has an invalid request line'],
  ['GET / HTTP/1.1\n', 'has an invalid request line'],
  ['GET / HTTP/1.1\rX', 'has a CR without LF in its head'],
  ['GET / HTTP/1.1\r\r\n', 'has a CR without LF in its head'],
  ['GET / HTTP/0.9\r\n', 'has a version other than HTTP/1.0 and HTTP/1.1'],
  ['GET / HTTP/1.2\r\n', 'has a version other than HTTP/1.0 and HTTP/1.1'],
  ['GET / HTTP/1.10\r\n', 'has a version other than HTTP/1.0 and HTTP/1.1'],
  ['GET / HTTP/2.0\r\n', 'has a version other than HTTP/1.0 and HTTP/1.1'],
  ['GET / http/1.1\r\n', 'has a version other than HTTP/1.0 and HTTP/1.1'],
  ['GET / ICE/1.0\r\n', 'has a version other than HTTP/1.0 and HTTP/1.1'],
  ['GET http://a/ HTTP/1.1\r\n', 'has a target that is not in origin form (a path)'],
  ['GET a HTTP/1.1\r\n', 'has a target that is not in origin form (a path)'],
  ['OPTIONS * HTTP/1.1\r\n', 'has a target that is not in origin form (a path)'],
  ['CONNECT a:80 HTTP/1.1\r\n', 'has a target that is not in origin form (a path)'],
  ['CONNECT /a HTTP/1.1\r\n', 'has the method CONNECT'],
  // Fields
  [`${host} B: b\r\n`, 'has a folded field line'],
  [`${host}\tb\r\n`, 'has a folded field line'],
  ['GET / HTTP/1.1\r\n Host: a\r\n', 'has a folded field line'],
  [`${host}B : b\r\n`, 'has white space before the colon of a field'],
  [`${host}B\t: b\r\n`, 'has white space before the colon of a field'],
  [`${host}B b: b\r\n`, 'has white space before the colon of a field'],
  [`${host}: b\r\n`, 'has an invalid field name'],
  [`${host}B\r\n`, 'has an invalid field name'],
  [`${host}B(b): b\r\n`, 'has an invalid field name'],
  [`${host}B\x00: b\r\n`, 'has an invalid field name'],
  [`${host}\xe9: b\r\n`, 'has an invalid field name'],
  [`${host}B: b\x00\r\n`, 'has a control character in a field value'],
  [`${host}B: \x1b[2J\r\n`, 'has a control character in a field value'],
  [`${host}B: \x7f\r\n`, 'has a control character in a field value'],
  [`${host}B: b\n`, 'has a line that ends in LF without CR'],
  [`${host}B\n`, 'has a line that ends in LF without CR'],
  [`${host}\n`, 'has a line that ends in LF without CR'],
  [`${host}B: b\rC: c\r\n`, 'has a CR without LF in its head'],
  [`${host}B: b\r\r\n`, 'has a CR without LF in its head'],
  [`${host}\rX`, 'has a CR without LF in its head'],
  // Host
  ['GET / HTTP/1.1\r\n\r\n', 'has no Host'],
  [`${host}host: a\r\n\r\n`, 'has more than one Host'],
  ['GET / HTTP/1.0\r\nHost:\r\nHost:\r\n\r\n', 'has more than one Host'],
]

/** Where a body ends is said alike in requests and replies. */
const refusedFraming: readonly (readonly [text: string, sentence: string])[] = [
  [
    'Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    'has both Content-Length and Transfer-Encoding',
  ],
  [
    'transfer-encoding: chunked\r\ncontent-length: 0\r\n\r\n',
    'has both Content-Length and Transfer-Encoding',
  ],
  ['Content-Length: 1\r\ncontent-length: 1\r\n', 'has more than one Content-Length'],
  ['Content-Length: 1\r\nContent-Length: 2\r\n', 'has more than one Content-Length'],
  ['Content-Length: 1, 1\r\n', 'has a Content-Length that is no decimal number'],
  ['Content-Length: +1\r\n', 'has a Content-Length that is no decimal number'],
  ['Content-Length: -1\r\n', 'has a Content-Length that is no decimal number'],
  ['Content-Length: 0x1\r\n', 'has a Content-Length that is no decimal number'],
  ['Content-Length: 1 1\r\n', 'has a Content-Length that is no decimal number'],
  ['Content-Length: \xb2\r\n', 'has a Content-Length that is no decimal number'],
  ['Content-Length: 1\t\r\n', 'has a Content-Length that is no decimal number'],
  ['Content-Length: 1 \t \r\n', 'has a Content-Length that is no decimal number'],
  ['Content-Length:\r\n', 'has a Content-Length that is no length'],
  ['Content-Length: 1000000000000000\r\n', 'has a Content-Length that is no length'],
  ['Transfer-Encoding:\r\n', 'has a Transfer-Encoding other than a single "chunked"'],
  ['Transfer-Encoding: gzip\r\n', 'has a Transfer-Encoding other than a single "chunked"'],
  ['Transfer-Encoding: identity\r\n', 'has a Transfer-Encoding other than a single "chunked"'],
  ['Transfer-Encoding: gzip, chunked\r\n', 'has a Transfer-Encoding other than a single "chunked"'],
  ['Transfer-Encoding: chunked, chunked\r\n', 'has a Transfer-Encoding other than a single "chunked"'],
  ['Transfer-Encoding: chunked;q=1\r\n', 'has a Transfer-Encoding other than a single "chunked"'],
  ['Transfer-Encoding: "chunked"\r\n', 'has a Transfer-Encoding other than a single "chunked"'],
  ['Transfer-Encoding: chunked\t\r\n', 'has a Transfer-Encoding other than a single "chunked"'],
  ['Transfer-Encoding: chunked \t \r\n', 'has a Transfer-Encoding other than a single "chunked"'],
  ['Transfer-Encoding: \xa0chunked\r\n', 'has a Transfer-Encoding other than a single "chunked"'],
  [
    'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n',
    'has a Transfer-Encoding other than a single "chunked"',
  ],
  [
    'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n',
    'has a Transfer-Encoding other than a single "chunked"',
  ],
]

const refusedReplies: readonly (readonly [text: string, sentence: string])[] = [
  ['HTTP/1.2 200 OK\r\n', 'has a version other than HTTP/1.0 and HTTP/1.1'],
  ['HTTP/2.0 200 OK\r\n', 'has a version other than HTTP/1.0 and HTTP/1.1'],
  ['SSH-2.0-OpenSSH_9.2\r\n', 'has a version other than HTTP/1.0 and HTTP/1.1'],
  ['HTTP/1.1\t200 OK\r\n', 'has an invalid status line'],
  ['HTTP/1.1 2000 OK\r\n', 'has an invalid status line'],
  ['HTTP/1.1 200\tOK\r\n', 'has an invalid status line'],
  ['HTTP/1.1 200 O\x00K\r\n', 'has an invalid status line'],
  ['HTTP/1.1 200 OK\n', 'has an invalid status line'],
  ['HTTP/1.1  200 OK\r\n', 'has an invalid status code'],
  ['HTTP/1.1 20x OK\r\n', 'has an invalid status code'],
  ['HTTP/1.1 099 OK\r\n', 'has an invalid status code'],
  ['HTTP/1.1 200 OK\rX', 'has a CR without LF in its head'],
  [`${ok}B : b\r\n`, 'has white space before the colon of a field'],
  [`${ok}B: b\r\n c\r\n`, 'has a folded field line'],
  [`${ok}B: \x00\r\n`, 'has a control character in a field value'],
  [`${ok}\n`, 'has a line that ends in LF without CR'],
]

describe('a request', () => {
  test('is read as it was written', () => {
    const head = readParts(RequestHead, [requests[3]!])
    expect(head).toMatchObject({
      method: 'PUT',
      target: '/x',
      host: 'a',
      minor: 1,
      chunked: true,
      contentLength: -1,
      expectContinue: true,
      origin: true,
      fetchSite: 'cross-site',
      upgrade: false,
    })
    expect([...head.fields()]).toEqual([
      ['hOsT', 'a'],
      ['transfer-ENCODING', 'Chunked'],
      ['expect', '100-Continue'],
      ['ORIGIN', 'null'],
      ['Sec-Fetch-Site', 'cross-site'],
      ['Empty', ''],
      ['B', '\xe9 b\t c'],
    ])
    expect(head.bytes.toString('latin1')).toBe(requests[3])
  })

  test('gives the first field of a name, in any case', () => {
    const head = request('GET / HTTP/1.1', 'Host: a', 'ACCEPT: b', 'Accept: c')
    expect(head.get('accept')).toBe('b')
    expect(head.get('origin')).toBeUndefined()
  })

  test('may have any method that is a token', () => {
    expect(request("m-search!#$%&'*+.^_`|~0 / HTTP/1.1", 'Host: a').method).toBe("m-search!#$%&'*+.^_`|~0")
  })

  test('may have an empty Host, as the 20.10 CLI sends it', () => {
    expect(request('GET / HTTP/1.1', 'Host:').host).toBe('')
  })

  test('needs no Host in HTTP/1.0', () => {
    expect(request('GET / HTTP/1.0').host).toBeUndefined()
  })

  test('may be followed by more', () => {
    const text = `${requests[0]!}GET /next`
    const head = readParts(RequestHead, [text])
    expect(head.bytes.toString('latin1')).toBe(requests[0])
  })

  test('keeps its connection as version and Connection say', () => {
    const persistent = (version: string, ...connection: string[]) =>
      request(`GET / ${version}`, 'Host: a', ...connection.map((value) => `Connection: ${value}`)).persistent
    expect(persistent('HTTP/1.1')).toBe(true)
    expect(persistent('HTTP/1.1', 'close')).toBe(false)
    expect(persistent('HTTP/1.1', 'Upgrade ,\tCLOSE ')).toBe(false)
    expect(persistent('HTTP/1.1', 'Upgrade', 'close')).toBe(false)
    expect(persistent('HTTP/1.1', 'closed, un close, "close"')).toBe(true)
    expect(persistent('HTTP/1.1', 'a, \xa0close')).toBe(true)
    expect(persistent('HTTP/1.0')).toBe(false)
    expect(persistent('HTTP/1.0', 'Keep-Alive')).toBe(true)
    expect(persistent('HTTP/1.0', 'a,keep-alive,b')).toBe(true)
    expect(persistent('HTTP/1.0', 'keep-alive', 'close')).toBe(false)
  })

  test('announces a body of up to 999 TB', () => {
    const length = (value: string) =>
      request('PUT / HTTP/1.1', 'Host: a', `Content-Length: ${value}`).contentLength
    expect(length('0')).toBe(0)
    expect(length('007')).toBe(7)
    expect(length('\t 10 ')).toBe(10)
    expect(length('999999999999999')).toBe(999_999_999_999_999)
  })

  test.each(refusedRequests)('%j is refused: it %s', (text, sentence) => {
    expect(refusal(RequestHead, [text])).toMatchObject({ message: sentence, status: 400 })
  })

  test.each(refusedFraming)('with %j is refused: it %s', (text, sentence) => {
    expect(refusal(RequestHead, [host + text])).toMatchObject({ message: sentence, status: 400 })
  })

  test('with a Transfer-Encoding in HTTP/1.0 is refused: the engine ignores it there', () => {
    const text = 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n'
    expect(refusal(RequestHead, [text])).toMatchObject({
      message: 'has a Transfer-Encoding in HTTP/1.0',
      status: 400,
    })
  })

  test('that is HTTP/2 with prior knowledge is refused as such', () => {
    const error = refusal(RequestHead, ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'])
    expect(error).toBeInstanceOf(Http2Preface)
    expect(error).toMatchObject({
      message: 'is HTTP/2 with prior knowledge, which is not supported: use HTTP/1.1',
      status: 505,
    })
  })
})

describe('a reply', () => {
  test('is read as it was written', () => {
    const head = reply('HTTP/1.1 404 Not Found', 'Content-Length: 3', 'Connection: close')
    expect(head).toMatchObject({ status: 404, minor: 1, contentLength: 3, chunked: false, persistent: false })
  })

  test('may have any reason, or none', () => {
    expect(reply('HTTP/1.1 200').status).toBe(200)
    expect(reply('HTTP/1.1 200 ').status).toBe(200)
    expect(reply('HTTP/1.1 999 \xe9 \t!').status).toBe(999)
  })

  test.each(refusedReplies)('%j is refused: it %s', (text, sentence) => {
    expect(refusal(ReplyHead, [text])).toMatchObject({ message: sentence, status: 400 })
  })

  test.each(refusedFraming)('with %j is refused: it %s', (text, sentence) => {
    expect(refusal(ReplyHead, [ok + text])).toMatchObject({ message: sentence, status: 400 })
  })
})

describe('a head that comes in pieces', () => {
  const all: (readonly [Kind, string])[] = [
    ...requests.map((text) => [RequestHead, text] as const),
    ...replies.map((text) => [ReplyHead, text] as const),
    ...refusedRequests.map(([text]) => [RequestHead, text] as const),
    ...refusedFraming.map(([text]) => [RequestHead, host + text] as const),
    ...refusedReplies.map(([text]) => [ReplyHead, text] as const),
  ]

  test('reads the same as in one, wherever it is cut in two', () => {
    for (const [Head, text] of all) {
      const whole = outcome(Head, [text])
      for (let cut = 1; cut < text.length; cut++)
        expect(outcome(Head, [text.slice(0, cut), text.slice(cut)]), `${text} cut at ${cut}`).toEqual(whole)
    }
  })

  test('reads the same as in one, byte by byte', () => {
    for (const [Head, text] of all) expect(outcome(Head, text.split('')), text).toEqual(outcome(Head, [text]))
  })

  test('reads the same behind other bytes', () => {
    for (const [Head, text] of all) {
      expect(outcome(Head, [text], 9)).toEqual(outcome(Head, [text]))
      expect(outcome(Head, text.split(''), 9)).toEqual(outcome(Head, [text]))
    }
  })

  test('is complete with its last byte, and not before', () => {
    for (const [Head, text] of [
      ...requests.map((r) => [RequestHead, r] as const),
      ...replies.map((r) => [ReplyHead, r] as const),
    ]) {
      expect(readParts(Head, [text.slice(0, -1)]).complete).toBe(false)
      expect(readParts(Head, [text]).complete).toBe(true)
    }
  })

  test.each(['target', 'name', 'value'])(
    'is read once: a long %s costs as much byte by byte as in one',
    (part) => {
      const long = 'a'.repeat(maxHeadBytes - 100)
      const text = {
        target: `GET /${long} HTTP/1.1\r\nHost: a\r\n\r\n`,
        name: `GET / HTTP/1.1\r\nHost: a\r\n${long}: a\r\n\r\n`,
        value: `GET / HTTP/1.1\r\nHost: a\r\nA: ${long}\r\n\r\n`,
      }[part]!
      const bytes = Buffer.from(text)
      const head = new RequestHead(bytes, 0)
      // Read anew with every byte, this would take an hour.
      for (let limit = 1; limit < bytes.length; limit++) head.read(bytes, limit)
      expect(head.read(bytes, bytes.length)).toBe(true)
    },
  )
})

describe('a head is at most as long as the engine takes it', () => {
  const tooLong = { message: 'has a head of more than 1052672 bytes', status: 431 }
  const filled = (length: number): string => {
    const [before, after] = [`${host}X-Registry-Config: `, '\r\n\r\n']
    return before + 'a'.repeat(length - before.length - after.length) + after
  }

  test('1 MiB and 4 KiB are taken, however they come', () => {
    expect(maxHeadBytes).toBe(1024 * 1024 + 4096)
    for (const length of [maxHeadBytes - 1, maxHeadBytes]) {
      const text = filled(length)
      expect(readParts(RequestHead, [text]).bytes.length).toBe(length)
      expect(readParts(RequestHead, [text], 5).bytes.length).toBe(length)
      expect(readParts(RequestHead, [text.slice(0, -1), '\n']).bytes.length).toBe(length)
    }
  })

  test('one byte more is 431, however it comes', () => {
    const text = filled(maxHeadBytes + 1)
    expect(refusal(RequestHead, [text])).toMatchObject(tooLong)
    expect(refusal(RequestHead, [text.slice(0, -1), '\n'])).toMatchObject(tooLong)
    expect(refusal(RequestHead, [text.slice(0, 20), text.slice(20)])).toMatchObject(tooLong)
  })

  test('a body behind it does not count', () => {
    const text = filled(maxHeadBytes)
    expect(readParts(RequestHead, [`${text}body`]).bytes.length).toBe(maxHeadBytes)
  })

  test('one that does not end is refused as soon as it is too long', () => {
    for (const begun of ['A', 'GET /', host, `${host}A`, `${host}A:`]) {
      const held = begun + 'a'.repeat(maxHeadBytes - begun.length)
      expect(readParts(RequestHead, [held]).complete).toBe(false)
      expect(refusal(RequestHead, [held, 'a'])).toMatchObject(tooLong)
    }
  })
})
