import { EventEmitter, on, once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { RecordedSocket, transcript } from '@intermediate/testing'
import { describe, expect, test } from 'vitest'
import { bind } from './listen.js'
import type { ListenOptions } from './listen.js'

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

const refusal = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

describe('a TCP address', () => {
  test('with port 0 is shown with the port that it got', async () => {
    await using bound = await listen({ address: 'tcp://127.0.0.1:0' })
    expect(bound).toMatchObject({ tcp: true, tls: false, hosts: [] })
    expect(bound.address).toMatch(/^tcp:\/\/127\.0\.0\.1:[1-9]\d*$/)
    await using client = await transcript(bound.address)
    await using server = await bound.nextConnection()
    await client.send('input')
    await client.end()
    await server.ended()
    await server.send('output')
    await client.until('output')
  })

  test.each([
    ['tcp://:0', /^tcp:\/\/127\.0\.0\.1:\d+$/],
    ['tcp://localhost:0', /^tcp:\/\/127\.0\.0\.1:\d+$/],
    ['tcp://127.3.2.1:0', /^tcp:\/\/127\.3\.2\.1:\d+$/],
    ['tcp://[::1]:0', /^tcp:\/\/\[::1\]:\d+$/],
    ['tcp://[0:0:0:0:0:0:0:1]:0', /^tcp:\/\/\[0:0:0:0:0:0:0:1\]:\d+$/],
    ['tcp://[::ffff:127.0.0.1]:0', /^tcp:\/\/\[::ffff:127\.0\.0\.1\]:\d+$/],
  ])('%s is loopback', async (address, shown) => {
    await using bound = await listen({ address })
    expect(bound.address).toMatch(shown)
    await using client = await transcript(bound.address)
    await client.send('hello')
  })

  test.each([
    'tcp://0.0.0.0:0',
    'tcp://[::]:0',
    'tcp://192.0.2.1:0',
    'tcp://[::ffff:192.0.2.1]:0',
    'tcp://0:0',
  ])('%s is refused without client certificates', async (address) => {
    await expect(listen({ address })).rejects.toThrow(
      refusal(
        'ERR_CONFIGURATION',
        ' is refused, since whoever reaches it controls the engine: ' +
          'give tls with ca, cert and key so that clients need a certificate, or allow it with insecure.',
      ),
    )
  })

  test('beyond loopback can be allowed', async () => {
    await using bound = await listen({ address: 'tcp://0.0.0.0:0', insecure: true })
    expect(bound.address).toMatch(/^tcp:\/\/0\.0\.0\.0:\d+$/)
  })

  test('that is taken is an error', async () => {
    await using first = await listen({ address: 'tcp://127.0.0.1:0' })
    await expect(listen({ address: first.address })).rejects.toThrow(
      refusal(
        'ERR_LISTEN',
        `${first.address} is already in use: stop what listens there, or listen on another port`,
      ),
    )
  })

  test('that is not of this machine is an error', async () => {
    await expect(listen({ address: 'tcp://203.0.113.1:0', insecure: true })).rejects.toThrow(
      refusal('ERR_LISTEN', 'tcp://203.0.113.1:0 is no address of this machine: listen on one that is'),
    )
  })

  test('whose name has no address is an error', async () => {
    await expect(listen({ address: 'tcp://no-such-name.invalid:0' })).rejects.toThrow(
      refusal(
        'ERR_CONFIGURATION',
        'The name no-such-name.invalid has no address here: listen on an IP address',
      ),
    )
  })

  test('may be called by the names that were configured', async () => {
    await using bound = await listen({
      address: 'tcp://LocalHost:0',
      hosts: ['Docker.Example.com.', '*.lan'],
    })
    expect(bound.hosts).toEqual(['docker.example.com', '*.lan', 'localhost'])
    for (const name of ['docker.example.com:2375', 'http://docker.example.com', '*', '', 'a..b']) {
      await expect(listen({ address: 'tcp://127.0.0.1:0', hosts: [name] })).rejects.toThrow(
        refusal('ERR_CONFIGURATION', `"${name}" in hosts is no host name: write it without scheme and port`),
      )
    }
  })

  test('stops at once, leaves its place free, and its connections alone', async () => {
    await using bound = await listen({ address: 'tcp://127.0.0.1:0' })
    await using client = await transcript(bound.address)
    await using server = await bound.nextConnection()
    await bound.stop()
    await expect(transcript(bound.address)).rejects.toThrow('ECONNREFUSED')
    const next = createServer().listen(Number(new URL(bound.address).port), '127.0.0.1')
    await once(next, 'listening')
    expect((next.address() as AddressInfo).port).toBe(Number(new URL(bound.address).port))
    next.close()
    await client.send('ping')
    await server.until('ping')
  })
})

describe('options that mean nothing for an address', () => {
  test.each([
    [
      { address: 'tcp://127.0.0.1:0', mode: 0o600 },
      '"tcp://127.0.0.1:0" has no file: leave out mode and group.',
    ],
    [
      { address: 'tcp://127.0.0.1:0', group: 0 },
      '"tcp://127.0.0.1:0" has no file: leave out mode and group.',
    ],
    [{ address: 'unix:///a', tls: {} }, '"unix:///a" is no tcp:// address: leave out tls and hosts.'],
    [{ address: 'unix:///a', hosts: [] }, '"unix:///a" is no tcp:// address: leave out tls and hosts.'],
    [
      { address: 'npipe:////./pipe/a', mode: 0o600 },
      '"npipe:////./pipe/a" is no unix socket: leave out mode and',
    ],
    [
      { address: 'unix:///a', mode: 0o1777 },
      'The mode 1023 is none of a socket: give one from 0 to 0o777, such as 0o660.',
    ],
    [
      { address: 'unix:///a', mod: 0o600 },
      'An address to listen on has no option mod: use one of address, tls, ',
    ],
    [{ address: 'tcp://127.0.0.1:0', tls: { crt: 'a' } }, 'tls has no option crt: use one of ca, cert, key.'],
  ])('%j is refused', async (options, message) => {
    await expect(listen(options as ListenOptions)).rejects.toThrow(refusal('ERR_CONFIGURATION', message))
  })

  test.each([
    [
      { address: 'tcp://:0', hosts: ['https://a'] },
      { name: 'hosts', value: 'https://a' },
    ],
    [{ address: 'tcp://0.0.0.0:0' }, { name: 'insecure', value: 'tcp://0.0.0.0:0' }],
    [{ address: 'unix:///a', mode: 0o1777 }, undefined],
  ])('are told apart for those who have other names for them: %j', async (options, option) => {
    await expect(listen(options)).rejects.toThrow(expect.objectContaining({ option }))
  })

  test('a pipe is for Windows', async ({ skip }) => {
    skip(process.platform === 'win32', 'it is Windows')
    await expect(listen({ address: 'npipe:////./pipe/a' })).rejects.toThrow(
      refusal(
        'ERR_CONFIGURATION',
        '"npipe:////./pipe/a" works on Windows only: use unix:///path/to.sock here.',
      ),
    )
  })
})
