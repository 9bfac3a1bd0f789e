import { readdir, readFile } from 'node:fs/promises'
import { Intermediate } from '@intermediate/core'
import { answer, echoTunnel, memoryEngine, temporaryFolder, transcript } from '@intermediate/testing'
import { afterAll, describe, expect, it, vi } from 'vitest'
import guard from '../examples/guard.js'
import noExec from '../examples/no-exec.js'
import sessionBytes from '../examples/session-bytes.js'
import slowCalls from '../examples/slow-calls.js'
import teamLabel from '../examples/team-label.js'
import twoEngines from '../examples/two-engines.js'
import twoLayers from '../examples/two-layers.js'
import { request, response } from './docker-calls.js'
import { setUpWith } from './matrix.js'

// These say at their start where they write and listen.
const folder = await temporaryFolder()
afterAll(() => folder[Symbol.asyncDispose]())
vi.stubEnv('AUDIT_LOG', folder.file('audit.jsonl'))
vi.stubEnv('SESSIONS', folder.file('sessions'))
vi.stubEnv('METRICS', 'tcp://127.0.0.1:0')
const { default: auditLog } = await import('../examples/audit-log.js')
const { default: metricsOf, metrics } = await import('../examples/metrics.js')
const { default: sessionRecording } = await import('../examples/session-recording.js')
vi.unstubAllEnvs()

const okReply = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK'
const ok = answer(okReply)

const examples = {
  'audit-log.ts': auditLog,
  'guard.ts': guard,
  'metrics.ts': metricsOf,
  'no-exec.ts': noExec,
  'session-bytes.ts': sessionBytes,
  'session-recording.ts': sessionRecording,
  'slow-calls.ts': slowCalls,
  'team-label.ts': teamLabel,
  'two-engines.ts': twoEngines,
  'two-layers.ts': twoLayers,
}

describe('the examples', () => {
  it('are all here, each an intermediate of at most 40 lines', async () => {
    expect((await readdir('examples')).toSorted()).toEqual(Object.keys(examples))
    for (const [name, example] of Object.entries(examples)) {
      expect(example).toBeInstanceOf(Intermediate)
      expect((await readFile(`examples/${name}`, 'utf8')).split('\n').length).toBeLessThanOrEqual(41)
    }
  })

  it('guard lets nothing privileged pass, asks for a ticket and labels the rest', async () => {
    const engine = answer(({ method }) =>
      method === 'POST' ? okReply : 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n',
    )
    await using to = await setUpWith(guard, 'unix', engine)
    await using client = await to.client()
    const create = async (body: string) => {
      await client.send(
        `POST /v1.45/containers/create HTTP/1.1\r\nHost: docker\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      )
      const { status, body: said } = await client.response()
      return [status, status === 200 ? '' : (JSON.parse(said.toString()) as { message: string }).message]
    }
    expect(await create('{"Image":"busybox","hostconfig":{"privileged":true}}')).toEqual([
      403,
      'privileged mode is not allowed here; say what it is for: --label ticket=…',
    ])
    expect(await create('{"Image":"busybox"}')).toEqual([403, 'say what it is for: --label ticket=…'])
    expect(await create('{"Image":"busybox","Labels":{"ticket":"1"}}')).toEqual([200, ''])
    expect(
      to.upstream.requests.filter(({ method }) => method === 'POST').map(({ body }) => body.toString()),
    ).toEqual(['{"Image":"busybox","Labels":{"ticket":"1","team":"core"}}'])
  })

  it('no-exec refuses to exec, and nothing else', async () => {
    await using to = await setUpWith(noExec, 'unix', ok)
    await using client = await to.client()
    await client.send(
      'POST /v1.45/containers/db-1/exec HTTP/1.1\r\nHost: docker\r\nContent-Length: 2\r\n\r\n{}',
    )
    const refused = await client.response()
    expect(refused.status).toBe(403)
    expect(JSON.parse(refused.body.toString())).toEqual({ message: 'exec into db-1 is not allowed here' })
    await client.send('POST /v1.45/containers/db-1/start HTTP/1.1\r\nHost: docker\r\n\r\n')
    expect((await client.response()).status).toBe(200)
    expect(to.upstream.requests.map(({ target }) => target)).toEqual(['/v1.45/containers/db-1/start'])
  })

  it('session-bytes says what went through a tunnel, and keeps its half-close', async () => {
    const said = vi.spyOn(console, 'error').mockReturnValue()
    try {
      await using to = await setUpWith(sessionBytes, 'unix', echoTunnel({ last: ' and out' }))
      await using client = await to.client()
      await client.send(
        'POST /exec/0123/start HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n',
      )
      expect(await client.head()).toMatch(/^HTTP\/1.1 101 /)
      await client.send('hello')
      await client.end()
      expect((await client.ended()).toString()).toBe('hello and out')
      expect(said).toHaveBeenCalledWith('exec 0123: 5 bytes in, 13 out')
    } finally {
      said.mockRestore()
    }
  })

  it('audit-log writes down what may change something, with its end and without Env', async () => {
    await using to = await setUpWith(auditLog, 'unix', answer(response('201 Created', '{"Id":"1"}')))
    await using client = await to.client()
    for (const line of [
      request('GET /containers/json'),
      request('POST /containers/create?name=a', [], '{"Image":"busybox","Env":["KEY=secret"]}'),
      request('BREW /pot'),
    ]) {
      await client.send(line)
      await client.response()
    }
    const events = await vi.waitFor(async () => {
      const lines = (await readFile(folder.file('audit.jsonl'), 'utf8')).trimEnd().split('\n')
      expect(lines).toHaveLength(7)
      return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    })
    expect(events.map(({ type, endpoint }) => [type, endpoint])).toEqual([
      ...['call', 'body', 'body', 'end'].map((type) => [type, 'POST /containers/create']),
      ...['call', 'body', 'end'].map((type) => [type, 'unknown']),
    ])
    expect(events[1]!['json']).toEqual({ Image: 'busybox', Env: ['KEY=[redacted]'] })
  })

  it('session-recording records a session of a terminal', async () => {
    await using engine = await memoryEngine()
    await using listening = await sessionRecording
      .with({ upstream: engine.address })
      .listen('tcp://127.0.0.1:0')
    const base = listening.addresses[0]!.replace('tcp:', 'http:')
    const post = async (path: string, body: object = {}) => {
      const headers = { 'Content-Type': 'application/json' }
      return (await fetch(`${base}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json()
    }
    const sleeping = { Image: 'busybox', Cmd: ['sleep', '100'] }
    const { Id } = (await post('/containers/create', sleeping)) as { Id: string }
    await fetch(`${base}/containers/${Id}/start`, { method: 'POST' })
    const terminal = { Tty: true, AttachStdout: true, ConsoleSize: [31, 97], Cmd: ['echo', 'hello'] }
    const exec = (await post(`/containers/${Id}/exec`, terminal)) as { Id: string }
    await using client = await transcript(listening.addresses[0]!)
    await client.send(
      request(`POST /exec/${exec.Id}/start`, ['Content-Type: application/json'], '{"Tty":true}'),
    )
    expect((await client.ended()).toString()).toMatch(/hello\r\n$/)
    const cast = await vi.waitFor(async () => {
      const [file] = await readdir(folder.file('sessions'))
      const text = await readFile(folder.file(`sessions/${file}`), 'utf8')
      expect(text.trimEnd().split('\n')).toHaveLength(2)
      return text.split('\n')
    })
    expect(JSON.parse(cast[0]!)).toMatchObject({ version: 2, width: 97, height: 31, title: exec.Id })
    expect(JSON.parse(cast[1]!)).toEqual([0, 'o', 'hello\r\n'])
  })

  it('metrics counts calls, and what the guard refuses', async () => {
    await using to = await setUpWith(metricsOf, 'unix', ok)
    await using client = await to.client()
    for (const line of [request('GET /info'), request('POST /containers/create', [], '{}')]) {
      await client.send(line)
      await client.response()
    }
    await vi.waitFor(async () => {
      const text = await (await fetch(metrics.url)).text()
      expect(text).toContain('intermediate_calls_total{endpoint="GET /info",status="200"} 1')
      expect(text).toMatch(/^intermediate_refusals_total\{layer="[^"]+"\} 1$/m)
    })
    await metrics.close()
  })

  it('slow-calls says which calls took long', async () => {
    const said = vi.spyOn(console, 'error').mockReturnValue()
    const clock = vi.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValueOnce(2500)
    try {
      await using to = await setUpWith(slowCalls, 'unix', ok)
      await using client = await to.client()
      await client.send('POST /containers/web/wait HTTP/1.1\r\nHost: docker\r\n\r\n')
      expect((await client.response()).status).toBe(200)
      expect(said).toHaveBeenCalledWith('POST /containers/web/wait took 2.5 s')
    } finally {
      said.mockRestore()
      clock.mockRestore()
    }
  })

  it('team-label asks for a ticket, and puts a label on what is created', async () => {
    await using to = await setUpWith(teamLabel, 'unix', ok)
    await using client = await to.client()
    const create = (path: string, body: string) =>
      client.send(
        `POST ${path} HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      )
    await create('/containers/create', '{"Image":"busybox"}')
    const refused = await client.response()
    expect([refused.status, JSON.parse(refused.body.toString())]).toEqual([
      403,
      { message: 'say what it is for: --label ticket=…' },
    ])
    await create('/containers/create', '{"labels":{"ticket":"1"}}')
    await client.response()
    await create('/volumes/create', '{}')
    await client.response()
    expect(to.upstream.requests.map(({ body }) => body.toString())).toEqual([
      '{"Labels":{"ticket":"1","team":"core"}}',
      '{"Labels":{"team":"core"}}',
    ])
  })

  it('two-engines shows both as one, and makes containers where their label says', async () => {
    await using a = await memoryEngine()
    await using b = await memoryEngine()
    vi.stubEnv('ENGINE_A', a.address)
    vi.stubEnv('ENGINE_B', b.address)
    vi.resetModules()
    const { default: example } = await import('../examples/two-engines.js')
    vi.unstubAllEnvs()
    await using listening = await example.listen('tcp://127.0.0.1:0')
    const base = listening.addresses[0]!.replace('tcp:', 'http:')
    const headers = { 'Content-Type': 'application/json' }
    for (const engine of ['a', 'b']) {
      const body = JSON.stringify({ Image: 'busybox', Labels: { engine } })
      await fetch(`${base}/containers/create?name=on-${engine}`, { method: 'POST', headers, body })
    }
    const created = ({ endpoint }: { endpoint?: string | undefined }) =>
      endpoint === 'POST /containers/create'
    expect([a, b].map(({ calls }) => calls.filter(created).map(({ query }) => query['name']))).toEqual([
      ['on-a'],
      ['on-b'],
    ])
    const list = (await (await fetch(`${base}/containers/json?all=1`)).json()) as { Names: string[] }[]
    expect(list.flatMap(({ Names }) => Names).toSorted((x, y) => (x < y ? -1 : 1))).toEqual([
      '/on-a',
      '/on-b',
    ])
  })

  it('two-layers writes down every call, also those that it refuses', async () => {
    const said = vi.spyOn(console, 'log').mockReturnValue()
    try {
      await using to = await setUpWith(twoLayers, 'unix', ok)
      await using client = await to.client()
      for (const start of ['GET /_ping', 'POST /images/create?fromImage=busybox']) {
        await client.send(`${start} HTTP/1.1\r\nHost: docker\r\n\r\n`)
        await client.response()
      }
      expect(said.mock.calls).toEqual([
        ['GET /_ping', 200],
        ['POST /images/create', 403],
      ])
    } finally {
      said.mockRestore()
    }
  })
})

describe('the README', () => {
  it('shows examples as they are', async () => {
    const readme = await readFile('README.md', 'utf8')
    const shown = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code)
    const files = await Promise.all(Object.keys(examples).map((name) => readFile(`examples/${name}`, 'utf8')))
    const codes = files.map((text) => text.slice(text.indexOf('import')))
    expect(shown.length).toBeGreaterThan(0)
    for (const code of shown) expect(codes).toContain(code)
  })
})
