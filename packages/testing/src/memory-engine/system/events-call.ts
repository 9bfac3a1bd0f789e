import { badRequest } from '../engine-error.js'
import type { EngineEvent } from '../events.js'
import type { Exchange } from '../http/exchange.js'
import { parseFilters } from '../http/filters.js'
import type { Filters } from '../http/filters.js'
import { Condition } from '../streams/condition.js'
import { now, parseTime } from '../time.js'

const accepted = [
  'config',
  'container',
  'daemon',
  'event',
  'image',
  'label',
  'label!',
  'network',
  'node',
  'plugin',
  'scope',
  'secret',
  'service',
  'type',
  'volume',
]

/** `GET /events`: what happened since, then what happens until. */
export async function events(exchange: Exchange): Promise<void> {
  const { engine, query, signal } = exchange
  const filters = parseFilters(query.text('filters'), accepted)
  const since = time(query.text('since'), 'since')
  const until = time(query.text('until'), 'until')
  const { type, begins } = formatFor(exchange)
  const shown = (event: EngineEvent) => `${begins}${JSON.stringify(message(event, exchange.api))}\n`
  const due: EngineEvent[] = []
  const condition = new Condition()
  const stop = engine.events.watch((event) => {
    due.push(event)
    condition.changed()
  })
  try {
    due.unshift(...(since === undefined ? [] : engine.events.past(since, until)))
    exchange.begin(200, { 'Content-Type': type })
    const over = AbortSignal.any([signal, engine.closing.signal, ...(until === undefined ? [] : [at(until)])])
    for (;;) {
      for (let event = due.shift(); event; event = due.shift()) {
        if ((until === undefined || event.ns <= until) && fits(event, filters))
          await exchange.write(shown(event))
      }
      if (over.aborted) break
      await condition.until(() => (due.length > 0 ? true : undefined), over).catch(() => {})
    }
  } finally {
    stop()
  }
  exchange.response.end()
}

/** Before 1.52 the fields of before 1.22 were there as well. */
function message({ Type, Action, Actor, scope, time: seconds, timeNano }: EngineEvent, api: number): object {
  const event = { Type, Action, Actor, scope, time: seconds, timeNano }
  if (api >= 52 || Type !== 'container') return event
  const { ID, Attributes } = Actor
  return { status: Action, id: ID, from: Attributes.image, ...event }
}

/** Since 1.52 the client chooses how the events are parted (RFC 7464 for json-seq). */
function formatFor({ api, request }: Exchange): { type: string; begins: string } {
  const accept = request.headers.accept ?? ''
  if (api < 52) return { type: 'application/json', begins: '' }
  if (accept.includes('application/json-seq')) return { type: 'application/json-seq', begins: '\x1e' }
  if (api >= 53 && accept.includes('application/jsonl')) return { type: 'application/jsonl', begins: '' }
  return { type: 'application/x-ndjson', begins: '' }
}

function fits({ Type, Action, Actor: { ID, Attributes }, scope }: EngineEvent, filters: Filters): boolean {
  const { name = '', image = '' } = Attributes
  const is = (type: string) => (text: string) =>
    Type === type && (ID === text || name === text || ID.startsWith(text))
  const imageFits = (text: string) => {
    const names = Type === 'image' ? [ID, name] : Type === 'container' ? [image] : []
    return names.some((own) => own === text || own.replace(/:[^/]*$/, '') === text)
  }
  const elsewhere = ['config', 'daemon', 'node', 'plugin', 'secret', 'service']
  return (
    filters.some('type', (text) => text === Type) &&
    filters.some('event', (text) => Action === text || Action.startsWith(`${text}:`)) &&
    filters.some('scope', (text) => text === scope) &&
    filters.some('container', is('container')) &&
    filters.some('network', is('network')) &&
    filters.some('volume', is('volume')) &&
    filters.some('image', imageFits) &&
    elsewhere.every((filter) => filters.get(filter).length === 0) &&
    filters.labels(Attributes)
  )
}

function time(text: string | undefined, name: string): bigint | undefined {
  if (text === undefined) return undefined
  const ns = parseTime(text)
  if (ns === undefined)
    throw badRequest(`${name}=${text} is no time: write seconds since 1970, with a fraction if need be`)
  return ns
}

/** Aborts at that time, if that is in this process's life. */
function at(ns: bigint): AbortSignal {
  const ms = Number((ns - now()) / 1_000_000n)
  if (ms <= 0) return AbortSignal.abort()
  return ms < 2 ** 31 ? AbortSignal.timeout(ms) : new AbortController().signal
}
