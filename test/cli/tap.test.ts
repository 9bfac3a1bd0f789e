import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { answer, exchange, recordingUpstream, temporaryFolder } from '@intermediate/testing'
import type { TemporaryFolder } from '@intermediate/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { request } from '../docker-calls.js'
import type { Started } from './started.js'
import { installCore, start } from './started.js'

let folder: TemporaryFolder
/** Where calls go, and where they are watched. */
let calls: string
let tap: string

beforeEach(async () => {
  folder = await temporaryFolder()
  calls = `unix://${folder.file('i.sock')}`
  tap = `unix://${folder.file('t.sock')}`
})

afterEach(() => folder[Symbol.asyncDispose]())

/** An intermediate in front of an engine in memory, with a tap. */
async function up(...flags: string[]): Promise<Started> {
  const started = start(['up', '--listen', calls, '--upstream', 'memory:', '--tap', tap, ...flags])
  await started.prints('ngine in memory')
  return started
}

async function watch(...flags: string[]): Promise<Started> {
  const started = start(['tap', tap, ...flags])
  await started.prints(/^Watching .*\.\n/)
  return started
}

async function call(line: string, body = ''): Promise<string> {
  const fields = ['Connection: close', 'Content-Type: application/json']
  const text = await exchange(calls, request(line, fields, body))
  expect(text).toMatch(/^HTTP\/1\.1 2/)
  return text
}

const idIn = (text: string) => /"Id":"([\da-f]+)"/.exec(text)![1]!
const create = '{"Image":"busybox:latest","Cmd":["echo","hello"]}'

describe('intermediate up --tap', () => {
  it('prints the line to copy, lets nobody else watch, and leaves no socket behind', async () => {
    await using started = await up()
    expect(started.stdout).toContain(
      `\nexport DOCKER_HOST=${calls}\nintermediate tap ${tap}  # elsewhere, to watch what passes\n`,
    )
    expect(started.stdout).toContain('No layers: every call passes through untouched\n')
    expect((await stat(folder.file('t.sock'))).mode & 0o777).toBe(0o600)
    started.signal('SIGTERM')
    expect(await started.ended).toBe(0)
    expect(started.stdout).toMatch(/\nStopped\.\n$/)
    await expect(stat(folder.file('t.sock'))).rejects.toThrow('ENOENT')
  })

  it('tells programs where it is', async () => {
    await using started = await up('--json')
    const [line = ''] = started.stdout.split('\n')
    expect(JSON.parse(line)).toMatchObject({ event: 'started', addresses: [calls], layers: [], tap })
  })

  it('leaves no socket behind where FILE throws what nothing catches', async () => {
    await installCore(folder)
    const file = `import { intermediate } from '@intermediate/core'
export default intermediate().use('GET /info', (call, next) => {
  setTimeout(() => { throw new Error('nobody catches this') })
  return next(call)
})`
    await writeFile(folder.file('crash.mjs'), file)
    await using started = await up(folder.file('crash.mjs'))
    expect(started.stdout).toContain('Layers, the outermost first:\n  1. for GET /info: GET /info\n')
    await using watcher = await watch()
    await exchange(calls, request('GET /info', ['Connection: close'])).catch(() => {})
    expect(await started.ended).toBe(1)
    await expect(stat(folder.file('t.sock'))).rejects.toThrow('ENOENT')
    await watcher.ended
  })

  it('cannot start where somebody listens', async () => {
    await using other = await recordingUpstream()
    await using started = start(['up', '--listen', calls, '--upstream', 'memory:', '--tap', other.address])
    expect(await started.ended).toBe(1)
    expect(started.stderr).toBe(
      `intermediate: ${other.address} is already in use: stop what listens there, or listen on another path.\n`,
    )
  })
})

describe('intermediate tap', () => {
  it('shows what passes, without colors where that is no terminal, until the intermediate stops', async () => {
    await using started = await up()
    await using watcher = await watch()
    expect(watcher.stderr).toBe(`Watching all calls at ${tap}.\n`)
    await call('POST /volumes/create?x=1', '{"Name":"data"}')
    await watcher.prints(/201 POST \/volumes\/create .*\n/)
    const text = watcher.stdout.replaceAll(/\d\d:\d\d:\d\d\.\d{3} #\d+/g, 'TIME')
    expect(text).toMatch(
      /^TIME → POST \/volumes\/create\?x=1\nTIME → \{"Name":"data"\}\nTIME ← 201\nTIME ← \{/,
    )
    started.signal('SIGTERM')
    expect(await watcher.ended).toBe(0)
    expect(watcher.stderr).toMatch(/\nThe intermediate has stopped\.\n$/)
  })

  it('shows one container, by its name, and what is run in it', async () => {
    await using _ = await up()
    await using watcher = await watch('--container', 'web')
    expect(watcher.stderr).toBe(
      `Watching all calls at ${tap} of the container web, which is not known there yet.\n`,
    )
    await call('POST /containers/create?name=other', create)
    const id = idIn(await call('POST /containers/create?name=web', create))
    await call(`POST /containers/${id}/start`)
    await call(`POST /containers/${id}/wait`)
    await call(`GET /containers/${id}/logs?stdout=1`)
    await watcher.prints(`200 GET /containers/${id}/logs`)
    expect(watcher.stdout).toContain('← stdout "hello\\n"')
    expect(watcher.stdout).toContain('→ POST /containers/create?name=web\n')
    expect(watcher.stdout).not.toContain('other')
    await using byId = await watch('--container', id.slice(0, 12))
    expect(byId.stderr).toBe(`Watching all calls at ${tap} of the container web (${id.slice(0, 12)}).\n`)
    await call('GET /containers/web/json')
    await byId.prints('200 GET /containers/web/json')
  })

  it('shows some endpoints, each event as it came with --json', async () => {
    await using _ = await up()
    await using watcher = await watch('--json', '--endpoint', 'GET /info', '--endpoint', '* /volumes{/*rest}')
    expect(watcher.stderr).toBe(`Watching GET /info, * /volumes{/*rest} at ${tap}.\n`)
    for (const line of ['GET /version', 'GET /volumes', 'GET /info']) await call(line)
    await watcher.prints(/"end",.*"GET \/info".*\n/)
    const events = watcher.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; endpoint: string })
    expect(events.filter(({ type }) => type === 'end').map(({ endpoint }) => endpoint)).toEqual([
      'GET /volumes',
      'GET /info',
    ])
  })

  it('ends when it is stopped, with 0', async () => {
    await using started = await up()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      await using watcher = await watch()
      watcher.signal(signal)
      expect(await watcher.ended).toBe(0)
      expect(watcher.stderr).toBe(`Watching all calls at ${tap}.\n`)
    }
    await call('GET /info')
    expect(started.stderr).toBe('')
  })

  it('ends quietly when nobody reads it, with 0', async () => {
    await using _ = await up()
    await using watcher = await watch()
    watcher.stopReading()
    // It finds out when it writes.
    while (typeof (await Promise.race([watcher.ended, call('GET /info')])) !== 'number');
    expect(await watcher.ended).toBe(0)
    expect(watcher.stderr).toBe(`Watching all calls at ${tap}.\n`)
  })

  it('says that the connection was lost', async () => {
    await using started = await up()
    await using watcher = await watch()
    started.signal('SIGKILL')
    expect(await watcher.ended).toBe(1)
    expect(watcher.stderr).toMatch(
      new RegExp(
        `\nintermediate: The connection to ${tap} was lost: see whether the intermediate still runs\\.\n$`,
      ),
    )
  })

  it.skipIf(!isThere('script')).each([
    ['in colors', {}, /\u001b\[2m\S+ #\d+\u001b\[22m \u001b\[1m→ GET \/info\u001b\[22m\r\n/],
    ['plainly with NO_COLOR', { NO_COLOR: '1' }, /^\S+ #\d+ → GET \/info\r\n/m],
  ])('shows it on a terminal %s', async (_how, env, line) => {
    await using _ = await up()
    await using watcher = start(['tap', tap], { terminal: true, env })
    await watcher.prints('Watching')
    await call('GET /info')
    await watcher.prints(line)
  })

  it('watches over tcp', async () => {
    tap = 'tcp://127.0.0.1:0'
    await using started = await up()
    const [, address = ''] = /\nintermediate tap (\S+) /.exec(started.stdout) ?? []
    await using watcher = start(['tap', address])
    await watcher.prints('Watching')
    await call('GET /info')
    await watcher.prints('200 GET /info')
  })
})

describe('where there is nothing to watch, intermediate tap', () => {
  async function says(message: string, ...args: string[]) {
    await using watcher = start(['tap', ...(args.length === 0 ? [tap] : args)])
    expect([await watcher.ended, watcher.stderr, watcher.stdout]).toEqual([
      1,
      `intermediate: ${message}\n`,
      '',
    ])
  }

  it('says so of nobody', async () => {
    await says(`Nobody listens at ${tap}: start an intermediate with --tap ${tap}.`)
    const port = createServer().listen(0, '127.0.0.1')
    await once(port, 'listening')
    const address = `tcp://127.0.0.1:${(port.address() as { port: number }).port}`
    port.close()
    await says(`Nobody listens at ${address}: start an intermediate with --tap ${address}.`, address)
  })

  it('says so of where calls go, of an engine, and of what speaks no HTTP', async () => {
    const sentence = (address: string) =>
      `What listens at ${address} is no tap: name the address that the intermediate was given with --tap.`
    await using _ = await up()
    await says(sentence(calls), calls)
    await using engine = await recordingUpstream(
      answer('HTTP/1.1 404 Not Found\r\nContent-Length: 29\r\n\r\n{"message":"page not found"}\n'),
    )
    await says(sentence(engine.address), engine.address)
    await using other = await recordingUpstream(answer('SSH-2.0-OpenSSH\r\n'))
    await says(sentence(other.address), other.address)
  })

  it('says what is wrong with a filter', async () => {
    await using _ = await up()
    await says(
      'The endpoint "/info" must be a method and a path: write "POST /info", or "* /info" for every method.',
      ...[tap, '--endpoint', '/info'],
    )
    await says(
      '"a b" is no name or id of a container: write it as docker ps shows it.',
      ...[tap, '--container', 'a b'],
    )
  })
})

function isThere(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0
}
