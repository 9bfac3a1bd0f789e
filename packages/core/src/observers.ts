import type { Endpoint } from './endpoints/endpoint-types.js'
import type { Exchange } from './wire/exchange.js'

/** A call that is over, for logs and metrics. */
export interface CallRecord {
  readonly endpoint: Endpoint
  readonly method: string
  /** The path as the engine reads it, without the version and without the query, which can hold secrets. */
  readonly path: string
  /** The status that the client got; 0 if it left before, or its connection was lost. */
  readonly status: number
  /** From the request's head to the end of the reply or tunnel, in ms. */
  readonly duration: number
  /** Bytes of the call, head included, that were passed on. */
  readonly received: number
  /** Bytes that were written to the client. */
  readonly sent: number
  /** The call became a tunnel. */
  readonly tunnel: boolean
  /** The client did not get the whole reply. */
  readonly aborted: boolean
  /**
   * The name of the layer that made the reply, or that failed, or of the policy for which core refused a call that no rule
   * can cover; undefined: an upstream replied, or core.
   */
  readonly answeredBy: string | undefined
  /** The address of the upstream that replied, which a router may have chosen; undefined: a layer did, or core. */
  readonly upstream: string | undefined
}

/** Something that went wrong while a call was served. */
export interface ErrorReport {
  /** What the client's message says where it cannot say more. */
  readonly id: string | undefined
  readonly method: string
  readonly path: string
  /** The name of the layer in which it came up first; undefined: in none. */
  readonly layer: string | undefined
  readonly error: unknown
}

/**
 * Who is told of what happens. What they throw is uncaught. A message that is no well-formed request (400, 431) is no
 * call, and nobody is told of it but its client.
 */
export interface Observers {
  /** Called once for every call when it is over. Default: nobody. */
  readonly onCall?: ((record: CallRecord) => void) | undefined
  /**
   * Called for every error that is not the client's, also for what goes wrong while a reply or tunnel is sent; its
   * client's connection is then cut. Default: a line on stderr.
   */
  readonly onError?: ((report: ErrorReport) => void) | undefined
}

/** Tells both, the first one first. */
export function bothObservers(first: Observers, second: Observers): Observers {
  return { onCall: both(first.onCall, second.onCall), onError: both(first.onError, second.onError) }
}

function both<T>(first: ((told: T) => void) | undefined, second: ((told: T) => void) | undefined) {
  if (first === undefined || second === undefined) return first ?? second
  return (told: T) => {
    first(told)
    second(told)
  }
}

/** The record of a call that is not over. */
export class CallNote {
  answeredBy: string | undefined
  /** Of a reply that layers have had; what none of them had, the exchange knows. */
  upstream: string | undefined
  private readonly exchange: Exchange
  private readonly endpoint: Endpoint
  private readonly path: string
  private readonly begun = performance.now()
  private readonly received: number
  private readonly sent: number

  constructor(exchange: Exchange, endpoint: Endpoint, path: string) {
    const { socket, reader } = exchange.connection
    this.exchange = exchange
    this.endpoint = endpoint
    this.path = path
    this.received = reader.passed
    this.sent = socket.bytesWritten
  }

  complete(): CallRecord {
    const { exchange, endpoint, path, answeredBy, upstream } = this
    const { socket, reader } = exchange.connection
    return {
      endpoint,
      method: exchange.head.method,
      path,
      status: exchange.status,
      duration: performance.now() - this.begun,
      received: reader.passed - this.received,
      sent: socket.bytesWritten - this.sent,
      tunnel: exchange.tunnel !== undefined,
      aborted: !exchange.replyDone && exchange.tunnel === undefined,
      answeredBy,
      upstream: upstream ?? exchange.repliedBy?.name,
    }
  }
}
