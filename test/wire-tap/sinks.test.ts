import { mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { PassThrough } from 'node:stream'
import type { Intermediate } from '@intermediate/core'
import { intermediate, reply } from '@intermediate/core'
import { answer, temporaryFolder } from '@intermediate/testing'
import type { Sink, TapEvent } from '@intermediate/wire-tap'
import { asciicast, jsonLines, openTelemetry, prometheus, terminal, wireTap } from '@intermediate/wire-tap'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import parsePrometheus from 'parse-prometheus-text-format'
import { describe, expect, it } from 'vitest'
import { attach, byHand, ok, request, upgraded } from '../docker-calls.js'
import { setUpWith } from '../matrix.js'
import { told } from './told.js'

/** Makes the calls through the layers, and waits until the sinks in front have been told of all. */
async function calling(sink: Sink, lines: readonly string[], behind: Intermediate = intermediate()) {
  const last = told()
  // It is told after the sink, which stands behind it, of the same call.
  const layers = intermediate().use(wireTap(last)).use(wireTap(sink)).use(behind)
  await using to = await setUpWith(layers, 'unix', answer(ok))
  await using client = await to.client()
  for (const line of lines) {
    await client.send(line)
    await client.response()
  }
  await last.until('end', lines.length)
  await new Promise((resolve) => setImmediate(resolve))
  return to.upstream.requests
}

const frame = (text: string, more: Partial<Extract<TapEvent, { type: 'frame' }>> = {}): TapEvent => ({
  type: 'frame',
  call: 1,
  endpoint: 'POST /exec/:id/start',
  path: '/exec/x/start',
  time: 1000,
  stream: 'raw',
  data: Buffer.from(text, 'latin1'),
  ...more,
})

describe('jsonLines', () => {
  it('writes every event as a line, for its owner only', async () => {
    await using folder = await temporaryFolder()
    const path = folder.file('calls.jsonl')
    const sink = jsonLines(path)
    await calling(sink, [request('POST /volumes/create?x=1', ['X-Registry-Auth: secret'], '{"Name":"v"}')])
    await sink(frame('text'))
    await sink(frame('\xff\xfe'))
    await sink.close()
    const events = (await readFile(path, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as TapEvent)
    expect(events.map(({ type }) => type)).toEqual(['call', 'body', 'reply', 'end', 'frame', 'frame'])
    expect(events[0]).toMatchObject({
      endpoint: 'POST /volumes/create',
      headers: { 'x-registry-auth': '[redacted]' },
    })
    expect(events.slice(4)).toMatchObject([{ text: 'text' }, { base64: '//4=' }])
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('begins another file where one is full, and keeps so many', async () => {
    await using folder = await temporaryFolder()
    const path = folder.file('calls.jsonl')
    const line = JSON.stringify({ ...frame(''), data: undefined, text: '0' }).length + 1
    for (let round = 0; round < 2; round++) {
      await using sink = jsonLines(path, { maxBytes: 2 * line, keep: 2 })
      for (let i = 0; i < 5; i++) await sink(frame(String(i)))
    }
    const texts = async (name: string) =>
      [...(await readFile(folder.file(name), 'utf8')).matchAll(/"text":"(\d)"/g)]
        .map(([, text]) => text)
        .join('')
    expect((await readdir(folder.path)).toSorted()).toEqual(['calls.jsonl', 'calls.jsonl.1', 'calls.jsonl.2'])
    const files = ['calls.jsonl.2', 'calls.jsonl.1', 'calls.jsonl']
    expect(await Promise.all(files.map(texts))).toEqual(['40', '12', '34'])
  })

  it('tells of a file that cannot be written, and goes on once it can', async () => {
    await using folder = await temporaryFolder()
    const path = folder.file('later/calls.jsonl')
    const sink = jsonLines(path)
    await sink(frame('lost'))
    await expect(sink.close()).rejects.toThrow('ENOENT')
    await mkdir(folder.file('later'))
    await sink(frame('written'))
    await sink.close()
    expect(await readFile(path, 'utf8')).toMatch(/"text":"written"\}\n$/)
  })

  it.each([
    [() => jsonLines(''), 'jsonLines() was given the path : give it as text.'],
    [
      () => jsonLines('x', { size: 1 } as never),
      'jsonLines() was given size, which does not exist: it has maxBytes, keep.',
    ],
    [
      () => jsonLines('x', { keep: -1 }),
      'jsonLines() was given the keep -1: give it in files, as a whole number from 0.',
    ],
  ])('refuses options that cannot be used', (make, message) => {
    expect(make).toThrow(message)
  })
})

describe('terminal', () => {
  async function shown(isTTY: boolean, lines: readonly string[]) {
    const stream = Object.assign(new PassThrough(), { isTTY })
    await calling(terminal({ stream }), lines)
    return (stream.read() as Buffer).toString()
  }

  it('shows what passes, a line for each event', async () => {
    const text = await shown(false, [request('POST /volumes/create?x=1', [], '{"Name":"v"}')])
    expect(text.replaceAll(/\d\d:\d\d:\d\d\.\d{3} #\d+/g, 'TIME').replace(/[\d.]+ ms/, 'N ms')).toBe(
      `TIME → POST /volumes/create?x=1
TIME → {"Name":"v"}
TIME ← 200
TIME 200 POST /volumes/create N ms, 12 B in, 2 B out
`,
    )
  })

  it('lets nothing that passes write to the terminal', async () => {
    const stream = new PassThrough()
    const sink = terminal({ stream })
    await sink({ ...frame('\x1b]0;x\x07\x9b2J'), path: '/\x1b[2J' })
    await sink({
      ...frame(''),
      type: 'call',
      method: 'GET',
      version: undefined,
      params: {},
      query: undefined,
      headers: {},
      client: undefined,
      path: '/\x1b[2J',
    })
    expect((stream.read() as Buffer).toString()).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f]/)
  })

  it('says what was dropped, and waits for a slow stream', async () => {
    const stream = new PassThrough({ highWaterMark: 1 })
    const waiting = terminal({ stream })({ ...frame('x'), dropped: 3 })
    expect(waiting).toBeInstanceOf(Promise)
    expect(String(stream.read())).toContain('(3 events were dropped)\n')
    await waiting
  })
})

describe('openTelemetry', () => {
  function tracing() {
    const exporter = new InMemorySpanExporter()
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
    return { exporter, tracer: provider.getTracer('test') }
  }
  const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const listing = request('GET /v1.45/containers/json', [`traceparent: ${parent}`, 'User-Agent: docker'])

  it('makes a span of each call, a child of what its client says', async () => {
    const { exporter, tracer } = tracing()
    const guard = intermediate().use('GET /info', async function guard() {
      return reply(503, 'no')
    })
    const [sent] = await calling(openTelemetry({ tracer }), [listing, request('GET /info')], guard)
    expect(sent!.raw.toString()).toBe(listing)
    const [first, second] = exporter.getFinishedSpans()
    expect(first).toMatchObject({
      name: 'GET /containers/json',
      attributes: {
        'http.request.method': 'GET',
        'http.route': 'GET /containers/json',
        'url.path': '/containers/json',
        'docker.api.version': '1.45',
        'user_agent.original': 'docker',
        'http.response.status_code': 200,
        'http.response.body.size': 2,
      },
      parentSpanContext: { traceId: parent.slice(3, 35), spanId: parent.slice(36, 52), isRemote: true },
    })
    expect(Math.abs(first!.startTime[0] * 1000 - Date.now())).toBeLessThan(60_000)
    expect(second).toMatchObject({ status: { code: 2 }, attributes: { 'intermediate.answered_by': 'guard' } })
    expect(second!.parentSpanContext).toBeUndefined()
  })

  it('passes its span on where it is asked to', async () => {
    const { exporter, tracer } = tracing()
    const requests = await calling(openTelemetry({ tracer, propagate: true }), [
      listing,
      request('GET /info'),
    ])
    const spans = exporter.getFinishedSpans().map((span) => span.spanContext())
    expect(requests.map(({ raw }) => /^traceparent: (.*)\r$/im.exec(raw.toString())?.[1])).toEqual(
      spans.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`),
    )
    expect(spans[0]!.traceId).toBe(parent.slice(3, 35))
  })

  it('refuses what is no tracer', () => {
    expect(() => openTelemetry({ tracer: {} as never })).toThrow(
      'openTelemetry() was given a tracer that starts no spans: give provider.getTracer(…).',
    )
  })
})

describe('prometheus', () => {
  it('counts calls, bytes and refusals, and serves that for its own parser to read', async () => {
    await using sink = await prometheus({ listen: 'tcp://127.0.0.1:0' })
    const guard = intermediate().use('GET /info', async function guard() {
      return reply(403, 'no!')
    })
    await calling(
      sink,
      [request('POST /volumes/create', [], '{}'), request('GET /info'), request('GET /info')],
      guard,
    )
    await sink({
      ...frame(''),
      type: 'end',
      dropped: 7,
      status: 101,
      tunnel: false,
      duration: 5000,
      received: 0,
      sent: 0,
    } as TapEvent)
    const response = await fetch(sink.url)
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    const families = new Map(parsePrometheus(await response.text()).map((family) => [family.name, family]))
    const values = (name: string) =>
      families
        .get(name)!
        .metrics.map(({ labels, value }) => [Object.values(labels ?? {}).join(' '), Number(value)])
    expect(values('intermediate_calls_total')).toEqual([
      ['POST /volumes/create 200', 1],
      ['GET /info 403', 2],
      ['POST /exec/:id/start 101', 1],
    ])
    expect(values('intermediate_bytes_total').slice(0, 4)).toEqual([
      ['POST /volumes/create to engine', 2],
      ['POST /volumes/create to client', 2],
      ['GET /info to engine', 0],
      ['GET /info to client', 6],
    ])
    expect(values('intermediate_refusals_total')).toEqual([['guard', 2]])
    expect(values('intermediate_tap_dropped_total')).toEqual([['', 7]])
    const durations = families.get('intermediate_call_duration_seconds')!
    expect(durations.type).toBe('HISTOGRAM')
    expect((await fetch(new URL('/', sink.url))).status).toBe(404)
  })

  it('counts the tunnels that are open', async () => {
    await using sink = await prometheus({ listen: 'tcp://127.0.0.1:0' })
    const open = async () =>
      /^intermediate_tunnels_open (\d+)$/m.exec(await (await fetch(sink.url)).text())?.[1]
    const seen = told()
    const layers = intermediate().use(wireTap(seen)).use(wireTap(sink))
    await using to = await setUpWith(layers, 'unix', byHand)
    await using client = await to.client()
    await client.send(attach)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(upgraded)
    await client.head()
    await seen.until('reply')
    expect(await open()).toBe('1')
    await client.end()
    await engine.end()
    await seen.until('end')
    expect(await open()).toBe('0')
  })

  it('refuses what is no address', async () => {
    await expect(prometheus({ listen: '9323' })).rejects.toThrow(
      'prometheus() was given 9323 to listen on: give tcp://127.0.0.1:9323, or another host and port.',
    )
  })
})

describe('asciicast', () => {
  const call = (path: string, query = {}, number = 1) =>
    ({
      ...frame(''),
      type: 'call',
      endpoint: path.replace('/x/', '/:id/'),
      path,
      params: { id: 'x' },
      query,
      headers: {},
      call: number,
    }) as unknown as TapEvent
  const body = (of: 'call' | 'reply', json: unknown, number = 1) =>
    ({ ...frame(''), type: 'body', of, json, call: number }) as TapEvent
  const start = call('POST /exec/x/start')
  const end = { ...frame(''), type: 'end' } as TapEvent

  /** The files that a sink writes of these events. */
  async function recorded(events: readonly TapEvent[]): Promise<unknown[][]> {
    await using folder = await temporaryFolder()
    const sink = asciicast(folder.file('casts'))
    for (const event of events) await sink(event)
    await sink.close()
    const names = await readdir(folder.file('casts'))
    const texts = await Promise.all(names.map((name) => readFile(folder.file(`casts/${name}`), 'utf8')))
    return texts.map((text) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    )
  }
  const header = (width: number, height: number) => ({ version: 2, width, height, timestamp: 1, title: 'x' })

  it('records a session with its size and times, and characters that come in parts', async () => {
    expect(
      await recorded([
        call('POST /containers/x/exec', {}, 7),
        body('call', { Tty: true, ConsoleSize: [31, 97] }, 7),
        body('reply', { Id: 'x' }, 7),
        start,
        frame('$ \xe2\x82'),
        frame('\xac', { time: 1500 }),
        frame('ls\r', { stream: 'stdin', time: 1750.1234567 }),
        call('POST /exec/x/resize', { h: '40', w: '120' }, 8),
        end,
      ]),
    ).toEqual([
      [header(97, 31), [0, 'o', '$ '], [0.5, 'o', '€'], [0.750123, 'i', 'ls\r'], [0.750123, 'r', '120x40']],
    ])
  })

  it('waits for the size that an older client tells after the start', async () => {
    expect(
      await recorded([
        start,
        frame('$ '),
        call('POST /exec/x/resize', { h: '5', w: '6' }, 8),
        frame('x'),
        end,
      ]),
    ).toEqual([[header(6, 5), [0, 'o', '$ '], [0, 'o', 'x']]])
    expect(await recorded([start, frame('$ '), end])).toEqual([[header(80, 24), [0, 'o', '$ ']]])
  })

  it('leaves no file of what is no terminal', async () => {
    expect(
      await recorded([start, frame('in', { stream: 'stdin' }), frame('out', { stream: 'stdout' }), end]),
    ).toEqual([])
    const much = Array.from({ length: 20 }, () => frame('x'.repeat(10_000), { stream: 'stdin' }))
    expect(await recorded([start, ...much, end])).toEqual([])
  })
})
