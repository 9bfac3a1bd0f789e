import { once } from 'node:events'
import { connect, constants } from 'node:http2'
import { duplexPair } from 'node:stream'
import { expect, test } from 'vitest'
import { refuseHttp2 } from './http2-refusal.js'

test('an HTTP/2 client fails with the reason: it is to use HTTP/1.1', async () => {
  const [client, server] = duplexPair()
  const session = connect('http://docker', { createConnection: () => client })
  try {
    const refused = once(session, 'goaway')
    const failed = once(session, 'error')
    server.once('data', () => server.write(refuseHttp2()))
    const [code, lastStream, reason] = (await refused) as [number, number, Buffer]
    expect(code).toBe(constants.NGHTTP2_HTTP_1_1_REQUIRED)
    expect(lastStream, 'no stream was looked at: all can be sent again').toBe(0)
    expect(reason.toString()).toBe('use HTTP/1.1')
    expect(await failed).toMatchObject([{ message: `Session closed with error code ${code}` }])
  } finally {
    session.destroy()
    server.destroy()
  }
})

test('the refusal is an empty SETTINGS frame and a GOAWAY frame', () => {
  expect(refuseHttp2().toString('latin1')).toBe(
    '\0\0\0\x04\0\0\0\0\0' + '\0\0\x14\x07\0\0\0\0\0' + '\0\0\0\0' + '\0\0\0\x0d' + 'use HTTP/1.1',
  )
})
