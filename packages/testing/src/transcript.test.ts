import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { certificates } from './certificates.js'
import { addressOf } from './endpoint.js'
import { recordingUpstream } from './recording-upstream.js'
import { exchange, transcript } from './transcript.js'

test('an exchange gives all bytes until the peer closes', async () => {
  await using upstream = await recordingUpstream(async (connection) => {
    await connection.until('question')
    await connection.send('answer \xff')
    connection.destroy()
  })
  expect(await exchange(upstream.address, 'question')).toBe('answer \xff')
})

test('a peer may close before it has read everything', async () => {
  await using upstream = await recordingUpstream(async (connection) => {
    connection.pause()
    await connection.send('HTTP/1.1 431 \r\n\r\n')
    await connection.end()
    connection.destroy()
  })
  expect(await exchange(upstream.address, Buffer.alloc(10_000_000))).toBe('HTTP/1.1 431 \r\n\r\n')
})

test('connects to IPv6', async () => {
  const server = createServer((socket) => socket.end('six')).listen({ host: '::1', port: 0 })
  await once(server, 'listening')
  expect(addressOf(server)).toMatch(/^tcp:\/\/\[::1\]:\d+$/)
  expect(await exchange(addressOf(server), '')).toBe('six')
  server.close()
})

test('what is no address is refused with a sentence', async () => {
  for (const address of ['/run/docker.sock', 'tcp://localhost', 'http://localhost:1', 'unix://relative']) {
    await expect(transcript(address)).rejects.toThrow(
      `"${address}" is no address: write unix:///path or tcp://host:port.`,
    )
  }
})

test('a server that never shakes hands is left at the deadline', async () => {
  await using certs = await certificates()
  await using upstream = await recordingUpstream(undefined, { listen: 'tcp' })
  await expect(transcript(upstream.address, { deadline: 50, tls: { ca: certs.ca } })).rejects.toThrow(
    `waited 0.05 s for secureConnect to ${upstream.address}`,
  )
  await (await upstream.connection(0)).closed()
})

test('a server that speaks no TLS fails the handshake', async () => {
  await using certs = await certificates()
  await using upstream = await recordingUpstream(
    async (connection) => connection.send('HTTP/1.1 400 \r\n\r\n'),
    {
      listen: 'tcp',
    },
  )
  await expect(transcript(upstream.address, { tls: { ca: certs.ca } })).rejects.toThrow(
    /wrong version number/i,
  )
})

test('ALPN is offered when asked for', async () => {
  await using certs = await certificates()
  await using upstream = await recordingUpstream(undefined, { tls: { cert: certs.cert, key: certs.key } })
  await using client = await transcript(upstream.address, { tls: { ca: certs.ca, alpn: ['http/1.1'] } })
  expect(client.socket).toHaveProperty('alpnProtocol', false)
})
