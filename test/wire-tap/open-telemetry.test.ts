import { intermediate, reply } from '@intermediate/core'
import type { CallBegun, CallEnded, TapEvent } from '@intermediate/wire-tap'
import { openTelemetry } from '@intermediate/wire-tap'
import { trace } from '@opentelemetry/api'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { describe, expect, it, vi } from 'vitest'
import { request } from '../docker-calls.js'
import { calling, frame } from './sink-calls.js'

describe('openTelemetry', () => {
  function tracing() {
    const exporter = new InMemorySpanExporter()
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
    return { exporter, tracer: provider.getTracer('test') }
  }
  const time = Date.now()
  const begun = (call: number, endpoint: CallBegun['endpoint'], headers: CallBegun['headers'] = {}) =>
    ({ ...frame(''), time, type: 'call', call, endpoint, method: 'GET', headers }) as unknown as TapEvent
  const ended = (call: number, how: Partial<CallEnded> = {}) =>
    ({ ...frame(''), time, type: 'end', call, status: 200, received: 0, sent: 0, ...how }) as TapEvent
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
        'http.route': '/containers/json',
        'url.scheme': 'http',
        'url.path': '/containers/json',
        'docker.api.version': '1.45',
        'user_agent.original': 'docker',
        'http.response.status_code': 200,
        'http.response.body.size': 2,
      },
      parentSpanContext: { traceId: parent.slice(3, 35), spanId: parent.slice(36, 52), isRemote: true },
    })
    expect(Math.abs(first!.startTime[0] * 1000 - Date.now())).toBeLessThan(60_000)
    expect(second).toMatchObject({
      status: { code: 2 },
      attributes: { 'intermediate.answered_by': 'guard', 'error.type': '503' },
    })
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

  it.each([
    ['with its trace', parent, 'a=b'],
    ['not with another, where there was none', '', undefined],
    ['not with another, where that is none', 'mine', undefined],
    ['not with another, in capitals', parent.toUpperCase(), undefined],
  ])('passes the state of a trace on %s', async (_where, traceparent, state) => {
    const { tracer } = tracing()
    const sent = request('GET /info', [`traceparent: ${traceparent}`, 'tracestate: a=b'])
    const [came] = await calling(openTelemetry({ tracer, propagate: true }), [sent])
    expect(/^tracestate: (.*)\r$/im.exec(came!.raw.toString())?.[1]).toBe(state)
    expect(came!.raw.toString()).toMatch(/^traceparent: 00-[\da-f]{32}-[\da-f]{16}-01\r$/im)
  })

  it.each([
    ['03', 1],
    ['02', 0],
  ])('reads of the flags %s only whether it is sampled', async (flags, sampled) => {
    const { tracer } = tracing()
    const span = vi.spyOn(tracer, 'startSpan')
    await openTelemetry({ tracer })(begun(1, 'GET /info', { traceparent: parent.replace(/01$/, flags) }))
    expect(trace.getSpanContext(span.mock.lastCall![2]!)).toMatchObject({ traceFlags: sampled })
  })

  it('names a call that is no endpoint by its method, and a method that is none of HTTP by none', async () => {
    const { exporter, tracer } = tracing()
    await calling(openTelemetry({ tracer }), [request('GET /no/such'), request('BREW /coffee')])
    const spans = exporter.getFinishedSpans()
    expect(spans.map(({ name }) => name)).toEqual(['GET', 'HTTP'])
    expect(spans[0]!.attributes).not.toHaveProperty('http.route')
    expect(spans[1]!.attributes).toMatchObject({
      'http.request.method': '_OTHER',
      'http.request.method_original': 'BREW',
    })
  })

  it('tells of a tunnel once it is over, and of a layer that failed, but not of a client that left', async () => {
    const { exporter, tracer } = tracing()
    const sink = openTelemetry({ tracer })
    const calls = ['GET /events', 'POST /exec/:id/start', 'GET /info'] as const
    for (const [call, endpoint] of calls.entries()) await sink(begun(call, endpoint))
    expect(exporter.getFinishedSpans()).toEqual([])
    await sink(ended(0, { status: 200, aborted: true }))
    await sink(ended(1, { status: 101, tunnel: true, time: time + 3_600_000 }))
    await sink(ended(2, { status: 400, aborted: true, error: 'no such thing' }))
    const [events, exec, info] = exporter.getFinishedSpans()
    expect(events).toMatchObject({ status: { code: 0 }, attributes: { 'intermediate.aborted': true } })
    expect(exec).toMatchObject({ duration: [3600, 0], attributes: { 'http.response.status_code': 101 } })
    expect(info).toMatchObject({
      status: { code: 2, message: 'no such thing' },
      attributes: { 'error.type': '400' },
    })
  })

  it.each([
    ['00-00000000000000000000000000000000-b7ad6b7169203331-01', 'no id'],
    ['00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01', 'capitals'],
    [`${parent}-more`, 'more than version 00 has'],
    [parent.replace('00-', 'ff-'), 'a version that cannot be'],
    [`${parent}, ${parent}`, 'two of them'],
    ['', 'nothing'],
  ])('takes no parent from %s: %s', async (traceparent) => {
    const { exporter, tracer } = tracing()
    const sink = openTelemetry({ tracer })
    await sink(begun(1, 'GET /info', { traceparent }))
    await sink(ended(1))
    expect(exporter.getFinishedSpans()[0]!.parentSpanContext).toBeUndefined()
  })

  it('reads the parent of a later version, and keeps its state', async () => {
    const { exporter, tracer } = tracing()
    const sink = openTelemetry({ tracer })
    await sink(
      begun(1, 'GET /info', { traceparent: `${parent.replace('00-', '01-')}-more`, tracestate: 'a=b' }),
    )
    await sink(ended(1))
    const [span] = exporter.getFinishedSpans()
    expect(span!.parentSpanContext).toMatchObject({ traceId: parent.slice(3, 35), traceFlags: 1 })
    expect(span!.spanContext().traceState?.serialize()).toBe('a=b')
  })

  it('has calls go on as they came where nothing traces', async () => {
    const untraced = request('GET /info', ['traceparent: mine'])
    const [sent] = await calling(openTelemetry({ propagate: true }), [untraced])
    expect(sent!.raw.toString()).toBe(untraced)
  })

  it('refuses what is no tracer', () => {
    expect(() => openTelemetry({ tracer: {} as never })).toThrow(
      'openTelemetry() was given a tracer that starts no spans: give provider.getTracer(…).',
    )
  })
})
