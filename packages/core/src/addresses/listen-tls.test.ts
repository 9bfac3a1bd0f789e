import { EventEmitter, on, once } from 'node:events'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { certificates, RecordedSocket, transcript } from '@intermediate/testing'
import { describe, expect, test } from 'vitest'
import { bind } from './listen.js'
import type { ListenOptions } from './listen.js'
import { readTlsFiles } from './tls-files.js'
import { acceptTls } from './tls-server.js'

async function listen(options: ListenOptions) {
  const sockets = new EventEmitter()
  const connections = on(sockets, 'connection') as AsyncIterator<[RecordedSocket]>
  const bound = await bind(options, (socket) =>
    sockets.emit('connection', new RecordedSocket(socket.resume())),
  )
  return {
    ...bound,
    nextConnection: async () => (await connections.next()).value[0] as RecordedSocket,
    [Symbol.asyncDispose]: () => bound.stop(),
  }
}

const portOf = (address: string) => Number(/\d+$/.exec(address)?.[0])

describe('a TLS listener', () => {
  test('keeps both directions apart', async () => {
    await using pem = await certificates()
    await using bound = await listen({ address: 'tcp://127.0.0.1:0', tls: { cert: pem.cert, key: pem.key } })
    expect(bound).toMatchObject({ tcp: true, tls: true })
    await using client = await transcript(bound.address, { tls: { ca: pem.ca } })
    await using server = await bound.nextConnection()
    await client.send('input')
    await client.end()
    expect((await server.ended()).toString()).toBe('input')
    await server.send('output after the end of input')
    await server.end()
    expect((await client.ended()).toString()).toBe('output after the end of input')
  })

  test('is shown with the name that clients will check, and may be called by those in its certificate', async () => {
    await using pem = await certificates()
    const { cert, key } = pem
    await using bound = await listen({
      address: 'tcp://localhost:0',
      tls: { cert, key },
      hosts: ['docker.lan'],
    })
    expect(bound.address).toMatch(/^tcp:\/\/localhost:\d+$/)
    expect(bound.hosts).toEqual(['docker.lan', 'localhost'])
    await using client = await transcript(bound.address, { tls: { ca: pem.ca } })
    await client.send('hello')
  })

  test('with a ca, hands over none but clients whose certificate descends from it', async () => {
    await using pem = await certificates()
    const { ca, cert, key } = pem
    await using bound = await listen({ address: 'tcp://127.0.0.1:0', tls: { ca, cert, key } })
    for (const own of [{}, { cert: pem.foreignCert, key: pem.foreignKey }]) {
      // With TLS 1.3 the client is done before the server has judged it.
      const refused = await transcript(bound.address, { tls: { ca, ...own } }).catch(() => undefined)
      await refused?.closed()
    }
    await using client = await transcript(bound.address, {
      tls: { ca, cert: pem.clientCert, key: pem.clientKey },
    })
    await using server = await bound.nextConnection()
    await client.send('the only one')
    await server.until('the only one')
  })

  test('beyond loopback is allowed with a ca, and refused without', async () => {
    await using pem = await certificates()
    const { ca, cert, key } = pem
    await using bound = await listen({ address: 'tcp://0.0.0.0:0', tls: { ca, cert, key } })
    expect(bound.tls).toBe(true)
    await expect(listen({ address: 'tcp://0.0.0.0:0', tls: { cert, key } })).rejects.toThrow(
      'tcp://0.0.0.0:0 is refused, since whoever reaches it controls the engine: give tls with ca, cert and key',
    )
    await using allowed = await listen({ address: 'tcp://0.0.0.0:0', tls: { cert, key }, insecure: true })
    expect(allowed.tls).toBe(true)
  })

  test('needs a certificate and its key', async () => {
    await using pem = await certificates()
    const address = 'tcp://127.0.0.1:0'
    await expect(listen({ address, tls: {} })).rejects.toThrow(
      'To listen with TLS on tcp://127.0.0.1:0, give both cert and key.',
    )
    await expect(listen({ address, tls: { ca: pem.ca } })).rejects.toThrow('give both cert and key.')
    await expect(listen({ address, tls: { key: pem.key } })).rejects.toThrow(
      `The TLS file ${pem.key} needs the other half: give both cert and key.`,
    )
  })

  test('survives every broken handshake', async () => {
    await using pem = await certificates()
    await using bound = await listen({ address: 'tcp://127.0.0.1:0', tls: { cert: pem.cert, key: pem.key } })
    const port = portOf(bound.address)

    const plain = connect(port).on('error', () => {})
    plain.resume().write('GET /_ping HTTP/1.1\r\nHost: a\r\n\r\n')
    await once(plain, 'close')

    const reset = connect(port)
    await once(reset, 'connect')
    reset.resetAndDestroy()

    const halfway = connect(port)
    halfway.write(Buffer.from('1603010200010001fc0303', 'hex'))
    await once(halfway, 'connect')
    halfway.destroy()

    const distrusting = connectTls({ port, ca: [], rejectUnauthorized: true })
    await once(distrusting, 'error')

    const old = connectTls({ port, maxVersion: 'TLSv1.1', minVersion: 'TLSv1', rejectUnauthorized: false })
    await once(old, 'error')

    await using client = await transcript(bound.address, { tls: { ca: pem.ca } })
    await client.send('hello')
  })

  test('stops with those that have not finished their handshake, and leaves others alone', async () => {
    await using pem = await certificates()
    await using bound = await listen({ address: 'tcp://127.0.0.1:0', tls: { cert: pem.cert, key: pem.key } })
    await using client = await transcript(bound.address, { tls: { ca: pem.ca } })
    await using server = await bound.nextConnection()
    const halfway = connect(portOf(bound.address))
    await once(halfway, 'connect')
    // Accepted in order: who comes after it is handed over after it.
    await using later = await transcript(bound.address, { tls: { ca: pem.ca } })
    await using accepted = await bound.nextConnection()
    await bound.stop()
    await once(halfway.resume(), 'close')
    await client.send('ping')
    await server.until('ping')
    await later.send('ping')
    await accepted.until('ping')
  })
})

describe('the time for a handshake', () => {
  test('is for all of it, however slowly it goes on', async () => {
    await using pem = await certificates()
    const handedOver: unknown[] = []
    const { server } = acceptTls(
      await readTlsFiles({ cert: pem.cert, key: pem.key }),
      (socket) => handedOver.push(socket),
      300,
    )
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const [silent, slow] = [connect(server.address() as never), connect(server.address() as never)]
    slow.on('error', () => {})
    let sent = 0
    const hello = Buffer.alloc(517)
    hello.set(Buffer.from('1603010200010001fc0303', 'hex'))
    const trickle = setInterval(() => slow.write(hello.subarray(sent, ++sent)), 10)
    await Promise.all([once(silent.resume(), 'close'), once(slow.resume(), 'close')])
    clearInterval(trickle)
    expect(sent).toBeGreaterThan(11)
    expect(handedOver).toEqual([])
    server.close()
    await once(server, 'close')
  })

  test('no longer counts when it is done', async () => {
    await using pem = await certificates()
    const handedOver = new EventEmitter()
    const { server } = acceptTls(
      await readTlsFiles({ cert: pem.cert, key: pem.key }),
      (socket) => handedOver.emit('connection', new RecordedSocket(socket.resume())),
      1_000,
    )
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const next = once(handedOver, 'connection')
    const address = `tcp://127.0.0.1:${(server.address() as { port: number }).port}`
    await using client = await transcript(address, { tls: { ca: pem.ca } })
    await using accepted = (await next)[0] as RecordedSocket
    const late = connect(server.address() as never)
    // It is connected after the other, so when its time is over, so would the other's be.
    await once(late.resume(), 'close')
    await client.send('still here')
    await accepted.until('still here')
    server.close()
  })
})
