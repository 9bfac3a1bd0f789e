import { describe, expect, test } from 'vitest'
import { crlf } from './crlf.js'
import { recordingUpstream } from './recording-upstream.js'
import type { Script } from './scripts.js'
import { transcript } from './transcript.js'

/** Sends these bytes as they are to whoever connects, and ends. */
function say(bytes: string): Script {
  return async function say(connection) {
    await connection.send(bytes)
    await connection.end()
  }
}

describe('a response', () => {
  test('with a length', async () => {
    const bytes = crlf`
      HTTP/1.1 404 Not Found
      Content-Type: application/json
      content-length: 2

      {}`
    await using upstream = await recordingUpstream(say(`${bytes}HTTP/1.1 200`))
    await using client = await transcript(upstream.address)
    const response = await client.response()
    expect(response.status).toBe(404)
    expect(response.startLine).toBe('HTTP/1.1 404 Not Found')
    expect(response.headers).toEqual([
      ['Content-Type', 'application/json'],
      ['content-length', '2'],
    ])
    expect(response.header('Content-Length')).toBe('2')
    expect(String(response.body)).toBe('{}')
    expect(String(response.raw)).toBe(bytes)
    expect(String(await client.ended())).toBe('HTTP/1.1 200')
  })

  test('in chunks, with extensions and trailers', async () => {
    const bytes = crlf`
      HTTP/1.1 200 OK
      Transfer-Encoding: chunked

      5;ext=1
      hello
      A
       to\x00 you\r\n
      0
      Checksum: abc

    `
    await using upstream = await recordingUpstream(say(bytes))
    await using client = await transcript(upstream.address)
    const { body, trailers, raw } = await client.response()
    expect(String(body)).toBe('hello to\0 you\r\n')
    expect(trailers).toEqual([['Checksum', 'abc']])
    expect(String(raw)).toBe(bytes)
  })

  test('to the end of the connection', async () => {
    await using upstream = await recordingUpstream(say('HTTP/1.0 200 OK\r\n\r\neverything'))
    await using client = await transcript(upstream.address)
    expect(String((await client.response()).body)).toBe('everything')
  })

  test('without a body: 1xx, 204, 304, and the answer to HEAD', async () => {
    await using upstream = await recordingUpstream(
      say(
        ['100 Continue', '204 No Content', '304 Not Modified', '200 OK']
          .map((status) => `HTTP/1.1 ${status}\r\nContent-Length: 9\r\n\r\n`)
          .join(''),
      ),
    )
    await using client = await transcript(upstream.address)
    expect((await client.response()).status).toBe(100)
    expect((await client.response()).status).toBe(204)
    expect((await client.response()).status).toBe(304)
    expect((await client.response({ head: true })).status).toBe(200)
    expect(client.unread).toHaveLength(0)
  })

  test('that is cut short fails with what came', async () => {
    await using upstream = await recordingUpstream(say('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort'))
    await using client = await transcript(upstream.address)
    await expect(client.response()).rejects.toThrow(
      /^the peer ended its side before 9 bytes; received 43 bytes:/,
    )
  })

  test('that is late points at the line that waited', async () => {
    await using upstream = await recordingUpstream()
    await using client = await transcript(upstream.address)
    const error = await client.response({ deadline: 10 }).catch((reason: unknown) => reason)
    expect((error as Error).stack?.split('\n')[1]).toContain('http-message.test.ts')
  })

  test('with a wrong chunk size says so', async () => {
    await using upstream = await recordingUpstream(
      say('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'),
    )
    await using client = await transcript(upstream.address)
    await expect(client.response()).rejects.toThrow('"xyz" is no chunk size.')
  })
})

describe('a request is read leniently', () => {
  test.each([
    ['without framing', 'GET /a HTTP/1.1\r\n\r\n', ''],
    ['with bare LFs', 'POST /a HTTP/1.1\nContent-Length: 2\n\nhi', 'hi'],
    ['with two lengths', 'POST /a HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 9\r\n\r\nhi', 'hi'],
    [
      'with a length and chunks',
      'POST /a HTTP/1.1\r\nContent-Length: 9\r\nTransfer-Encoding: x, chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n',
      'hi',
    ],
  ])('%s', async (_, bytes, body) => {
    await using upstream = await recordingUpstream()
    await using client = await transcript(upstream.address)
    await client.send(`${bytes}NEXT`)
    const request = await (await upstream.connection(0)).request()
    expect(request).toMatchObject({ target: '/a', raw: Buffer.from(bytes), body: Buffer.from(body) })
    expect(upstream.requests).toEqual([request])
  })
})
