import { Duplex, PassThrough, pipeline } from 'node:stream'
import type { Readable } from 'node:stream'
import type { Call, Handler, Reply } from '@intermediate/core'
import { endpoints, intermediate } from '@intermediate/core'
import { itemPlace } from '../../packages/core/src/json/item-places.js'

/**
 * Reads all that a layer can read: the query and the JSON of every call, the items or the JSON of every reply, any other
 * reply as a stream, and both ways of every tunnel. It changes nothing. Archives on their way to the engine are the one
 * thing that it leaves alone.
 */
export async function readingLayer(call: Call, next: Handler): Promise<Reply> {
  Object.keys(call.query)
  if (isJson(call) || takesJson.has(call.endpoint)) await call.json()
  const reply = await next(call)
  const { tunnel } = reply
  if (tunnel !== undefined) return reply.withTunnel(around(tunnel))
  if (reply.ok && haveItems.has(call.endpoint)) reply.items((item) => item)
  else if (isJson(reply)) await reply.json()
  else reply.body = through(reply.body)
  return reply
}

export const reading = intermediate().use(readingLayer)

const takesJson = keysOf(({ requestBody }) => requestBody !== undefined && requestBody !== 'string')
const haveItems = keysOf((endpoint) => itemPlace(endpoint) !== undefined)

function keysOf(isWanted: (endpoint: (typeof endpoints)[number]) => boolean): ReadonlySet<string> {
  return new Set(endpoints.filter(isWanted).map(({ key }) => key))
}

function isJson({ headers }: Pick<Call, 'headers'>): boolean {
  return headers.get('content-type')?.toLowerCase().startsWith('application/json') ?? false
}

/** Each half goes on to its own end. */
function around(tunnel: Duplex): Duplex {
  const input = new PassThrough()
  pipeline(input, tunnel, () => {})
  return Duplex.from({ readable: through(tunnel), writable: input })
}

function through(stream: Readable): Readable {
  return pipeline(stream, new PassThrough(), () => {})
}
