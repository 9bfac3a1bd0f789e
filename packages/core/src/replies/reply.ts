import type { Duplex } from 'node:stream'
import { Readable } from 'node:stream'
import type { BodyInit, JsonOr, ReadOptions } from '../body.js'
import type { Endpoints } from '../endpoints/endpoint-table.js'
import type { Endpoint } from '../endpoints/endpoint-types.js'
import type { ItemsChange } from '../endpoints/item-types.js'
import { Fields } from '../fields.js'
import type { HeaderFields } from '../fields.js'
import type { Tap } from '../wire/tap.js'
import { OwnReply } from './own-reply.js'
import { TunnelReply } from './tunnel-reply.js'

/** What answers a call: a head, and a body or a tunnel. What a layer does not look at passes as it came. */
export type Reply<E extends Endpoint = Endpoint> = ReplyParts<E> & (Done<E> | Failed)

export interface ReplyParts<E extends Endpoint> {
  readonly status: number
  readonly headers: HeaderFields
  /**
   * The hijacked connection of attach, exec, session, grpc and websockets; undefined on every other reply. It keeps
   * half-closes. Once it was read or written, the reply carries nothing else than it or what wraps it.
   */
  readonly tunnel: Duplex | undefined
  /**
   * The same head with another tunnel, usually one that wraps this reply's.
   * @throws TypeError where this reply has none
   */
  withTunnel(tunnel: Duplex): Reply
  /**
   * Has each item of a list, or of a stream of JSON values such as events, looked at as it comes: what `change` returns
   * goes on in its place, and undefined leaves it out. The whole is never held, and an event does not wait for the next;
   * one item has 8 MiB at most, and a larger one ends the reply. An error has no items and stays as it is.
   * @throws TypeError where the replies of the endpoint have no items
   */
  items(change: ItemsChange<E>): void
  /**
   * Gives a copy of the body to a tap, as `call.tap` does. Of a tunnel, `output` is given what comes from the engine, and
   * `input` what goes to it: it passes as it comes, however little the taps do. On other replies nobody asks `input`.
   * @throws TypeError where the body was passed on or taken before
   */
  tap(output: Tap, input?: Tap): void
  /** The name of the layer that made the reply; undefined: an upstream did, or core. */
  readonly answeredBy: string | undefined
  /** The address of the upstream that replied; undefined: a layer did, or core. */
  readonly upstream: string | undefined
}

/** The reply of an engine that did what it was asked. */
interface Done<E extends Endpoint> {
  /** True for 2xx, and for a 101. */
  readonly ok: true
  /**
   * The content of the body, once, as a stream; whoever takes it assigns what is to be sent: a stream, text, bytes, or
   * an object, which is sent as JSON. Of a tunnel it is empty.
   */
  get body(): Readable
  set body(body: JsonOr<Endpoints[E]['reply']>)
  /**
   * The body as one JSON document; as with a call, what is in it in the end is what is sent. Of an empty body it is an
   * empty object, and stays an empty body if nothing is put in.
   * @throws IntermediateError 502 for what is not JSON, or past the limit
   */
  json(options?: ReadOptions): Promise<Endpoints[E]['reply']>
}

interface Failed {
  readonly ok: false
  get body(): Readable
  set body(body: BodyInit)
  /** What the engine says is wrong. */
  json(options?: ReadOptions): Promise<{ message?: string | null }>
}

/**
 * A reply of a layer's own. `fields` replace the ones that the body brings along.
 * @param status from 200 to 599
 */
export function reply(status: number, body?: BodyInit, fields: Record<string, string> = {}): Reply {
  if (!Number.isInteger(status) || status < 200 || status > 599)
    throw new RangeError(`${status} is no status that ends a call: give one from 200 to 599.`)
  const given = Object.entries(fields)
  const named = new Set(given.map(([name]) => name.toLowerCase()))
  for (const name of ['content-length', 'transfer-encoding', 'connection'])
    if (named.has(name)) throw new RangeError(`${name} is not for a layer to set: it follows from the body`)
  const type = body === undefined ? undefined : contentType(body)
  if (type !== undefined && !named.has('content-type')) given.unshift(['Content-Type', type])
  return new OwnReply(status, given, body)
}

/**
 * A tunnel of a layer's own, on a call that hijacks.
 * @param multiplexed the stream carries Docker's frames instead of raw bytes. Default false
 */
export function tunnel(stream: Duplex, options: { multiplexed?: boolean } = {}): Reply {
  const type = `application/vnd.docker.${options.multiplexed ? 'multiplexed' : 'raw'}-stream`
  return new TunnelReply(undefined, new Fields([['Content-Type', type]]), stream)
}

function contentType(body: BodyInit): string | undefined {
  if (typeof body === 'string') return 'text/plain; charset=utf-8'
  return body instanceof Uint8Array || body instanceof Readable ? undefined : 'application/json'
}
