import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { certificates } from './certificates.js'
import { crlf } from './crlf.js'
import { recordingUpstream } from './recording-upstream.js'
import { answer, answerEarly, closeMidReply, echoTunnel, endless, stall } from './scripts.js'
import { exchange, transcript } from './transcript.js'

const ping = crlf`
  GET /_ping HTTP/1.1
  Host: docker
`
const ok = crlf`
  HTTP/1.1 200 OK
  Content-Length: 2

  OK`
const build = crlf`
  POST /build HTTP/1.1
  Host: docker
  Content-Length: 100000
`

describe('an upstream', () => {
  test('keeps what each connection received, byte by byte, after it is over', async () => {
    await using upstream = await recordingUpstream()
    for (const bytes of ['first', 'second \0\xff']) {
      await using client = await transcript(upstream.address)
      await client.send(bytes)
      await client.end()
      await client.closed()
    }
    expect(upstream.connections.map(({ receivedText }) => receivedText)).toEqual(['first', 'second \0\xff'])
    expect(upstream.connections.map(({ isEnded, isClosed }) => [isEnded, isClosed])).toEqual([
      [true, true],
      [true, true],
    ])
  })

  test('waits for a connection, and says when there is none', async () => {
    await using upstream = await recordingUpstream()
    const second = upstream.connection(1)
    await using one = await transcript(upstream.address)
    await using two = await transcript(upstream.address)
    await Promise.all([one.send('one'), two.send('two')])
    await (await second).until('two')
    await expect(upstream.connection(2, { deadline: 20 })).rejects.toThrow(
      `waited 0.02 s for connection 2 to ${upstream.address}; there were 2`,
    )
  })

  test('throws what its script threw, when it is disposed, and closes the connection', async () => {
    const upstream = await recordingUpstream(async (connection) => {
      expect(await connection.head()).toContain('Authorization')
    })
    expect(await exchange(upstream.address, ping)).toBe('')
    await expect(upstream[Symbol.asyncDispose]()).rejects.toThrow("to contain 'Authorization'")
  })

  test('counts it as no failure when the client leaves', async () => {
    await using upstream = await recordingUpstream(async (connection) => {
      await connection.head()
    })
    await using client = await transcript(upstream.address)
    await client.send('GET /')
    client.destroy()
    await (await upstream.connection(0)).ended()
  })

  test.each(['unix', 'tcp'] as const)('goes away and comes back, over %s', async (listen) => {
    await using upstream = await recordingUpstream(answer(ok), { listen })
    await using client = await transcript(upstream.address)
    upstream.stop()
    await expect(transcript(upstream.address)).rejects.toThrow(/ENOENT|ECONNREFUSED/)
    await client.send(ping)
    expect((await client.response()).status).toBe(200)
    const { address } = upstream
    await upstream.listen(address)
    await using again = await transcript(address)
    await again.send(ping)
    expect((await again.response()).status).toBe(200)
  })

  test('resets as soon as it is connected', async () => {
    await using certs = await certificates()
    const { ca, cert, key } = certs
    await using upstream = await recordingUpstream(async (connection) => connection.reset(), {
      tls: { cert, key },
    })
    await expect(exchange(upstream.address, ping, { tls: { ca } })).resolves.toBe('')
    await (await upstream.connection(0)).closed()
  })

  test('leaves nothing behind, not even where a handshake hangs', async () => {
    await using certs = await certificates()
    const unix = await recordingUpstream(stall())
    const tls = await recordingUpstream(stall(), { tls: { cert: certs.cert, key: certs.key } })
    await using client = await transcript(unix.address)
    await using silent = await transcript(tls.address)
    await unix[Symbol.asyncDispose]()
    await tls[Symbol.asyncDispose]()
    await Promise.all([client.closed(), silent.closed()])
    expect(existsSync(unix.address.slice('unix://'.length))).toBe(false)
    await expect(transcript(tls.address)).rejects.toThrow('ECONNREFUSED')
  })
})

describe('a script', () => {
  test('answers each request on one connection', async () => {
    await using upstream = await recordingUpstream(
      answer(({ target }) => ok.replace('OK\r\n', `OK\r\nX: ${target}\r\n`)),
    )
    await using client = await transcript(upstream.address)
    await client.send(
      ping +
        crlf`
      POST /auth HTTP/1.1
      Transfer-Encoding: chunked

      2
      {}
      0

    ` +
        ping,
    )
    const targets = [await client.response(), await client.response(), await client.response()]
    expect(targets.map(({ header }) => header('x'))).toEqual(['/_ping', '/auth', '/_ping'])
    await client.end()
    await client.closed()
    expect(upstream.requests.map(({ method, body }) => `${method} ${String(body)}`)).toEqual([
      'GET ',
      'POST {}',
      'GET ',
    ])
  })

  test('answers early, while the body is still coming', async () => {
    await using upstream = await recordingUpstream(answerEarly(ok))
    await using client = await transcript(upstream.address)
    await client.send(build)
    expect((await client.response()).status).toBe(200)
    await client.send('the rest')
    await (await upstream.connection(0)).until('the rest')
  })

  test('stalls: what is sent stays in the buffers', async () => {
    await using upstream = await recordingUpstream(stall())
    await using client = await transcript(upstream.address)
    await client.send(build)
    await expect(client.send(Buffer.alloc(30_000_000), { deadline: 200 })).rejects.toThrow(
      'bytes to be taken',
    )
  })

  test('closes in the middle of a reply', async () => {
    await using upstream = await recordingUpstream(closeMidReply(ok.slice(0, -1)))
    await using client = await transcript(upstream.address)
    await client.send(ping)
    await expect(client.response()).rejects.toThrow('the peer ended its side before 2 bytes')
    await client.gone()
  })

  test('sends without end, as fast as the client reads', async () => {
    await using upstream = await recordingUpstream(endless('HTTP/1.1 200 OK\r\n\r\n', Buffer.alloc(65_536)))
    await using client = await transcript(upstream.address)
    await client.send(ping)
    await client.bytes(5_000_000)
    client.destroy()
    await (await upstream.connection(0)).closed()
  })

  test('opens a tunnel, echoes, and ends when the client has ended', async () => {
    await using upstream = await recordingUpstream(echoTunnel({ last: 'after' }))
    await using client = await transcript(upstream.address)
    await client.send(crlf`
      POST /exec/1/start HTTP/1.1
      Connection: Upgrade
      Upgrade: tcp
      Content-Length: 2

      {}`)
    const opened = await client.response()
    expect([opened.status, opened.header('upgrade')]).toEqual([101, 'tcp'])
    await client.send('in and out, ')
    await client.until('out, ')
    await client.send('again, ')
    await client.end()
    expect(String(await client.ended())).toBe('again, after')
  })
})
