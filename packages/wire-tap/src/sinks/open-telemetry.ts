import type { Context, Span, Tracer } from '@opentelemetry/api'
import {
  createTraceState,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
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
 * A span for each call, from its head to the end of its reply or tunnel, named by its endpoint, with the attributes of
 * OpenTelemetry's conventions for HTTP servers. A client's `traceparent` is its parent.
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
  const headers = (event: CallBegun) => traceContext(begin(event), event)
  return Object.assign(sink, { wants: ['call', 'end'] as const, ...(propagate ? { headers } : {}) })
}

/** Those of RFC 9110, and PATCH. */
const knownMethods = new Set('GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH'.split(' '))

function startSpan(tracer: Tracer, event: CallBegun): Span {
  const { endpoint, path, version, client, certificate, headers, time } = event
  const isKnown = knownMethods.has(event.method)
  const method = isKnown ? event.method : '_OTHER'
  const route = endpoint === 'unknown' ? undefined : endpoint.slice(endpoint.indexOf(' ') + 1)
  const attributes = {
    'http.request.method': method,
    'http.request.method_original': isKnown ? undefined : event.method,
    'http.route': route,
    'url.path': path,
    // TCP without a client's certificate is for this machine, and has no TLS.
    'url.scheme': certificate === undefined ? 'http' : 'https',
    'docker.api.version': version,
    'client.address': client,
    'user_agent.original': headers['user-agent'],
  }
  const name = `${isKnown ? method : 'HTTP'}${route === undefined ? '' : ` ${route}`}`
  return tracer.startSpan(name, { kind: SpanKind.SERVER, startTime: time, attributes }, parentOf(headers))
}

/** A client that leaves is no error: it is how `logs --follow` and `events` end. */
function endSpan(span: Span, { status, received, sent, aborted, answeredBy, error, time }: CallEnded): void {
  span.setAttributes({
    'http.response.status_code': status,
    'http.request.body.size': received,
    'http.response.body.size': sent,
    ...(answeredBy === undefined ? {} : { 'intermediate.answered_by': answeredBy }),
    ...(aborted ? { 'intermediate.aborted': true } : {}),
  })
  if (status >= 500 || error !== undefined) {
    span.setAttribute('error.type', String(status))
    span.setStatus({ code: SpanStatusCode.ERROR, ...(error === undefined ? {} : { message: error }) })
  }
  span.end(time)
}

/** W3C Trace Context: of later versions what version 00 has; what is not valid has no parent. */
function parentOf({ traceparent = '', tracestate }: CallBegun['headers']): Context {
  const [, version, traceId, spanId, flags, more] =
    /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-.*)?$/.exec(
      traceparent,
    ) ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT
  if (version === '00' && more !== undefined) return ROOT_CONTEXT
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    // Of the others it is not known what they mean.
    traceFlags: parseInt(flags, 16) & 1,
    isRemote: true,
    ...(tracestate === undefined ? {} : { traceState: createTraceState(tracestate) }),
  })
}

/**
 * None where nothing traces: what the client says goes on. Else the state of a trace goes on with that trace only (W3C Trace
 * Context, 3.3), and not with one that begins here.
 */
function traceContext(span: Span, { headers }: CallBegun): Record<string, string | undefined> {
  const context = span.spanContext()
  if (!isSpanContextValid(context)) return {}
  const { traceId, spanId, traceFlags } = context
  const traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
  return parentOf(headers) === ROOT_CONTEXT ? { traceparent, tracestate: undefined } : { traceparent }
}
