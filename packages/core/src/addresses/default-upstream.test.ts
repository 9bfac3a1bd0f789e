import { createHash } from 'node:crypto'
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { certificates, temporaryFolder } from '@intermediate/testing'
import type { TemporaryFolder } from '@intermediate/testing'
import { describe, expect, test } from 'vitest'
import { resolveUpstream } from './upstream.js'

const id = (name: string) => createHash('sha256').update(name).digest('hex')
const metaFile = (name: string) => ['contexts', 'meta', id(name), 'meta.json'] as const
const tlsFolder = (name: string) => ['contexts', 'tls', id(name), 'docker'] as const

function write(file: string, content: unknown): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
}

function addContext(folder: TemporaryFolder, name: string, endpoint: object): void {
  write(folder.file(...metaFile(name)), { Name: name, Metadata: {}, Endpoints: { docker: endpoint } })
}

async function found(env: NodeJS.ProcessEnv) {
  const { name, source, connectEvent } = await resolveUpstream(undefined, env)
  return [name, source, ...(connectEvent === 'connect' ? [] : ['TLS'])]
}

const refusal = (message: string) =>
  expect.objectContaining({ code: 'ERR_CONFIGURATION', message: expect.stringContaining(message) })

describe('the default upstream', () => {
  test('is that of the first setting that says anything', async () => {
    await using folder = await temporaryFolder()
    const env: NodeJS.ProcessEnv = { DOCKER_CONFIG: folder.path }
    expect(await found(env)).toEqual(['unix:///var/run/docker.sock', "the docker CLI's default"])

    addContext(folder, 'current', { Host: 'unix:///current.sock' })
    write(folder.file('config.json'), { auths: {}, currentContext: 'current' })
    expect(await found(env)).toEqual(['unix:///current.sock', 'the docker context "current"'])

    addContext(folder, 'named', { Host: 'unix:///named.sock' })
    env.DOCKER_CONTEXT = 'named'
    expect(await found(env)).toEqual(['unix:///named.sock', 'the docker context "named"'])

    env.DOCKER_HOST = 'unix:///host.sock'
    expect(await found(env)).toEqual(['unix:///host.sock', 'DOCKER_HOST'])

    env.INTERMEDIATE_UPSTREAM = 'unix:///upstream.sock'
    expect(await found(env)).toEqual(['unix:///upstream.sock', 'INTERMEDIATE_UPSTREAM'])

    const empty = { ...env, INTERMEDIATE_UPSTREAM: '', DOCKER_HOST: '', DOCKER_CONTEXT: '' }
    expect(await found(empty)).toEqual(['unix:///current.sock', 'the docker context "current"'])
  })

  test('is looked for in .docker at home', async () => {
    await using home = await temporaryFolder()
    write(home.file('.docker', 'config.json'), { currentContext: 'mine' })
    write(home.file('.docker', ...metaFile('mine')), { Endpoints: { docker: { Host: 'unix:///mine.sock' } } })
    expect(await found({ HOME: home.path })).toEqual(['unix:///mine.sock', 'the docker context "mine"'])
  })

  test('of the context "default" is that of no context', async () => {
    await using folder = await temporaryFolder()
    write(folder.file('config.json'), { currentContext: 'gone' })
    const env = { DOCKER_CONFIG: folder.path, DOCKER_CONTEXT: 'default' }
    expect(await found(env)).toEqual(['unix:///var/run/docker.sock', "the docker CLI's default"])
  })

  test.each([
    ['', 'empty'],
    ['null', 'null'],
    ['{}', 'no choice'],
    ['{"currentContext":""}', 'no name'],
    ['{"currentContext":null}', 'null as name'],
  ])('is the CLI’s with the configuration %j (%s)', async (content) => {
    await using folder = await temporaryFolder()
    write(folder.file('config.json'), content)
    expect(await found({ DOCKER_CONFIG: folder.path })).toEqual([
      'unix:///var/run/docker.sock',
      "the docker CLI's default",
    ])
  })
})

describe('TLS of the default upstream', () => {
  test('is that of the variables for DOCKER_HOST, and of the context for a context', async () => {
    await using pem = await certificates()
    await using folder = await temporaryFolder()
    const config = { DOCKER_CONFIG: folder.path }
    const variables = { ...config, DOCKER_TLS_VERIFY: '0', DOCKER_CERT_PATH: pem.clientFolder }
    const host = { DOCKER_HOST: 'tcp://host:1' }
    expect(await found({ ...variables, ...host })).toEqual(['tcp://host:1', 'DOCKER_HOST', 'TLS'])
    expect(await found({ ...variables, ...host, DOCKER_TLS_VERIFY: '' })).toEqual([
      'tcp://host:1',
      'DOCKER_HOST',
    ])
    expect(await found(variables)).toEqual(['tcp://localhost:2376', "the docker CLI's default", 'TLS'])

    addContext(folder, 'plain', { Host: 'tcp://host:1', SkipTLSVerify: false })
    addContext(folder, 'lax', { Host: 'tcp://host:1', SkipTLSVerify: true })
    addContext(folder, 'tls', { Host: 'tcp://host:1' })
    addContext(folder, 'socket', { Host: 'unix:///a.sock', SkipTLSVerify: true })
    cpSync(pem.clientFolder, folder.file(...tlsFolder('tls')), { recursive: true })
    const context = (name: string) => found({ ...config, DOCKER_CONTEXT: name })
    expect(await found({ ...variables, DOCKER_CONTEXT: 'plain' })).toEqual([
      'tcp://host:1',
      'the docker context "plain"',
    ])
    expect(await context('lax')).toEqual(['tcp://host:1', 'the docker context "lax"', 'TLS'])
    expect(await context('tls')).toEqual(['tcp://host:1', 'the docker context "tls"', 'TLS'])
    expect(await context('socket')).toEqual(['unix:///a.sock', 'the docker context "socket"'])
  })

  test('needs the ca.pem that the variables name', async () => {
    await using folder = await temporaryFolder()
    const file = folder.file('ca.pem')
    for (const variable of ['DOCKER_TLS_VERIFY', 'DOCKER_TLS']) {
      const env = { DOCKER_HOST: 'tcp://host:1', DOCKER_CERT_PATH: folder.path, [variable]: '1' }
      await expect(found(env)).rejects.toThrow(
        refusal(`The TLS file ${file} cannot be read (ENOENT): check its path`),
      )
    }
    await expect(found({ DOCKER_CONFIG: folder.path, DOCKER_TLS: '1' })).rejects.toThrow(refusal(file))
  })
})

describe('a setting that cannot be used', () => {
  test.each([
    [
      'DOCKER_HOST',
      'ssh://me@far',
      'In DOCKER_HOST, "ssh://me@far" is not supported yet: forward the remote socket',
    ],
    ['DOCKER_HOST', 'fd://', 'In DOCKER_HOST, "fd://" is not supported yet: name the socket itself'],
    ['DOCKER_HOST', 'http://h:1', 'In DOCKER_HOST, "http://h:1" is not supported: write tcp://h:1.'],
    ['DOCKER_HOST', 'tcp://h:x', 'In DOCKER_HOST, "tcp://h:x" is not a TCP address: write tcp://host:port'],
    [
      'INTERMEDIATE_UPSTREAM',
      'host:1',
      'In INTERMEDIATE_UPSTREAM, "host:1" is not an address: write unix://',
    ],
  ])('%s=%s is named', async (variable, value, message) => {
    await expect(found({ [variable]: value })).rejects.toThrow(refusal(message))
  })

  test.each([
    ['{bad', 'is not valid JSON: repair it, or set DOCKER_HOST.'],
    ['{"currentContext":5}', 'has a currentContext that is no text: repair it, or set DOCKER_HOST.'],
  ])('the configuration %j is named', async (content, message) => {
    await using folder = await temporaryFolder()
    write(folder.file('config.json'), content)
    await expect(found({ DOCKER_CONFIG: folder.path })).rejects.toThrow(
      refusal(`The docker configuration ${folder.file('config.json')} ${message}`),
    )
  })

  test('a configuration that may not be read is named', async ({ skip }) => {
    skip(process.geteuid?.() !== 0, 'needs another user to be')
    await using folder = await temporaryFolder()
    write(folder.file('config.json'), '{}')
    chmodSync(folder.file('config.json'), 0o600)
    chmodSync(folder.path, 0o755)
    process.seteuid?.(65_534)
    try {
      await expect(found({ DOCKER_CONFIG: folder.path })).rejects.toThrow(
        refusal('config.json cannot be read (EACCES): check its permissions, or set DOCKER_HOST.'),
      )
    } finally {
      process.seteuid?.(0)
    }
  })

  test.each([
    [{ Endpoints: {} }, 'names no docker endpoint: repair it, or set DOCKER_HOST.'],
    [{ Endpoints: { docker: { Host: 1 } } }, 'names no docker endpoint: repair it, or set DOCKER_HOST.'],
    ['{bad', 'is not valid JSON: repair it, or set DOCKER_HOST.'],
    ['[]', 'names no docker endpoint'],
  ])('the context %j is named', async (content, message) => {
    await using folder = await temporaryFolder()
    write(folder.file(...metaFile('odd')), content)
    await expect(found({ DOCKER_CONFIG: folder.path, DOCKER_CONTEXT: 'odd' })).rejects.toThrow(
      refusal(`The docker context "odd" in ${folder.file(...metaFile('odd'))} ${message}`),
    )
  })

  test('a context that is gone, far or without a port is named', async () => {
    await using folder = await temporaryFolder()
    addContext(folder, 'far', { Host: 'ssh://me@far' })
    addContext(folder, 'vague', { Host: 'tcp://host' })
    const context = (name: string) => found({ DOCKER_CONFIG: folder.path, DOCKER_CONTEXT: name })
    await expect(context('gone')).rejects.toThrow(
      refusal(
        `The docker context "gone" is not in ${folder.file('contexts')}: ` +
          'choose one that "docker context ls" shows, or set DOCKER_HOST.',
      ),
    )
    await expect(context('far')).rejects.toThrow(
      refusal('In the docker context "far", "ssh://me@far" is not supported yet: forward the remote socket'),
    )
    await expect(context('vague')).rejects.toThrow(
      refusal(
        'The docker context "vague" names tcp://host without a port: set it with "docker context update vague',
      ),
    )
  })
})
