import type { Answer } from './answer.js'
import type { Connection } from './connection.js'
import type { Exchange } from './exchange.js'
import type { Upstream } from './link.js'

/** The way out of the wire: who decides what becomes of a request. */
export interface Door {
  /** A request's head is there: pass the exchange, or forward it, or answer it. */
  enter(exchange: Exchange): void
  /** The bytes that answer a request which failed here: malformed, or without an upstream. */
  failure(error: Error, exchange: Exchange | undefined, upstream: Upstream | undefined): Answer
  /** The reply that the client was being given has failed, here and not at the client or an upstream: it is cut. */
  broke(exchange: Exchange, error: Error): void
  /** The exchange is over, for better or worse. */
  leave(exchange: Exchange): void
  /** The client's connection is closed, and what it has sent has arrived, or is lost. */
  close(connection: Connection): void
}

/** In ms. */
export interface WireLimits {
  /** To the end of the first head of a connection, and to the end of any head once it has begun. */
  readonly head: number
  /** To connect to an upstream. */
  readonly connect: number
}
