import type { Call } from '@intermediate/core'
import type { CallBegun, Occurred } from './events.js'
import type { Redaction } from './redact.js'

/** What all events of a call have. */
export type Told = Pick<Occurred, 'call' | 'endpoint' | 'path'>

/** The first event of a call, without what is secret in it. */
export function callBegun(call: Call, told: Told, redaction: Redaction): CallBegun {
  const { address, certificate } = call.client
  return {
    type: 'call',
    ...told,
    time: now(),
    method: call.method,
    version: call.version,
    params: readParams(call, redaction),
    query: readQuery(call, redaction),
    headers: redaction.headers(call.headers),
    client: address,
    certificate: certificate === undefined ? undefined : [certificate.subject.CN].flat().join(', '),
  }
}

/** In ms since 1970, with a fraction. */
export function now(): number {
  return performance.timeOrigin + performance.now()
}

/** False where two readers could understand it differently, or it has a bad escape. */
export function canReadQuery(call: Call): boolean {
  try {
    return call.query !== undefined
  } catch {
    return false
  }
}

/** In bytes, about. */
export function sizeOf({ path, query, headers }: CallBegun): number {
  let size = path.length + sizeOfHeaders(headers)
  for (const name in query) {
    const value = query[name]!
    size += name.length + (typeof value === 'string' ? value.length : value.join().length)
  }
  return size
}

/** In bytes, about. */
export function sizeOfHeaders(headers: CallBegun['headers']): number {
  let size = 0
  for (const name in headers) size += name.length + headers[name]!.length
  return size
}

function readParams(call: Call, redaction: Redaction): CallBegun['params'] {
  return Object.fromEntries(
    Object.entries<string>(call.params).map(([name, value]) => [name, redaction.path(value)]),
  )
}

function readQuery(call: Call, redaction: Redaction): CallBegun['query'] {
  try {
    const names = Object.keys(call.query)
    return Object.fromEntries(
      names.map((name) => {
        const values = call.queryValues(name).map((value) => redaction.query(name, value))
        return [name, values.length === 1 ? values[0]! : values]
      }),
    )
  } catch {
    // Which the engine could read otherwise, too: core refuses it where a layer reads it.
    return undefined
  }
}
