import type { Duplex } from 'node:stream'
import { LinkTunnel } from './wire/tunnel.js'
import type { Field } from './wire/head.js'
import type { IncomingReply } from './wire/link.js'

/** The fields of a head. Names are matched whatever their case; values are latin1, as HTTP has them. */
export interface HeaderFields extends Iterable<Field> {
  /** The value of the first field of this name. */
  get(name: string): string | undefined
}

/** What answers a call: a head, and a body or a tunnel. What a layer does not look at passes as it came. */
export interface Reply {
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
}

/** A body to send: text and bytes as they are, anything else as JSON. */
export type ReplyBody = string | Uint8Array | object

/**
 * A reply of a layer's own. `fields` replace the ones that the body brings along.
 * @param status from 200 to 599
 */
export function reply(status: number, body?: ReplyBody, fields: Record<string, string> = {}): Reply {
  if (!Number.isInteger(status) || status < 200 || status > 599)
    throw new RangeError(`${status} is no status that ends a call: give one from 200 to 599.`)
  const given = Object.entries(fields)
  const named = new Set(given.map(([name]) => name.toLowerCase()))
  for (const name of ['content-length', 'transfer-encoding', 'connection'])
    if (named.has(name)) throw new RangeError(`${name} is not for a layer to set: it follows from the body`)
  const type = body === undefined ? undefined : contentType(body)
  if (type !== undefined && !named.has('content-type')) given.unshift(['Content-Type', type])
  return new OwnReply(status, given, body === undefined ? undefined : bytesOf(body))
}

/**
 * A tunnel of a layer's own, on a call that hijacks.
 * @param multiplexed the stream carries Docker's frames instead of raw bytes. Default false
 */
export function tunnel(stream: Duplex, options: { multiplexed?: boolean } = {}): Reply {
  const type = `application/vnd.docker.${options.multiplexed ? 'multiplexed' : 'raw'}-stream`
  return new TunnelReply(undefined, [['Content-Type', type]], stream)
}

/** A reply that core itself makes of a status and a sentence, in Docker's error form. */
export function errorReply(status: number, message: string): OwnReply {
  return new OwnReply(
    status,
    [['Content-Type', 'application/json']],
    Buffer.from(`${JSON.stringify({ message })}\n`),
  )
}

/** A reply whose body was made here. */
export class OwnReply implements Reply {
  readonly status: number
  readonly headers: HeaderFields
  readonly body: Buffer | undefined
  readonly tunnel = undefined

  constructor(status: number, fields: readonly Field[], body: Buffer | undefined) {
    this.status = status
    this.headers = fieldList(fields)
    this.body = body
  }

  withTunnel(): never {
    throw new TypeError(noTunnel)
  }
}

/** A tunnel that a layer made, with the head of the upstream's reply where it wraps one. */
export class TunnelReply implements Reply {
  readonly origin: IncomingReply | undefined
  readonly headers: HeaderFields
  readonly tunnel: Duplex

  constructor(origin: IncomingReply | undefined, fields: readonly Field[], stream: Duplex) {
    this.origin = origin
    this.headers = fieldList(fields)
    this.tunnel = stream
  }

  get status(): number {
    return this.origin?.head.status ?? 101
  }

  withTunnel(stream: Duplex): Reply {
    return new TunnelReply(this.origin, [...this.headers], stream)
  }
}

/** A reply that came from the upstream. */
export class UpstreamReply implements Reply {
  readonly incoming: IncomingReply
  private stream: LinkTunnel | undefined

  constructor(incoming: IncomingReply) {
    this.incoming = incoming
  }

  get status(): number {
    return this.incoming.head.status
  }

  get headers(): HeaderFields {
    return headFields(this.incoming.head)
  }

  get tunnel(): LinkTunnel | undefined {
    if (this.incoming.kind !== 'tunnel') return undefined
    return (this.stream ??= new LinkTunnel(this.incoming.link))
  }

  withTunnel(stream: Duplex): Reply {
    if (this.incoming.kind !== 'tunnel') throw new TypeError(noTunnel)
    return new TunnelReply(this.incoming, [...this.headers], stream)
  }
}

const noTunnel = 'a reply without a tunnel cannot take another: answer with tunnel(…) instead'

/** The fields of a head that was received. */
export function headFields(head: {
  fields(): Iterable<Field>
  get(name: string): string | undefined
}): HeaderFields {
  return {
    get: (name) => head.get(name.toLowerCase()),
    [Symbol.iterator]: () => head.fields()[Symbol.iterator](),
  }
}

function fieldList(fields: readonly Field[]): HeaderFields {
  return {
    get: (name) => fields.find(([fieldName]) => fieldName.toLowerCase() === name.toLowerCase())?.[1],
    [Symbol.iterator]: () => fields[Symbol.iterator](),
  }
}

function contentType(body: ReplyBody): string | undefined {
  if (typeof body === 'string') return 'text/plain; charset=utf-8'
  return body instanceof Uint8Array ? undefined : 'application/json'
}

function bytesOf(body: ReplyBody): Buffer {
  if (typeof body === 'string') return Buffer.from(body)
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  return Buffer.from(`${JSON.stringify(body)}\n`)
}
