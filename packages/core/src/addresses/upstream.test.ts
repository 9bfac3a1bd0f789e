import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { certificates, RecordedSocket, recordingUpstream, temporaryFolder } from '@intermediate/testing'
import { describe, expect, test } from 'vitest'
import { bind } from './listen.js'
import { resolveUpstream } from './upstream.js'
import type { Upstream, UpstreamOptions } from './upstream.js'

async function connected({ connect, connectEvent }: Upstream): Promise<RecordedSocket> {
  const socket = connect()
  await once(socket, connectEvent)
  return new RecordedSocket(socket)
}

const refusal = (message: string) =>
  expect.objectContaining({ code: 'ERR_CONFIGURATION', message: expect.stringContaining(message) })

describe('an upstream', () => {
  test.each(['unix', 'tcp'] as const)('over %s keeps both directions apart', async (listen) => {
    await using engine = await recordingUpstream(undefined, { listen })
    const upstream = await resolveUpstream(engine.address, {})
    expect(upstream).toMatchObject({
      name: engine.address,
      source: 'the upstream option',
      connectEvent: 'connect',
    })
    await using client = await connected(upstream)
    await using server = await engine.connection(0)
    await server.send('output')
    await server.end()
    await client.ended()
    await client.send('input after the end of output')
    await server.until('input after the end of output')
  })

  test('over TLS keeps both directions apart, and shows its certificate', async () => {
    await using pem = await certificates()
    const { ca, cert, key } = pem
    await using engine = await recordingUpstream(undefined, { tls: { ca, cert, key } })
    const address = engine.address.replace('127.0.0.1', 'localhost')
    const own = { cert: pem.clientCert, key: pem.clientKey }
    const upstream = await resolveUpstream({ address, tls: { ca, ...own } }, {})
    expect(upstream).toMatchObject({ name: address, connectEvent: 'secureConnect' })
    await using client = await connected(upstream)
    await using server = await engine.connection(0)
    expect(server.socket).toMatchObject({ authorized: true, servername: 'localhost' })
    await server.send('output')
    await server.end()
    await client.ended()
    await client.send('input after the end of output')
    await server.until('input after the end of output')
  })

  test('by address has its certificate checked against the address, and is sent no name', async () => {
    await using pem = await certificates()
    await using engine = await recordingUpstream(undefined, { tls: { cert: pem.cert, key: pem.key } })
    const upstream = await resolveUpstream({ address: engine.address, tls: { ca: pem.ca } }, {})
    await using client = await connected(upstream)
    await using server = await engine.connection(0)
    expect(server.socket).toMatchObject({ servername: false })
    await client.send('hello')
  })

  test('with a certificate of another authority is an error, unless nothing is verified', async () => {
    await using pem = await certificates()
    await using engine = await recordingUpstream(undefined, {
      tls: { cert: pem.foreignCert, key: pem.foreignKey },
    })
    const { address } = engine
    const strict = await resolveUpstream({ address, tls: { ca: pem.ca } }, {})
    await expect(connected(strict)).rejects.toThrow('unable to verify the first certificate')
    const unknown = await resolveUpstream({ address, tls: {} }, {})
    await expect(connected(unknown)).rejects.toThrow('unable to verify the first certificate')
    const lax = await resolveUpstream({ address, tls: { verify: false } }, {})
    await using client = await connected(lax)
    await client.send('hello')
  })

  test('whose certificate is for another name is an error', async () => {
    await using pem = await certificates()
    const engine = await bind(
      { address: 'tcp://127.0.0.2:0', tls: { cert: pem.cert, key: pem.key } },
      (socket) =>
        socket
          .on('error', () => {})
          .resume()
          .end(),
    )
    const upstream = await resolveUpstream({ address: engine.address, tls: { ca: pem.ca } }, {})
    await expect(connected(upstream)).rejects.toThrow("IP: 127.0.0.2 is not in the cert's list: 127.0.0.1")
    await engine.stop()
  })

  test('that is not there is an error of the connection, not of finding it', async () => {
    await using folder = await temporaryFolder()
    const upstream = await resolveUpstream(`unix://${folder.file('none.sock')}`, {})
    await expect(connected(upstream)).rejects.toThrow('ENOENT')
  })

  test('by name is tried at all of its addresses', async () => {
    await using engine = await recordingUpstream(undefined, { listen: 'tcp' })
    await using client = await connected(
      await resolveUpstream(engine.address.replace('127.0.0.1', 'localhost'), {}),
    )
    await client.send('hello')
    await (await engine.connection(0)).until('hello')
  })
})

describe('the port of an upstream', () => {
  test('is 2375, as docker has it, with its TLS variables too; and 2376 with TLS files of its own', async () => {
    await using pem = await certificates()
    const env = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: pem.clientFolder }
    const name = async (option: string | UpstreamOptions, given = {}) =>
      (await resolveUpstream(option, given)).name
    expect(await name('tcp://host')).toBe('tcp://host:2375')
    expect(await name('tcp://')).toBe('tcp://localhost:2375')
    expect(await name('tcp://[::1]:')).toBe('tcp://[::1]:2375')
    expect(await name('tcp://host', env)).toBe('tcp://host:2375')
    expect(await name({ address: 'tcp://host' })).toBe('tcp://host:2375')
    expect(await name({ address: 'tcp://host', tls: {} })).toBe('tcp://host:2376')
    expect(await name({ address: 'tcp://host:1', tls: {} })).toBe('tcp://host:1')
  })

  test('is not 0', async () => {
    await expect(resolveUpstream('tcp://host:0', {})).rejects.toThrow(
      refusal('In the upstream option, "tcp://host:0" has port 0: name the port of the upstream.'),
    )
    await expect(resolveUpstream('tcp://host:0', {})).rejects.toMatchObject({
      option: { name: 'upstream', value: 'tcp://host:0' },
    })
  })
})

describe('a setting that has a name', () => {
  test('is called so', async () => {
    const named = (address: string) => resolveUpstream({ address, source: '--upstream' }, {})
    expect(await named('tcp://host')).toMatchObject({ name: 'tcp://host:2375', source: '--upstream' })
    await expect(named('engine')).rejects.toThrow(refusal('In --upstream, "engine" is not an address'))
    await expect(named('tcp://host:0')).rejects.toThrow(refusal('In --upstream, "tcp://host:0" has port 0'))
  })
})

describe('TLS', () => {
  test('that docker’s variables ask for is spoken to any TCP upstream, and to no socket', async () => {
    await using pem = await certificates()
    const env = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: pem.clientFolder }
    const event = async (option: string | UpstreamOptions) =>
      (await resolveUpstream(option, env)).connectEvent
    expect(await event('tcp://host')).toBe('secureConnect')
    expect(await event({ address: 'tcp://host' })).toBe('secureConnect')
    expect(await event('unix:///run/docker.sock')).toBe('connect')
  })

  test('of an option replaces what the variables say', async () => {
    const env = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nowhere' }
    const upstream = await resolveUpstream({ address: 'tcp://host', tls: {} }, env)
    expect(upstream.connectEvent).toBe('secureConnect')
  })

  test('names each file that is not right', async () => {
    await using pem = await certificates()
    await using folder = await temporaryFolder()
    const junk = folder.file('junk.pem')
    writeFileSync(junk, 'junk')
    const { ca, clientCert: cert, clientKey: key, key: otherKey } = pem
    const encrypted = folder.file('encrypted.pem')
    writeFileSync(
      encrypted,
      '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n',
    )
    const none = join(folder.path, 'none.pem')
    const cases: [UpstreamOptions['tls'], string][] = [
      [{ ca: none }, `The TLS file ${none} cannot be read (ENOENT): check its path and its permissions.`],
      [
        { ca: folder.path },
        `The TLS file ${folder.path} cannot be read (EISDIR): check its path and its permissions.`,
      ],
      [{ ca: junk }, `The TLS file ${junk} holds no PEM certificate: give one that does.`],
      [{ cert: junk, key }, `The TLS file ${junk} holds no PEM certificate: give one that does.`],
      [{ cert, key: junk }, `The TLS file ${junk} holds no PEM private key: give one that does.`],
      [{ cert, key: ca }, `The TLS file ${ca} holds no PEM private key: give one that does.`],
      [
        { cert, key: encrypted },
        `The TLS key ${encrypted} is encrypted, which docker clients do not read either: decrypt`,
      ],
      [
        { cert, key: otherKey },
        `The TLS key ${otherKey} does not belong to the certificate ${cert}: give the two that do.`,
      ],
      [{ ca, cert }, `The TLS file ${cert} needs the other half: give both cert and key.`],
      [{ ca, key }, `The TLS file ${key} needs the other half: give both cert and key.`],
    ]
    for (const [tls = {}, message] of cases) {
      await expect(resolveUpstream({ address: 'tcp://host', tls }, {})).rejects.toThrow(refusal(message))
    }
  })
})

describe('an upstream that cannot be', () => {
  test.each([
    [
      'ssh://me@far',
      'In the upstream option, "ssh://me@far" is not supported yet: forward the remote socket with',
    ],
    [
      { address: 'unix:///a', tls: {} },
      'In the upstream option, "unix:///a" has tls, which is for tcp:// addresses',
    ],
    [{ address: 'tcp://a', tsl: {} }, 'The upstream has no option tsl: use one of address, tls, source.'],
    [{ address: 'tcp://a', tls: { crt: '' } }, 'tls has no option crt: use one of ca, cert, key, verify.'],
    [
      `unix:///${'x'.repeat(107)}`,
      'has 108 bytes, and that of a unix socket at most 107: choose a shorter one.',
    ],
    ['', 'In the upstream option, "" is not an address: write unix:///path/to.sock'],
  ])('%j is refused', async (option, message) => {
    await expect(resolveUpstream(option as UpstreamOptions, {})).rejects.toThrow(refusal(message))
  })
})
