import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TapEvent } from '../events.js'
import { checkNames, settingError } from '../settings.js'
import type { Sink } from '../sink.js'

export interface PrometheusOptions {
  /** Where metrics are served, as `tcp://127.0.0.1:9323`; port 0 is any. Whoever reaches it can read them. */
  listen: string
}

/** A sink that serves what it has counted. */
export interface PrometheusSink extends Sink, AsyncDisposable {
  /** Of the metrics: `http://127.0.0.1:9323/metrics`. */
  readonly url: string
  close(): Promise<void>
}

/** In seconds: most calls are short, a pull or a session is not. */
const buckets = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 30, 120, 600, 3600]

/**
 * Counts calls, their time and bytes, open tunnels, what layers refuse, and what taps had to drop, and serves that in
 * Prometheus's text form. It does not keep the process alive.
 * @throws IntermediateError for an address that cannot be used or listened on
 */
export async function prometheus(options: PrometheusOptions): Promise<PrometheusSink> {
  checkNames('prometheus()', options, ['listen'])
  const [, host, port] = /^tcp:\/\/(\[[^\]]+\]|[^:/]+):(\d+)$/.exec(options.listen) ?? []
  if (host === undefined || Number(port) > 65535)
    throw settingError(
      `prometheus() was given ${String(options.listen)} to listen on: give tcp://127.0.0.1:9323, or another host and port.`,
    )
  const { registry, count } = await metrics()
  const server = createServer((request, response) => {
    // Prometheus can be set up to add a query.
    if (
      request.url?.split('?', 1)[0] !== '/metrics' ||
      (request.method !== 'GET' && request.method !== 'HEAD')
    ) {
      response.writeHead(404).end('The metrics are at /metrics.\n')
      return
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'Content-Type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    )
  })
  server.listen(Number(port), host.replace(/[[\]]/g, ''))
  await once(server, 'listening').catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException
    throw settingError(`prometheus() cannot listen on ${options.listen} (${code}): give another address.`)
  })
  server.unref()
  const closed = once(server, 'close')
  const close = async () => {
    server.close()
    server.closeAllConnections()
    await closed
  }
  const url = `http://${host}:${(server.address() as AddressInfo).port}/metrics`
  return Object.assign(count, { wants: ['reply', 'end'] as const, url, close, [Symbol.asyncDispose]: close })
}

async function metrics() {
  // It takes longer to load than everything else, and who wants no metrics starts without it.
  const { Counter, Gauge, Histogram, Registry } = await import('prom-client')
  const registry = new Registry()
  const registers = [registry]
  const calls = new Counter({
    name: 'intermediate_calls_total',
    help: 'Calls that have ended, by their status',
    labelNames: ['endpoint', 'status'],
    registers,
  })
  const durations = new Histogram({
    name: 'intermediate_call_duration_seconds',
    help: 'From a call to the end of its reply or tunnel',
    labelNames: ['endpoint'],
    buckets,
    registers,
  })
  const bytes = new Counter({
    name: 'intermediate_bytes_total',
    help: 'Content of calls and replies that have ended',
    labelNames: ['endpoint', 'direction'],
    registers,
  })
  const tunnels = new Gauge({ name: 'intermediate_tunnels_open', help: 'Tunnels that are open', registers })
  const refusals = new Counter({
    name: 'intermediate_refusals_total',
    help: 'Calls that a layer has answered with an error, by its name',
    labelNames: ['layer'],
    registers,
  })
  const dropped = new Counter({
    name: 'intermediate_tap_dropped_total',
    help: 'Events that were dropped before they were counted',
    registers,
  })
  // A reply can have been dropped, whose end comes all the same.
  const open = new Set<number>()
  const count = (event: TapEvent) => {
    if (event.dropped !== undefined) dropped.inc(event.dropped)
    if (event.type === 'reply' && event.tunnel) tunnels.set(open.add(event.call).size)
    if (event.type !== 'end') return
    const { endpoint, status, answeredBy } = event
    calls.inc({ endpoint, status })
    durations.observe({ endpoint }, event.duration / 1000)
    bytes.inc({ endpoint, direction: 'to engine' }, event.received)
    bytes.inc({ endpoint, direction: 'to client' }, event.sent)
    if (open.delete(event.call)) tunnels.set(open.size)
    if (answeredBy !== undefined && status >= 400) refusals.inc({ layer: answeredBy })
  }
  return { registry, count }
}
