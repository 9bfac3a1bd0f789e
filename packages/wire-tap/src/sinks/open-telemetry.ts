import type { Context, Span, Tracer } from '@opentelemetry/api'
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { CallBegun, CallEnded, TapEvent } from '../events.js'
import { checkFlag, checkNames, settingError } from '../settings.js'
import type { Sink } from '../sink.js'

export interface OpenTelemetryOptions {
  /** Default: the global provider's, for `@intermediate/wire-tap`. */
  tracer?: Tracer
  /**
   * Has calls go on with a `traceparent` of their span, by which the next hop's spans are its children. The calls are
   * changed by that, and no longer go on byte for byte.
   * @default false
   */
  propagate?: boolean
}

/**
 * A span for each call, from its head to the end of its reply or tunnel, named by its endpoint. A client's `traceparent`
 * is its parent.
 * @throws IntermediateError for options that cannot be used
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): Sink {
  checkNames('openTelemetry()', options, ['tracer', 'propagate'])
  checkFlag('openTelemetry()', 'propagate', options.propagate)
  const { propagate = false, tracer = trace.getTracer('@intermediate/wire-tap') } = options
  if (typeof tracer.startSpan !== 'function')
    throw settingError('openTelemetry() was given a tracer that starts no spans: give provider.getTracer(…).')
  const spans = new Map<number, Span>()
  const begin = (event: CallBegun) => {
    const span = startSpan(tracer, event)
    spans.set(event.call, span)
    return span
  }
  const sink = (event: TapEvent) => {
    if (event.type === 'call') {
      if (!spans.has(event.call)) begin(event)
    } else if (event.type === 'end') {
      const span = spans.get(event.call)
      if (span !== undefined) endSpan(span, event)
      spans.delete(event.call)
    }
  }
  const headers = (event: CallBegun) => ({ traceparent: traceparent(begin(event)) })
  return Object.assign(sink, { wants: ['call', 'end'] as const, ...(propagate ? { headers } : {}) })
}

function startSpan(
  tracer: Tracer,
  { endpoint, method, path, version, client, headers, time }: CallBegun,
): Span {
  const attributes = {
    'http.request.method': method,
    'http.route': endpoint,
    'url.path': path,
    ...(version === undefined ? {} : { 'docker.api.version': version }),
    ...(client === undefined ? {} : { 'client.address': client }),
    ...(headers['user-agent'] === undefined ? {} : { 'user_agent.original': headers['user-agent'] }),
  }
  const name = endpoint === 'unknown' ? method : endpoint
  return tracer.startSpan(name, { kind: SpanKind.SERVER, startTime: time, attributes }, parentOf(headers))
}

function endSpan(span: Span, { status, received, sent, aborted, answeredBy, error, time }: CallEnded): void {
  span.setAttributes({
    'http.response.status_code': status,
    'http.request.body.size': received,
    'http.response.body.size': sent,
    ...(answeredBy === undefined ? {} : { 'intermediate.answered_by': answeredBy }),
    ...(aborted ? { 'intermediate.aborted': true } : {}),
  })
  if (status >= 500 || error !== undefined)
    span.setStatus({ code: SpanStatusCode.ERROR, ...(error === undefined ? {} : { message: error }) })
  span.end(time)
}

/** W3C Trace Context, version 00; what is not valid has no parent. */
function parentOf({ traceparent = '' }: CallBegun['headers']): Context {
  const [, traceId, spanId, flags] =
    /^00-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})$/.exec(traceparent) ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: parseInt(flags, 16),
    isRemote: true,
  })
}

function traceparent(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext()
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
}
