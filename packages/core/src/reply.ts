import type { Duplex } from 'node:stream'
import { pipeline, Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { blame } from './blame.js'
import { Body } from './body.js'
import type { BodyInit, BodySource, JsonOr, ReadOptions } from './body.js'
import { IntermediateError } from './errors.js'
import type { Endpoints } from './endpoints/endpoint-table.js'
import type { Endpoint, EndpointInfo } from './endpoints/endpoint-types.js'
import type { ItemsChange } from './endpoints/item-types.js'
import { Fields } from './fields.js'
import type { HeaderFields } from './fields.js'
import { itemPlace } from './json/item-places.js'
import { itemsTransform } from './json/items-transform.js'
import type { Request } from './request.js'
import { tappedBody, TappedTunnel } from './tapped-streams.js'
import type { Exchange } from './wire/exchange.js'
import type { Field, RequestHead } from './wire/head.js'
import type { IncomingReply } from './wire/link.js'
import { replyContent } from './wire/reply-content.js'
import type { Tap } from './wire/tap.js'
import { TapFeed } from './wire/tap.js'
import { isHere } from './wire/link.js'
import { LinkTunnel } from './wire/tunnel.js'

/** What answers a call: a head, and a body or a tunnel. What a layer does not look at passes as it came. */
export type Reply<E extends Endpoint = Endpoint> = ReplyParts<E> & (Done<E> | Failed)

interface ReplyParts<E extends Endpoint> {
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
  /** The name of the layer that made the reply; undefined: the engine did, or core. */
  readonly answeredBy: string | undefined
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

/** What the classes of replies have in common. */
interface AnyReply extends ReplyParts<Endpoint> {
  readonly ok: boolean
  get body(): Readable
  set body(body: BodyInit)
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  json(options?: ReadOptions): Promise<any>
  items(change: never): void
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

/** A reply that core itself makes of a status and a sentence, in Docker's error form. */
export function errorReply(status: number, message: string): OwnReply {
  return new OwnReply(
    status,
    [['Content-Type', 'application/json']],
    Buffer.from(`${JSON.stringify({ message })}\n`),
  )
}

/** A reply with a body, from wherever. */
abstract class BodyReply implements AnyReply {
  readonly status: number
  readonly headers: Fields
  readonly content: Body
  /** What it answers, once that is known. */
  endpoint: EndpointInfo | undefined
  /** The name of the layer that has it, or had it last. */
  holder: string | undefined
  /** The name of the layer that gave its body, where it was not that way from the beginning. */
  bodyBy: string | undefined

  constructor(status: number, headers: Fields, source: Partial<BodySource>, init?: BodyInit) {
    this.status = status
    this.headers = headers
    this.content = new Body({ ...ofReplies, ...source }, init)
  }

  get ok(): boolean {
    return isOk(this.status)
  }

  get body(): Readable {
    return this.content.take()
  }

  set body(body: BodyInit) {
    this.bodyBy = this.holder
    this.content.replace(body)
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  json(options?: ReadOptions): Promise<any> {
    this.checkCoding()
    return this.content.json(options)
  }

  items(change: never): void {
    if (!this.ok) return
    const place = this.endpoint && itemPlace(this.endpoint)
    if (place === undefined)
      throw new TypeError(
        `the replies to ${this.endpoint?.key ?? 'such a call'} have no items: read them with json()`,
      )
    this.checkCoding()
    const stream = this.content.take()
    const changed = itemsTransform(place, change)
    const { holder } = this
    changed.once('error', (error) => {
      if (stream.errored === null) blame(error, holder)
    })
    pipeline(stream, changed, () => {})
    this.content.replace(changed)
  }

  /** @throws IntermediateError 502 for a coding that nobody here can take away */
  private checkCoding(): void {
    const coding = this.content.touched ? undefined : codingOf(this.headers)
    if (coding === undefined || coding === 'identity' || coding in decoders) return
    throw new IntermediateError(
      'ERR_UPSTREAM_PROTOCOL',
      502,
      `${this.endpoint?.key ?? 'A call'}: the reply is coded as ${coding}, which is not read here.`,
    )
  }

  abstract tap(output: Tap, input?: Tap): void
  abstract readonly answeredBy: string | undefined
  abstract readonly tunnel: Duplex | undefined
  abstract withTunnel(tunnel: Duplex): Reply
}

/** A reply that was made here. */
export class OwnReply extends BodyReply {
  readonly tunnel = undefined
  /** The name of the layer that made it; undefined: core. */
  by: string | undefined

  /** What it says in Docker's error form; undefined: it says something else. */
  get message(): string | undefined {
    const { message } = (this.content.ownJson ?? {}) as { message?: unknown }
    return typeof message === 'string' ? message : undefined
  }

  /** The same with another message. */
  saying(message: string): OwnReply {
    const reply = new OwnReply(this.status, [...this.headers], {
      ...(this.content.ownJson as object),
      message,
    })
    reply.by = this.by
    return reply
  }

  constructor(status: number, fields: readonly Field[], body: BodyInit | undefined) {
    super(status, new Fields(fields), {}, body ?? '')
  }

  get answeredBy(): string | undefined {
    return this.by
  }

  tap(output: Tap): void {
    // It has a body from the beginning.
    this.content.tap(output, () => {})
  }

  withTunnel(): never {
    throw new TypeError(noTunnel)
  }
}

/** A tunnel that a layer made, with the head of the upstream's reply where it wraps one. */
export class TunnelReply implements AnyReply {
  readonly origin: IncomingReply | undefined
  readonly headers: Fields
  /** The name of the layer that returned it. */
  by: string | undefined
  /** The name of the layer whose tunnel it wraps, if that was no engine's. */
  private maker: string | undefined
  private stream: Duplex

  constructor(origin: IncomingReply | undefined, headers: Fields, stream: Duplex) {
    this.origin = origin
    this.headers = headers
    this.stream = stream
  }

  get tunnel(): Duplex {
    return this.stream
  }

  get answeredBy(): string | undefined {
    return this.origin === undefined ? (this.maker ?? this.by) : undefined
  }

  get status(): number {
    return this.origin?.head.status ?? 101
  }

  get ok(): boolean {
    return isOk(this.status)
  }

  get body(): Readable {
    return Readable.from([])
  }

  set body(_body: BodyInit) {
    throw new TypeError('a reply with a tunnel has no body')
  }

  json(): never {
    throw new TypeError('a reply with a tunnel has no body')
  }

  items(): never {
    throw new TypeError('a reply with a tunnel has no items')
  }

  withTunnel(stream: Duplex): Reply {
    const wrapping = new TunnelReply(this.origin, this.headers, stream)
    wrapping.maker = this.answeredBy
    return wrapping
  }

  tap(output: Tap, input?: Tap): void {
    this.stream = new TappedTunnel(this.stream, new TapFeed(output), input && new TapFeed(input))
  }
}

/** A reply that came from the upstream. */
export class UpstreamReply extends BodyReply {
  readonly incoming: IncomingReply
  readonly answeredBy = undefined
  private readonly request: Request
  private stream: LinkTunnel | undefined

  constructor(incoming: IncomingReply, request: Request) {
    const headers = new Fields(incoming.head)
    const name = `${request.name}: the reply of ${incoming.link.upstream.name}`
    const content = replyContent(incoming, lostReply(name))
    super(incoming.head.status, headers, {
      open: () => (incoming.kind === 'tunnel' ? Readable.from([]) : decoded(content(), headers)),
      ...unreadable(name),
    })
    this.incoming = incoming
    this.request = request
    this.endpoint = request.endpoint
  }

  /** Whose call it answers. */
  get exchange(): Exchange {
    return this.request.exchange
  }

  /** It has a body where that of this request would have one: only replies to HEAD never have. */
  framedFor({ method }: RequestHead): boolean {
    return (this.request.method === 'HEAD') === (method === 'HEAD')
  }

  get tunnel(): LinkTunnel | undefined {
    const { link, kind } = this.incoming
    if (kind !== 'tunnel') return undefined
    return (this.stream ??= new LinkTunnel(link, this.request.exchange.connection))
  }

  tap(output: Tap, input?: Tap): void {
    const { incoming, tunnel } = this
    const { exchange } = this.request
    if (tunnel !== undefined) {
      tunnel.tap(exchange.feed(output), input && exchange.feed(input))
      return
    }
    this.content.tap(output, () => {
      // What answers a layer's own question was read ahead: it is seen as it is taken.
      if (incoming.asker !== exchange)
        this.content.replace(tappedBody(this.content.take(), new TapFeed(output)))
      else if (isHere(incoming)) exchange.tap(incoming.link.reader, output)
      else new TapFeed(output).end(false)
    })
  }

  withTunnel(stream: Duplex): Reply {
    if (this.incoming.kind !== 'tunnel') throw new TypeError(noTunnel)
    return new TunnelReply(this.incoming, this.headers, stream)
  }
}

const noTunnel = 'a reply without a tunnel cannot take another: answer with tunnel(…) instead'

const ofReplies: BodySource = {
  open: () => Readable.from([]),
  canonical: (value) => value,
  jsonEnd: '\n',
  ...unreadable('the reply of a layer'),
}

function unreadable(name: string): Pick<BodySource, 'tooLarge' | 'notJson'> {
  return {
    tooLarge: (limit) =>
      new IntermediateError(
        'ERR_TOO_LARGE',
        502,
        `${name} has more than the ${limit} bytes that are read of it.`,
      ),
    notJson: (cause) =>
      new IntermediateError(
        'ERR_UPSTREAM_PROTOCOL',
        502,
        `${name} is not what it should be. ${cause.message}`,
        {
          cause,
        },
      ),
  }
}

/** Apart, as it must not keep the reply. */
function lostReply(name: string): () => Error {
  return () => new IntermediateError('ERR_UPSTREAM_UNREACHABLE', 502, `${name} was lost before its end.`)
}

/** The content without its coding (RFC 9110 section 8.4.1), which the reply then does not have any more. */
function decoded(content: Readable, headers: Fields): Readable {
  const coding = codingOf(headers)
  const decoder = coding === undefined ? undefined : decoders[coding]?.()
  if (decoder === undefined) return content
  headers.delete('content-encoding')
  content.on('error', (error) => decoder.destroy(error))
  decoder.on('error', () => content.destroy())
  return content.pipe(decoder)
}

function codingOf(headers: Fields): string | undefined {
  return headers.get('content-encoding')?.trim().toLowerCase()
}

const decoders: Readonly<Record<string, (() => Duplex) | undefined>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}

function isOk(status: number): boolean {
  return status === 101 || (status >= 200 && status < 300)
}

function contentType(body: BodyInit): string | undefined {
  if (typeof body === 'string') return 'text/plain; charset=utf-8'
  return body instanceof Uint8Array || body instanceof Readable ? undefined : 'application/json'
}
