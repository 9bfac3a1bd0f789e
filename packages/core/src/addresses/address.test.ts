import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { formatAddress, parseAddress } from './address.js'

describe('an address', () => {
  test.each([
    ['unix:///run/docker.sock', { scheme: 'unix', path: '/run/docker.sock' }],
    ['unix:///a%20b/c d.sock', { scheme: 'unix', path: '/a%20b/c d.sock' }],
    ['unix://here.sock', { scheme: 'unix', path: join(process.cwd(), 'here.sock') }],
    ['npipe:////./pipe/docker_engine', { scheme: 'npipe', path: '//./pipe/docker_engine' }],
    ['npipe://\\\\.\\pipe\\docker_engine', { scheme: 'npipe', path: '//./pipe/docker_engine' }],
    ['tcp://127.0.0.1:2375', { scheme: 'tcp', host: '127.0.0.1', port: 2375 }],
    ['tcp://engine.example.com', { scheme: 'tcp', host: 'engine.example.com', port: undefined }],
    ['tcp://my_service:1/', { scheme: 'tcp', host: 'my_service', port: 1 }],
    ['tcp://:0', { scheme: 'tcp', host: '', port: 0 }],
    ['tcp://host:', { scheme: 'tcp', host: 'host', port: undefined }],
    ['tcp://[::1]:2375', { scheme: 'tcp', host: '::1', port: 2375 }],
    ['tcp://[fe80::1%25eth0]:2375', { scheme: 'tcp', host: 'fe80::1%eth0', port: 2375 }],
    [' tcp://host:1\n', { scheme: 'tcp', host: 'host', port: 1 }],
  ])('%j is read as %j', (text, address) => {
    expect(parseAddress(text)).toEqual(address)
  })

  test.each([
    'unix:///run/docker.sock',
    'npipe:////./pipe/docker_engine',
    'tcp://127.0.0.1:2375',
    'tcp://[::1]:2375',
    'tcp://[fe80::1%25eth0]:2375',
    'tcp://engine.example.com',
    'tcp://:2375',
  ])('%s is written as it is read', (text) => {
    expect(formatAddress(parseAddress(text))).toBe(text)
  })

  test('is refused in the name of the setting that holds it, if that is given', () => {
    expect(() => parseAddress('foo', '--listen')).toThrow(
      /^In --listen, "foo" is not an address: write unix:/,
    )
    expect(parseAddress('unix:///s', '--listen')).toEqual({ scheme: 'unix', path: '/s' })
  })

  test.each([
    ['', '"" is not an address: write unix:///path/to.sock, tcp://host:port or npipe:////./pipe/name.'],
    ['localhost:2375', '"localhost:2375" is not an address: write unix:///path/to.sock, tcp://'],
    ['/run/docker.sock', '"/run/docker.sock" is not an address: write unix:///path/to.sock'],
    ['TCP://host:1', '"TCP://host:1" is not an address'],
    ['ssh://me@far', '"ssh://me@far" is not supported yet: forward the remote socket with "ssh -nNT -L '],
    ['fd://', '"fd://" is not supported yet: name the socket itself'],
    ['http://h:2375', '"http://h:2375" is not supported: write tcp://h:2375.'],
    ['https://h:2376', '"https://h:2376" is not supported: write tcp://h:2376, and give the TLS files.'],
    ['unix://', '"unix://" names no socket file: write unix:///path/to.sock.'],
    ['unix://@abstract', '"unix://@abstract" names no socket file'],
    ['unix:///a\0b', 'names no socket file'],
    ['unix:///a\nb', 'is not an address'],
    ['npipe://docker_engine', '"npipe://docker_engine" names no pipe: write npipe:////./pipe/name.'],
    [
      'tcp://::1:2375',
      '"tcp://::1:2375" is ambiguous: write an IPv6 address in brackets, as in tcp://[::1]:2375.',
    ],
    ['tcp://h:1/v1.41', '"tcp://h:1/v1.41" has a path, which is not supported: write tcp://host:port only.'],
    ['tcp://h:99999', '"tcp://h:99999" has a port past 65535: write a smaller one.'],
    ['tcp://h:x', '"tcp://h:x" is not a TCP address: write tcp://host:port, as in tcp://127.0.0.1:2375.'],
    ['tcp://h:-1', '"tcp://h:-1" is not a TCP address'],
    ['tcp://u@h:1', '"tcp://u@h:1" is not a TCP address'],
    ['tcp://[h]:1', '"tcp://[h]:1" is not a TCP address'],
    ['tcp://a%2eb:1', '"tcp://a%2eb:1" is not a TCP address'],
    ['tcp://h:1?x', '"tcp://h:1?x" is not a TCP address'],
  ])('%j is refused', (text, message) => {
    expect(() => parseAddress(text)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIGURATION', message: expect.stringContaining(message) }),
    )
  })
})
