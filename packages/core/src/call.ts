import type { PeerCertificate, TLSSocket } from 'node:tls'
import type { Endpoints } from './endpoints/endpoint-table.js'
import type { Endpoint } from './endpoints/endpoint-types.js'
import type { Match } from './endpoints/match-path.js'
import { parseQuery } from './query.js'
import type { Recognition } from './endpoints/recognise.js'
import type { HeaderFields } from './reply.js'
import { headFields } from './reply.js'
import type { Exchange } from './wire/exchange.js'

/** Who makes a call. */
export interface Client {
  /** The address of a TCP peer; undefined on a unix socket. */
  readonly address: string | undefined
  /** The certificate that a TLS peer has shown and that was verified; undefined where there is none. */
  readonly certificate: PeerCertificate | undefined
}

/** One request of the Docker API on its way to the engine. */
export interface Call<E extends Endpoint = Endpoint> {
  /** The endpoint by which the layer was selected: `POST /containers/create`; `unknown` for what the API does not have. */
  readonly endpoint: E
  readonly method: string
  /** The path as the engine reads it: decoded, without the version. */
  readonly path: string
  /** The API version of the path, as it is written there: `1.45`. */
  readonly version: string | undefined
  /** The parameters of the endpoint's path, decoded. */
  readonly params: Readonly<Endpoints[E]['params']>
  /** The query as the engine reads it. Reading it throws (400) where the engine could read something else. */
  readonly query: Readonly<Endpoints[E]['query'] & Record<string, string | undefined>>
  readonly headers: HeaderFields
  readonly client: Client
  /** Aborts when the client leaves before its call is answered. */
  readonly signal: AbortSignal
}

const noParams = Object.freeze({})

/** A call as one layer sees it: where a path fits several endpoints, by the one that selected the layer. */
export class ExchangeCall implements Call {
  readonly endpoint: Endpoint
  readonly exchange: Exchange
  private readonly match: Match | undefined
  private readonly found: Recognition
  private parsedQuery: Record<string, string | undefined> | undefined

  constructor(exchange: Exchange, found: Recognition, match: Match | undefined) {
    this.exchange = exchange
    this.found = found
    this.match = match
    this.endpoint = match?.endpoint.key ?? 'unknown'
  }

  get method(): string {
    return this.exchange.head.method
  }

  get path(): string {
    return this.found.path
  }

  get version(): string | undefined {
    return this.found.version
  }

  get params(): never {
    return (this.match?.params ?? noParams) as never
  }

  get query(): never {
    return (this.parsedQuery ??= parseQuery(this.exchange.head.target)) as never
  }

  get headers(): HeaderFields {
    return headFields(this.exchange.head)
  }

  get client(): Client {
    const { socket } = this.exchange.connection
    return {
      address: socket.remoteAddress,
      certificate: 'encrypted' in socket ? verifiedCertificate(socket as TLSSocket) : undefined,
    }
  }

  get signal(): AbortSignal {
    return this.exchange.signal
  }
}

function verifiedCertificate(socket: TLSSocket): PeerCertificate | undefined {
  return socket.authorized ? socket.getPeerCertificate() : undefined
}
