import type { Readable } from 'node:stream'
import type { PeerCertificate, TLSSocket } from 'node:tls'
import type { BodyInit, JsonOr, ReadOptions } from './body.js'
import type { Endpoints } from './endpoints/endpoint-table.js'
import type { Endpoint } from './endpoints/endpoint-types.js'
import type { Match } from './endpoints/match-path.js'
import type { HeaderFields } from './fields.js'
import type { Reply } from './replies/reply.js'
import type { Request } from './request.js'
import type { Stack } from './stack.js'
import type { Upstream } from './wire/link.js'
import type { Tap } from './wire/tap.js'

/** Who makes a call. */
export interface Client {
  /** The address of a TCP peer; undefined on a unix socket. */
  readonly address: string | undefined
  /** The certificate that a TLS peer has shown and that was verified; undefined where there is none. */
  readonly certificate: PeerCertificate | undefined
}

/** What a call of a layer's own says. */
export type CallArguments<E extends Endpoint> = {
  query?: Readonly<
    { [N in keyof Endpoints[E]['query']]?: Endpoints[E]['query'][N] | undefined } & Record<
      string,
      string | undefined
    >
  >
  /** Anything but a stream, text and bytes is sent as JSON. */
  body?: JsonOr<Endpoints[E]['body']>
} & (keyof Endpoints[E]['params'] extends never
  ? { params?: Readonly<Record<string, never>> }
  : { params: Readonly<Endpoints[E]['params']> })

/**
 * One request of the Docker API on its way to the engine. A call of several endpoints is told apart by `call.endpoint`:
 * `if (call.endpoint === 'POST /containers/create') (await call.json()).HostConfig`.
 */
export type Call<E extends Endpoint = Endpoint> = E extends Endpoint ? CallOf<E> : never

/** A call that is one of these endpoints, not said which where there are several: `next` takes that of any. */
export interface CallOf<E extends Endpoint> {
  /** The endpoint by which the layer was selected: `POST /containers/create`; `unknown` for what the API does not have. */
  readonly endpoint: E
  readonly method: string
  /** The path as the engine reads it: decoded, without the version. */
  readonly path: string
  /** The API version of the path, as it is written there: `1.45`. What is assigned is sent; undefined: none. */
  version: string | undefined
  /** The parameters of the endpoint's path, decoded. What is changed in them is where the call goes. */
  readonly params: Endpoints[E]['params']
  /** What it was before layers changed it: sentences for the client name things as the client did. */
  readonly original: { readonly path: string; readonly params: Readonly<Endpoints[E]['params']> }
  /**
   * The query as the engine reads it. What is changed in it is sent so; undefined takes a name out. Reading it throws
   * (400) where the engine could read something else, and reading a name that came with several values, of which the
   * engine may read all.
   */
  readonly query: { [N in keyof Endpoints[E]['query']]: Endpoints[E]['query'][N] | undefined } & Record<
    string,
    string | undefined
  >
  /** Every value of one name of the query; of a few, such as `t`, `names` and `changes`, the engine reads them all. */
  queryValues(name: (keyof Endpoints[E]['query'] & string) | (string & {})): readonly string[]
  readonly headers: HeaderFields
  /**
   * The content of the body, once, as a stream; whoever takes it assigns what is to be sent: a stream, text, bytes, or
   * an object of the type that the endpoint takes, which is sent as JSON. A body that nobody looks at is passed on as it
   * comes.
   */
  get body(): Readable
  set body(body: JsonOr<Endpoints[E]['body']>)
  /**
   * The body as the engine reads it: JSON with its fields under their canonical names. Every layer is given the same
   * object, and **what is in it in the end is what is sent**, so that changing it is all there is to do. Of an empty
   * body it is an empty object, which is sent only if something was put in.
   * @throws IntermediateError 400 for what is not JSON, what engines read differently, or more than 100,000 values; 413
   * past the limit
   */
  json(options?: ReadOptions): Promise<Endpoints[E]['body']>
  /**
   * Gives a copy of the body to a tap, and neither changes nor delays it: what comes, de-chunked and as it is coded, as it
   * is passed on, read or dropped by whoever is behind; or what layers before have put in its place, as it is now.
   * @throws TypeError where it was passed on or taken before
   */
  tap(tap: Tap): void
  /**
   * Makes a call of the layer's own to the layers after it and the engine, for the same client. It belongs to this call:
   * once this one is over, or its client has left, it is cut, and none can be made. Up to 64 KiB of a reply are kept for
   * whoever reads it later; a longer one that is not read keeps a connection to the engine until the layer lets go of it
   * or closes its `body`.
   */
  ask<A extends Endpoint>(endpoint: A, ...args: OptionalArguments<A>): Promise<Reply<A>>
  /**
   * A call to give to `next` in place of this one: its reply is the client's. The layers after are asked afresh. It has
   * the query and body that are given here, and of the headers Host and User-Agent only: set on it what else is needed,
   * such as the credentials in X-Registry-Auth.
   */
  to<A extends Endpoint>(endpoint: A, ...args: OptionalArguments<A>): Call<A>
  readonly client: Client
  /** Aborts when the client leaves before its call is answered. */
  readonly signal: AbortSignal
}

/** Arguments that may be left out where nothing in them is needed. */
type OptionalArguments<E extends Endpoint> = keyof Endpoints[E]['params'] extends never
  ? [args?: CallArguments<E>]
  : [args: CallArguments<E>]

const noParams = Object.freeze({})

/** `CallArguments` of any endpoint. */
export interface AnyArguments {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly body?: BodyInit
}

/** What a layer's own calls need of whoever runs the layers. */
export interface Asking {
  ask(endpoint: Endpoint, args: AnyArguments): Promise<Reply>
  to(endpoint: Endpoint, args: AnyArguments): LayerCall
  /** Has another way answer the client's call. */
  send(way: Way, request: Request): Promise<Reply>
  /** Asks on another way: without an endpoint, what the call itself asks. */
  askOn(way: Way, request: Request, endpoint?: Endpoint, args?: AnyArguments): Promise<Reply>
}

/** What can be in the place of the layers behind one, and of the upstream; undefined: the upstream that was there. */
export interface Way {
  readonly stack: Stack
  readonly upstream: Upstream | undefined
}

/**
 * A call as one layer sees it: where a path fits several endpoints, by the one that selected the layer. What has another
 * type for each endpoint is `never` here, so that it is a call of any.
 */
export class LayerCall implements CallOf<Endpoint> {
  readonly endpoint: never
  readonly request: Request
  readonly asking: Asking
  private readonly match: Match | undefined
  private pathParams: object | undefined

  constructor(request: Request, match: Match | undefined, asking: Asking) {
    this.request = request
    this.match = match
    this.asking = asking
    this.endpoint = (match?.endpoint.key ?? 'unknown') as never
  }

  get method(): string {
    return this.request.method
  }

  get path(): string {
    return this.request.found.path
  }

  get version(): string | undefined {
    return this.request.found.version
  }

  set version(version: string | undefined) {
    this.request.changeVersion(version)
  }

  get params(): never {
    const { match, request } = this
    return (this.pathParams ??= match === undefined ? noParams : request.params(match.endpoint)) as never
  }

  get original(): { readonly path: string; readonly params: never } {
    const { match, request } = this
    const { path, matches } = request.original
    const same = matches.find(({ endpoint }) => endpoint === match?.endpoint)
    return { path, params: (same?.params ?? noParams) as never }
  }

  get query(): never {
    return this.request.query as never
  }

  queryValues(name: string): readonly string[] {
    return this.request.queryValues(name)
  }

  get headers(): HeaderFields {
    return this.request.headers
  }

  get body(): Readable {
    return this.request.body.take()
  }

  set body(body: BodyInit) {
    this.request.body.replace(body)
  }

  json(options?: ReadOptions): Promise<never> {
    return this.request.body.json(options) as Promise<never>
  }

  tap(tap: Tap): void {
    this.request.tap(tap)
  }

  ask(endpoint: Endpoint, ...[args = {}]: readonly (AnyArguments | undefined)[]): Promise<never> {
    return this.asking.ask(endpoint, args) as Promise<never>
  }

  to(endpoint: Endpoint, ...[args = {}]: readonly (AnyArguments | undefined)[]): never {
    return this.asking.to(endpoint, args) as never
  }

  get client(): Client {
    const { socket } = this.request.exchange.connection
    return {
      address: socket.remoteAddress,
      certificate: 'encrypted' in socket ? verifiedCertificate(socket as TLSSocket) : undefined,
    }
  }

  get signal(): AbortSignal {
    return this.request.exchange.signal
  }
}

function verifiedCertificate(socket: TLSSocket): PeerCertificate | undefined {
  return socket.authorized ? socket.getPeerCertificate() : undefined
}
