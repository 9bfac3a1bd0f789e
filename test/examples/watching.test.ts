import { readdir, readFile } from 'node:fs/promises'
import { temporaryFolder, transcript } from '@intermediate/testing'
import type { Sink, TapEvent } from '@intermediate/wire-tap'
import { expect, it, vi } from 'vitest'
import { request, upgrade } from '../docker-calls.js'
import { example, tried } from './tried.js'
import type { Tried } from './tried.js'

const create = 'POST /containers/create'
const json = 'Content-Type: application/json'

/** A container that runs, and an exec in it that waits to be started. */
async function exec({ call }: Tried, wanted: object): Promise<string> {
  await call(`${create}?name=web`, { Image: 'busybox', Cmd: ['sleep', '100'] })
  await call('POST /containers/web/start')
  return (await call('POST /containers/web/exec', wanted)).json.Id as string
}

/** What an example says by that method of the console. */
function saidBy(method: 'log' | 'error') {
  const spy = vi.spyOn(console, method).mockReturnValue()
  return Object.assign(spy, { [Symbol.dispose]: () => spy.mockRestore() })
}

it('two-layers writes down every call, also those that it refuses', async () => {
  using said = saidBy('log')
  await using to = await tried((await example('two-layers')).default)
  await to.call('GET /_ping')
  expect(await to.call('POST /images/create?fromImage=busybox')).toMatchObject({
    status: 403,
    json: { message: 'bring your own image' },
  })
  expect(said.mock.calls).toEqual([
    ['GET /_ping', 200],
    ['POST /images/create', 403],
  ])
  expect(to.engine.calls.map(({ endpoint }) => endpoint)).toEqual(['GET /_ping'])
})

it('audit-log writes down what may change something, with its end and without Env', async () => {
  await using folder = await temporaryFolder()
  const { default: auditLog } = await example('audit-log', { AUDIT_LOG: folder.file('audit.jsonl') })
  await using to = await tried(auditLog)
  await to.call('GET /containers/json')
  await to.call(`${create}?name=a`, { Image: 'busybox', Env: ['KEY=secret'] })
  await to.call('BREW /pot')
  const events = await vi.waitFor(async () => {
    const text = await readFile(folder.file('audit.jsonl'), 'utf8')
    const lines = text.trimEnd().split('\n')
    expect(lines.filter((line) => line.includes('"type":"end"'))).toHaveLength(2)
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  })
  const told = (endpoint: string) =>
    events.filter((event) => event['endpoint'] === endpoint).map(({ type }) => type)
  expect(told(create)).toEqual(['call', 'body', 'body', 'end'])
  expect(told('unknown').at(0)).toBe('call')
  expect(new Set(events.map(({ endpoint }) => endpoint))).toEqual(new Set([create, 'unknown']))
  expect(events[1]!['json']).toEqual({ Image: 'busybox', Env: ['KEY=[redacted]'] })
  expect(to.arrived(create)).toEqual([{ Image: 'busybox', Env: ['KEY=secret'] }])
})

it('audit-log has bodies as large as core reads, and says which are left out', async () => {
  await using folder = await temporaryFolder()
  const { default: auditLog } = await example('audit-log', { AUDIT_LOG: folder.file('audit.jsonl') })
  await using to = await tried(auditLog)
  const Labels = { much: 'x'.repeat(1_000_000) }
  expect((await to.call(create, { Image: 'busybox', Labels })).status).toBe(201)
  await to.call('POST /build')
  await to.call('PUT /containers/none/archive?path=/', 'no JSON')
  const events = await vi.waitFor(async () => {
    const text = await readFile(folder.file('audit.jsonl'), 'utf8')
    expect(text.match(/"type":"end"/g)).toHaveLength(3)
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  })
  expect(events[1]!['json']).toEqual({ Image: 'busybox', Labels })
  const leftOut = events.filter(({ type }) => type === 'end').map((end) => end['leftOut'])
  expect(leftOut).toEqual([undefined, undefined, ['call']])
})

it('audit-log says what was dropped in the next line, also where it was a read that said so', async () => {
  await using folder = await temporaryFolder()
  const taps = await import('@intermediate/wire-tap')
  const sinks: Sink[] = []
  const wireTap: typeof taps.wireTap = (sink, options) => taps.wireTap((sinks.push(sink), sink), options)
  vi.doMock('@intermediate/wire-tap', () => ({ ...taps, wireTap }))
  try {
    await example('audit-log', { AUDIT_LOG: folder.file('audit.jsonl') })
  } finally {
    vi.doUnmock('@intermediate/wire-tap')
  }
  const told = (endpoint: string, dropped?: number) =>
    sinks[0]!({ type: 'end', endpoint, ...(dropped && { dropped }) } as TapEvent)
  await told('POST /commit', 1)
  await told('GET /info', 2)
  await told('GET /info', 3)
  await told('POST /commit', 4)
  await told('POST /commit')
  await vi.waitFor(async () => {
    const lines = (await readFile(folder.file('audit.jsonl'), 'utf8')).trimEnd().split('\n')
    const dropped = lines.map((line) => (JSON.parse(line) as TapEvent).dropped)
    expect(dropped).toEqual([1, 9, undefined])
  })
})

it('session-recording records a session of a terminal', async () => {
  await using folder = await temporaryFolder()
  const { default: recording } = await example('session-recording', { SESSIONS: folder.file('sessions') })
  await using to = await tried(recording)
  const id = await exec(to, { Tty: true, AttachStdout: true, ConsoleSize: [31, 97], Cmd: ['echo', 'hello'] })
  await using client = await transcript(to.address)
  await client.send(request(`POST /exec/${id}/start`, [json], '{"Tty":true}'))
  expect((await client.ended()).toString()).toMatch(/hello\r\n$/)
  const cast = await vi.waitFor(async () => {
    const [file] = await readdir(folder.file('sessions'))
    const text = await readFile(folder.file(`sessions/${file}`), 'utf8')
    expect(text.trimEnd().split('\n')).toHaveLength(2)
    return text.split('\n')
  })
  expect(JSON.parse(cast[0]!)).toMatchObject({
    version: 2,
    width: 97,
    height: 31,
    title: 'exec web: echo hello',
    command: 'echo hello',
  })
  expect(JSON.parse(cast[1]!)).toEqual([0, 'o', 'hello\r\n'])
})

it('session-bytes says what went through a tunnel, and keeps its half-close', async () => {
  using said = saidBy('error')
  await using to = await tried((await example('session-bytes')).default)
  const id = await exec(to, { AttachStdin: true, AttachStdout: true, Cmd: ['cat'] })
  await using client = await transcript(to.address)
  await client.send(request(`POST /exec/${id}/start`, [...upgrade, json], '{}'))
  expect(await client.head()).toMatch(/^HTTP\/1.1 101 /)
  await client.send('hello')
  await client.end()
  // A frame of stdout: its head has 8 bytes.
  expect((await client.ended()).toString('latin1')).toBe('\u0001\0\0\0\0\0\0\u0005hello')
  expect(said).toHaveBeenCalledWith(`exec ${id}: 5 bytes in, 13 out`)
})

it('metrics counts calls, and what the guard refuses', async () => {
  const { default: counted, metrics } = await example<{
    metrics: { url: string; close(): Promise<void> }
  }>('metrics', { METRICS: 'tcp://127.0.0.1:0' })
  try {
    await using to = await tried(counted)
    expect((await to.call('GET /info')).status).toBe(200)
    expect((await to.call(create, { Image: 'busybox' })).status).toBe(403)
    await vi.waitFor(async () => {
      const text = await (await fetch(metrics.url)).text()
      expect(text).toContain('intermediate_calls_total{endpoint="GET /info",status="200"} 1')
      expect(text).toMatch(/^intermediate_refusals_total\{layer="[^"]+"\} 1$/m)
    })
  } finally {
    await metrics.close()
  }
})

it('slow-calls says which calls took long, and of no others', async () => {
  using said = saidBy('error')
  await using to = await tried((await example('slow-calls')).default)
  const clock = vi.spyOn(performance, 'now')
  try {
    let now = 0
    clock.mockImplementation(() => now)
    expect((await to.call('GET /_ping')).status).toBe(200)
    expect(said).not.toHaveBeenCalled()
    clock.mockImplementation(() => (now += 1500))
    expect((await to.call('GET /info')).status).toBe(200)
    expect(said.mock.calls).toEqual([[expect.stringMatching(/^GET \/info took \d+\.[05] s$/)]])
  } finally {
    clock.mockRestore()
  }
})
