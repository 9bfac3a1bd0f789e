import { once } from 'node:events'
import { connect as connectHttp2, constants } from 'node:http2'
import { connect } from 'node:net'
import { answer } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { ok, ping } from './docker-calls.js'
import { everyWay, setUp } from './matrix.js'
import { received, sendInPieces } from './refusal.js'

/** What begins HTTP/2 with prior knowledge (RFC 9113 section 3.4), and the client's first frame: empty SETTINGS. */
const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0'

/** An empty SETTINGS frame, and a GOAWAY of stream 0 with HTTP_1_1_REQUIRED and a reason. */
const refusal = '\0\0\0\x04\0\0\0\0\0' + '\0\0\x14\x07\0\0\0\0\0' + '\0\0\0\0' + '\0\0\0\x0d' + 'use HTTP/1.1'

describe.each(everyWay)('HTTP/2 over $transport with $stack', (way) => {
  it('is refused in its own words, and the engine sees nothing', async () => {
    await using to = await setUp(way, answer(ok))
    await using first = await to.client()
    await first.send(preface)
    expect((await first.closed()).toString('latin1')).toBe(refusal)
    await using cut = await to.client()
    await sendInPieces(cut, preface)
    expect((await cut.closed()).toString('latin1')).toBe(refusal)
    await using second = await to.client()
    await second.send(ping + preface)
    expect((await second.response()).raw.toString()).toBe(ok)
    expect((await second.closed()).toString('latin1')).toBe(refusal)
    expect(received(to)).toEqual([ping])
  })
})

describe('an HTTP/2 client', () => {
  it('fails with the reason, and may send its calls again another way', async () => {
    await using to = await setUp({ transport: 'unix', stack: 'no layer' }, answer(ok))
    const path = to.listening.addresses[0]!.slice('unix://'.length)
    const session = connectHttp2('http://docker', { createConnection: () => connect(path) })
    session.on('error', () => {})
    try {
      const call = session.request({ ':path': '/_ping' })
      const failed = once(call, 'error').then(([error]) => error as Error, String)
      const [code, lastStream, reason] = (await once(session, 'goaway')) as [number, number, Buffer]
      expect(code).toBe(constants.NGHTTP2_HTTP_1_1_REQUIRED)
      expect(lastStream).toBe(0)
      expect(reason.toString()).toBe('use HTTP/1.1')
      call.close()
      await failed
    } finally {
      session.destroy()
    }
    expect(to.upstream.connections).toHaveLength(0)
  })
})
