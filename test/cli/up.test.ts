import {
  answer,
  certificates,
  exchange,
  recordingUpstream,
  temporaryFolder,
  transcript,
} from '@intermediate/testing'
import { spawnSync } from 'node:child_process'
import { stat, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { installCore, start } from './started.js'

const version = '{"Version":"26.1.5","ApiVersion":"1.45","Os":"linux","Arch":"amd64"}'
const list = 'GET /v1.45/containers/json?all=1 HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n'

/** An engine that knows its version, and has no containers. */
const engine = answer(({ target }) => reply(target === '/version' ? version : '[]'))

function reply(body: string): string {
  return `HTTP/1.1 200 OK\r\nApi-Version: 1.45\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

describe('without a file', () => {
  it('says where it listens, passes calls on, and leaves no socket behind', async () => {
    await using folder = await temporaryFolder()
    await using upstream = await recordingUpstream(engine)
    const [mine, other] = [`unix://${folder.file('a.sock')}`, `unix://${folder.file('b.sock')}`]
    const listen = ['--listen', mine, '--listen', other, '--listen', 'tcp://127.0.0.1:0', '--mode', '0600']
    await using up = start(['up', '--upstream', upstream.address, ...listen])
    await up.prints('Engine: Docker Engine 26.1.5, API 1.45, linux/amd64\n')
    expect(up.stdout).toMatch(
      new RegExp(
        `^Listening on ${mine}\nListening on ${other}\nListening on tcp://127\\.0\\.0\\.1:\\d+\n` +
          `Upstream: ${upstream.address}, from --upstream\n` +
          `No layers: every call passes through untouched\n\n` +
          `export DOCKER_HOST=${mine}\n\nEngine: `,
      ),
    )
    expect((await stat(folder.file('a.sock'))).mode & 0o777).toBe(0o600)
    expect(await exchange(other, list)).toBe(reply('[]'))
    up.signal('SIGTERM')
    expect(await up.ended).toBe(0)
    expect(up.stdout).toMatch(/amd64\nStopped\.\n$/)
    expect(up.stderr).toBe('')
    for (const name of ['a.sock', 'b.sock']) await expect(stat(folder.file(name))).rejects.toThrow('ENOENT')
  })

  it('finds the addresses in the environment', async () => {
    await using folder = await temporaryFolder()
    await using upstream = await recordingUpstream(engine)
    const address = `unix://${folder.file('a.sock')}`
    const env = { INTERMEDIATE_LISTEN: address, INTERMEDIATE_UPSTREAM: upstream.address }
    await using up = start(['up'], { env })
    await up.prints(`Listening on ${address}\nUpstream: ${upstream.address}, from INTERMEDIATE_UPSTREAM\n`)
  })

  it('gives the default socket the permissions that were asked for', async () => {
    await using folder = await temporaryFolder()
    const env = { XDG_RUNTIME_DIR: folder.path, INTERMEDIATE_UPSTREAM: 'unix:///nowhere.sock' }
    await using up = start(['up', '--mode', '0600'], { env })
    await up.prints(`Listening on unix://${folder.file('intermediate.sock')}\n`)
    expect((await stat(folder.file('intermediate.sock'))).mode & 0o777).toBe(0o600)
  })

  it('asks for the version without a certificate where clients need one, and says what those need', async () => {
    await using files = await certificates()
    await using upstream = await recordingUpstream(engine)
    const tls = ['--tlscacert', files.ca, '--tlscert', files.cert, '--tlskey', files.key]
    await using up = start(['up', '--listen', 'tcp://localhost:0', '--upstream', upstream.address, ...tls])
    await up.prints('Engine: Docker Engine 26.1.5')
    const [, address = ''] = /export DOCKER_HOST=(\S+) DOCKER_TLS_VERIFY=1\n# and /.exec(up.stdout) ?? []
    const client = { ca: files.ca, cert: files.clientCert, key: files.clientKey }
    expect(await exchange(address, list, { tls: client })).toBe(reply('[]'))
  })
})

describe('with a file whose layer answers every call', () => {
  it.each([[[]], [['--json']], [['--or-memory']]])(
    'says so, and needs no upstream that it could name: %j',
    async (flags) => {
      await using folder = await temporaryFolder()
      await installCore(folder)
      const address = `unix://${folder.file('a.sock')}`
      const file = folder.file('engines.mjs')
      await writeFile(
        file,
        `import { intermediate, upstream } from '@intermediate/core'
const west = upstream('unix:///nowhere.sock')
const engines = Object.assign((call) => west.send(call), { final: true })
export default intermediate().use(engines, { name: 'engines' })`,
      )
      const env = { DOCKER_HOST: 'nonsense://' }
      await using up = start(['up', file, '--listen', address, ...flags], { env })
      await up.prints('unix:///nowhere.sock (ENOENT)')
      if (flags.includes('--json')) {
        const [started] = linesOf(up.stdout)
        expect(started).toMatchObject({ event: 'started', answeredBy: 'engines' })
        expect(started).not.toHaveProperty('upstream')
      } else {
        expect(up.stdout).toContain(
          '\nUpstream: only those of the layer "engines", which answers every call\n',
        )
        expect(up.stderr).not.toContain('in memory')
      }
    },
  )
})

describe('while the engine is away', () => {
  it('warns, answers 502, and works as soon as it is there', async () => {
    await using folder = await temporaryFolder()
    await using upstream = await recordingUpstream(engine)
    upstream.stop()
    const address = `unix://${folder.file('a.sock')}`
    await using up = start(['up', '--listen', address, '--upstream', upstream.address])
    const sentence = `annot reach the Docker engine at ${upstream.address} (ENOENT). Check that it is running and that the address is right.`
    await up.prints(`Warning: C${sentence} Until it is there, calls answer 502.\n`)
    const refused = await exchange(address, list)
    expect(refused).toMatch(/^HTTP\/1.1 502 /)
    expect(refused).toContain(`{"message":"GET /v1.45/containers/json: c${sentence}"}`)
    await up.prints(`Error: GET /v1.45/containers/json: c${sentence}\n`)
    await upstream.listen(upstream.address)
    expect(await exchange(address, list)).toBe(reply('[]'))
  })

  it.skipIf(!isThere(docker()))('docker says so', async () => {
    await using folder = await temporaryFolder()
    const nobody = `unix://${folder.file('nobody.sock')}`
    const address = `unix://${folder.file('a.sock')}`
    await using up = start(['up', '--listen', address, '--upstream', nobody])
    await up.prints('Listening')
    const { status, stderr } = spawnSync(docker(), ['-H', address, 'ps'], {
      encoding: 'utf8',
      timeout: 20_000,
    })
    expect(status).toBe(1)
    expect(stderr).toMatch(
      /^Error response from daemon: GET \/v\S+\/containers\/json: cannot reach the Docker engine at /,
    )
  })
})

describe('with --json', () => {
  it('logs everything as JSON lines', async () => {
    await using folder = await temporaryFolder()
    await using upstream = await recordingUpstream(engine)
    const address = `unix://${folder.file('a.sock')}`
    await using up = start(['up', '--json', '--listen', address, '--upstream', upstream.address])
    await up.prints('"event":"engine"')
    await exchange(address, list)
    await up.prints('"event":"call"')
    upstream.stop()
    await exchange(address, list)
    await up.prints('"event":"error"')
    up.signal('SIGINT')
    expect(await up.ended).toBe(0)
    expect(up.stderr).toBe('')
    expect(linesOf(up.stdout)).toMatchObject([
      {
        level: 30,
        event: 'started',
        addresses: [address],
        environment: { DOCKER_HOST: address },
        upstream: { address: upstream.address, source: '--upstream' },
        layers: [],
      },
      { event: 'engine', engine: { version: '26.1.5', apiVersion: '1.45' } },
      {
        event: 'call',
        endpoint: 'GET /containers/json',
        method: 'GET',
        path: '/containers/json',
        status: 200,
        duration: expect.any(Number),
        received: list.length,
        sent: reply('[]').length,
        tunnel: false,
        aborted: false,
      },
      { level: 50, event: 'error', method: 'GET', code: 'ERR_UPSTREAM_UNREACHABLE', msg: expect.any(String) },
      { event: 'call', status: 502 },
      { event: 'stopped' },
    ])
  })

  it('a start that fails too', async () => {
    await using up = start(['up', '--json', '--listen', 'unix:///nowhere/a.sock'])
    expect(await up.ended).toBe(1)
    expect(linesOf(up.stdout)).toMatchObject([
      {
        level: 60,
        event: 'failed',
        code: 'ERR_LISTEN',
        msg: expect.stringContaining('/nowhere is not there'),
      },
    ])
  })
})

describe.skipIf(!isThere('script'))('on a terminal', () => {
  const coloured = /GET {5}\/containers\/json +\u001b\[32m200\u001b\[39m .* out\r\n/
  const plain = /GET {5}\/containers\/json +200 .* out\r\n/

  it.each([
    ['in colour', {}, coloured],
    ['plainly with NO_COLOR', { NO_COLOR: '1' }, plain],
  ])('shows each call: %s', async (_, env, line) => {
    await using folder = await temporaryFolder()
    await using upstream = await recordingUpstream(engine)
    const address = `unix://${folder.file('a.sock')}`
    await using up = start(['up', '--listen', address, '--upstream', upstream.address], {
      terminal: true,
      env,
    })
    await up.prints('Engine:')
    await exchange(address, list)
    await up.prints(line)
  })
})

it.each([[[]], [['--json']]])('goes on when nobody reads its output: %j', async (flags) => {
  await using folder = await temporaryFolder()
  await using upstream = await recordingUpstream(engine)
  const address = `unix://${folder.file('a.sock')}`
  await using up = start(['up', '--listen', address, '--upstream', upstream.address, ...flags])
  await up.prints(/engine/i)
  up.stopReading()
  await using client = await transcript(address)
  for (let turn = 0; turn < 3; turn++) {
    await client.send('GET /containers/json HTTP/1.1\r\nHost: docker\r\n\r\n')
    expect((await client.response()).status).toBe(200)
  }
  up.signal('SIGINT')
  expect(await up.ended).toBe(0)
})

function linesOf(text: string): unknown[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

function docker(): string {
  return process.env.DOCKER || 'docker'
}

function isThere(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0
}
