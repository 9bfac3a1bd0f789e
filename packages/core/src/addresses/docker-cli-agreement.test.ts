import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import { certificates, temporaryFolder } from '@intermediate/testing'
import type { Certificates, TemporaryFolder } from '@intermediate/testing'
import { describe, expect, test } from 'vitest'
import { readTlsFiles } from './tls-files.js'
import { resolveUpstream } from './upstream.js'
import type { Upstream } from './upstream.js'

const program = process.env.DOCKER || 'docker'
const run = promisify(execFile)
const version = await run(program, ['--version']).then(
  ({ stdout }) => Number(/\d+/.exec(stdout)?.[0]),
  () => 0,
)
// Older ones take an empty DOCKER_HOST for one that is set.
const isThere = version >= 26
if (!isThere && process.env.INTERMEDIATE_REQUIRE_ENGINES === '1')
  throw new Error('There is no docker CLI from 26 on.')

/** What either finds in a configuration of the docker CLI, and in variables that are set besides. */
class Configuration {
  readonly folder: TemporaryFolder
  readonly variables: NodeJS.ProcessEnv

  constructor(folder: TemporaryFolder, variables: NodeJS.ProcessEnv = {}) {
    this.folder = folder
    this.variables = variables
  }

  get env(): NodeJS.ProcessEnv {
    return { PATH: process.env.PATH, DOCKER_CONFIG: this.folder.path, ...this.variables }
  }

  with(variables: NodeJS.ProcessEnv): Configuration {
    return new Configuration(this.folder, variables)
  }

  async docker(...args: string[]): Promise<string> {
    return (await run(program, args, { env: this.env, timeout: 20_000 })).stdout.trim()
  }

  addContext(name: string, settings: string): Promise<string> {
    return this.docker('context', 'create', name, '--docker', settings)
  }

  /** The address that the CLI would call; the platform's socket is not spelled out for a context. */
  async theirs(): Promise<string> {
    const address = await this.docker('context', 'inspect', '--format', '{{.Endpoints.docker.Host}}')
    return address.replace(/\/$/, '') || 'unix:///var/run/docker.sock'
  }

  async ours(): Promise<string> {
    return (await resolveUpstream(undefined, this.env)).name
  }
}

async function expectAgreement(configuration: Configuration): Promise<void> {
  expect(await configuration.ours()).toBe(await configuration.theirs())
}

describe.skipIf(!isThere)(
  `the upstream by default and that of the docker CLI (skipped without one from 26 on)`,
  () => {
    test.each([
      'unix:///run/a.sock',
      'unix://',
      ' unix:///run/a.sock ',
      ' ',
      '',
      'tcp://host:1',
      'tcp://host',
      'tcp://host:',
      'tcp://host:1/',
      'tcp://',
      'tcp://:1',
      'tcp://[::1]:1',
      'tcp://[::1]:',
      'host:1',
      'host',
      ':1',
    ])('are at the same address for DOCKER_HOST=%j', async (DOCKER_HOST) => {
      await using folder = await temporaryFolder()
      await expectAgreement(new Configuration(folder, { DOCKER_HOST }))
    })

    test('are both refused for a DOCKER_HOST that is no address', async () => {
      await using folder = await temporaryFolder()
      for (const DOCKER_HOST of [
        'http://host:1',
        'TCP://host:1',
        'tcp://host:x',
        'tcp://[::1',
        'nothing://',
      ]) {
        const configuration = new Configuration(folder, { DOCKER_HOST })
        await expect(configuration.theirs(), DOCKER_HOST).rejects.toThrow()
        await expect(configuration.ours(), DOCKER_HOST).rejects.toThrow(
          `In DOCKER_HOST, "${DOCKER_HOST}" is not`,
        )
      }
    })

    test('follow the same settings in the same order', async () => {
      await using folder = await temporaryFolder()
      const configuration = new Configuration(folder)
      await expectAgreement(configuration)
      await configuration.addContext('one', 'host=unix:///one.sock')
      await configuration.addContext('Two.+_-2', 'host=tcp://two:2')
      await configuration.addContext('hostless', 'skip-tls-verify=true')
      const variables: NodeJS.ProcessEnv[] = [
        {},
        { DOCKER_CONTEXT: 'Two.+_-2' },
        { DOCKER_CONTEXT: 'hostless' },
        { DOCKER_CONTEXT: 'default' },
        { DOCKER_CONTEXT: '' },
        { DOCKER_HOST: '', DOCKER_CONTEXT: 'Two.+_-2' },
        { DOCKER_HOST: ' ', DOCKER_CONTEXT: 'Two.+_-2' },
        { DOCKER_HOST: 'tcp://host:1', DOCKER_CONTEXT: 'Two.+_-2' },
      ]
      for (const current of ['one', 'default', 'Two.+_-2']) {
        await configuration.docker('context', 'use', current)
        for (const each of variables) await expectAgreement(configuration.with(each))
      }
      await configuration.docker('context', 'rm', '--force', 'one')
      const gone = configuration.with({ DOCKER_CONTEXT: 'one' })
      await expect(gone.theirs()).rejects.toThrow('context "one"')
      await expect(gone.ours()).rejects.toThrow('The docker context "one" is not in')
    })

    test('are at the same address where only TLS was asked for', async () => {
      await using pem = await certificates()
      await using folder = await temporaryFolder()
      const DOCKER_CERT_PATH = pem.clientFolder
      await expectAgreement(new Configuration(folder, { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH }))
      await expectAgreement(new Configuration(folder, { DOCKER_TLS: '1', DOCKER_CERT_PATH }))
      await expectAgreement(
        new Configuration(folder, { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH, DOCKER_HOST: 'tcp://h' }),
      )
    })

    test('speak TLS alike', async () => {
      await using pem = await certificates()
      await using folder = await temporaryFolder()
      const configuration = new Configuration(folder)
      const clients = pem.clientFolder
      const caOnly = folder.file('ca-only')
      const noKey = folder.file('no-key')
      for (const copy of [caOnly, noKey]) cpSync(clients, copy, { recursive: true })
      for (const file of [`${caOnly}/cert.pem`, `${caOnly}/key.pem`, `${noKey}/key.pem`]) rmSync(file)

      const outcomes = new Set<string>()
      for (const kind of ['ours', 'foreign'] as const) {
        await using engine = await observer(pem, kind)
        const host = `host=tcp://127.0.0.1:${engine.port}`
        const files = `ca=${clients}/ca.pem,cert=${clients}/cert.pem`
        await configuration.addContext(`${kind}-plain`, host)
        await configuration.addContext(`${kind}-ca`, `${host},ca=${clients}/ca.pem`)
        await configuration.addContext(`${kind}-no-key`, `${host},${files}`)
        await configuration.addContext(
          `${kind}-all`,
          `host=tcp://localhost:${engine.port},${files},key=${clients}/key.pem`,
        )
        await configuration.addContext(`${kind}-lax`, `${host},skip-tls-verify=true`)
        const contexts = ['plain', 'ca', 'no-key', 'all', 'lax'].map((name) => ({
          DOCKER_CONTEXT: `${kind}-${name}`,
        }))

        const DOCKER_HOST = `tcp://localhost:${engine.port}`
        const variables: NodeJS.ProcessEnv[] = [
          ...contexts,
          { DOCKER_HOST },
          { DOCKER_HOST, DOCKER_CERT_PATH: clients },
          { DOCKER_HOST, DOCKER_CERT_PATH: clients, DOCKER_TLS_VERIFY: '1' },
          { DOCKER_HOST, DOCKER_CERT_PATH: clients, DOCKER_TLS_VERIFY: '0' },
          { DOCKER_HOST, DOCKER_CERT_PATH: clients, DOCKER_TLS: '1' },
          { DOCKER_HOST, DOCKER_CERT_PATH: clients, DOCKER_TLS: '1', DOCKER_TLS_VERIFY: '1' },
          { DOCKER_HOST, DOCKER_CERT_PATH: caOnly, DOCKER_TLS_VERIFY: '1' },
          { DOCKER_HOST, DOCKER_CERT_PATH: noKey, DOCKER_TLS_VERIFY: '1' },
          { DOCKER_CONTEXT: `${kind}-plain`, DOCKER_CERT_PATH: clients, DOCKER_TLS_VERIFY: '1' },
          { DOCKER_CONTEXT: `${kind}-lax`, DOCKER_CERT_PATH: '/nowhere', DOCKER_TLS_VERIFY: '1' },
        ]
        for (const each of variables) {
          const both = configuration.with(each)
          // Whatever it makes of the answer, it has connected.
          await both.docker('ps').catch(() => {})
          const theirs = new Set(engine.seen.splice(0))
          await request(await resolveUpstream(undefined, both.env))
          const ours = new Set(engine.seen.splice(0))
          expect(ours, JSON.stringify(each)).toEqual(theirs)
          outcomes.add([...ours].join())
        }
      }
      expect([...outcomes].toSorted()).toEqual([
        '',
        'TLS for false, without a certificate',
        'TLS for localhost, with a certificate',
        'TLS for localhost, without a certificate',
        'plain',
      ])
    })
  },
)

async function request(upstream: Upstream): Promise<void> {
  const socket = upstream.connect()
  socket
    .on('error', () => {})
    .resume()
    .end('GET /_ping HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await new Promise((resolve) => socket.once('close', resolve))
}

/** Takes plain connections and TLS at one port, and tells what each was that got as far as a request. */
async function observer(pem: Certificates, kind: 'ours' | 'foreign') {
  const seen: string[] = []
  const answer = (socket: Socket) =>
    socket.once('data', () =>
      socket.end('HTTP/1.1 503 Gone\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'),
    )
  const material = await readTlsFiles({
    ca: pem.ca,
    ...(kind === 'ours' ? { cert: pem.cert, key: pem.key } : { cert: pem.foreignCert, key: pem.foreignKey }),
  })
  const tls = createTlsServer(
    { ...material, requestCert: true, rejectUnauthorized: false },
    (socket: TLSSocket) => {
      socket.on('error', () => {})
      const { servername, authorized } = socket as TLSSocket & { servername: string | false }
      socket.once('data', () =>
        seen.push(`TLS for ${servername}, ${authorized ? 'with' : 'without'} a certificate`),
      )
      answer(socket)
    },
  )
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (bytes) => {
      socket.pause()
      socket.unshift(bytes)
      if (bytes[0] === 0x16) return tls.emit('connection', socket)
      seen.push('plain')
      answer(socket)
      return socket.resume()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}
