import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { certificates } from './certificates.js'
import { makeCertificates } from './make-certificates.js'
import { answer } from './scripts.js'
import { crlf } from './crlf.js'
import { recordingUpstream } from './recording-upstream.js'
import { exchange, transcript } from './transcript.js'

const ping = crlf`
  GET /_ping HTTP/1.1
  Host: docker
`
const ok = crlf`
  HTTP/1.1 200 OK
  Content-Length: 0
`

test('the server is good for localhost and the loopback addresses', async () => {
  await using certs = await certificates()
  const server = new X509Certificate(readFileSync(certs.cert))
  expect(server.checkHost('localhost')).toBe('localhost')
  expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1')
  expect(server.checkIP('::1')).toBe('::1')
  expect(server.verify(new X509Certificate(readFileSync(certs.ca)).publicKey)).toBe(true)
})

test('the foreign certificate is signed by another authority', async () => {
  await using certs = await certificates()
  const foreign = new X509Certificate(readFileSync(certs.foreignCert))
  expect(foreign.verify(new X509Certificate(readFileSync(certs.ca)).publicKey)).toBe(false)
})

test('the client folder holds what the docker CLI looks for', async () => {
  await using certs = await certificates()
  expect(readdirSync(certs.clientFolder).toSorted()).toEqual(['ca.pem', 'cert.pem', 'key.pem'])
})

test('a server that asks for a certificate takes the client’s, and refuses the foreign one and none', async () => {
  await using certs = await certificates()
  const { ca, cert, key, clientCert, clientKey, foreignCert, foreignKey } = certs
  await using upstream = await recordingUpstream(answer(ok), { tls: { ca, cert, key } })

  await using client = await transcript(upstream.address, { tls: { ca, cert: clientCert, key: clientKey } })
  await client.send(ping)
  expect((await client.response()).status).toBe(200)

  for (const tls of [{ ca }, { ca, cert: foreignCert, key: foreignKey }]) {
    expect(await exchange(upstream.address, ping, { tls })).toBe('')
  }
  expect(upstream.connections).toHaveLength(1)
  expect(upstream.failedHandshakes).toHaveLength(2)
})

test('a client refuses the foreign server, unless it does not verify', async () => {
  await using certs = await certificates()
  const { ca, foreignCert: cert, foreignKey: key } = certs
  await using upstream = await recordingUpstream(answer(ok), { tls: { cert, key } })
  await expect(transcript(upstream.address, { tls: { ca } })).rejects.toThrow(
    'unable to verify the first certificate',
  )
  await using client = await transcript(upstream.address, { tls: { ca, verify: false } })
  await client.send(ping)
  expect((await client.response()).status).toBe(200)
})

test('every call has its own folder, which is removed, with the same certificates', async () => {
  const one = await certificates()
  await using two = await certificates()
  expect(readFileSync(one.cert)).toEqual(readFileSync(two.cert))
  await one[Symbol.asyncDispose]()
  expect(existsSync(one.cert)).toBe(false)
  expect(existsSync(two.cert)).toBe(true)
})

test('a machine without openssl is told to install it', async () => {
  vi.stubEnv('PATH', '/nowhere')
  try {
    await expect(makeCertificates()).rejects.toThrow(
      'Certificates for tests are made by the openssl command, which is not on PATH: install openssl.',
    )
  } finally {
    vi.unstubAllEnvs()
  }
})
