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
}

/** Something that went wrong while a call was served. */
export interface ErrorReport {
  /** What the client's message says where it cannot say more. */
  readonly id: string | undefined
  readonly method: string
  readonly path: string
  readonly error: unknown
}

/**
 * Who is told of what happens. What they throw is uncaught. A message that is no well-formed request (400, 431) is no
 * call, and nobody is told of it but its client.
 */
export interface Observers {
  /** Called once for every call when it is over. Default: nobody. */
  readonly onCall?: ((record: CallRecord) => void) | undefined
  /** Called for every error that is not the client's. Default: a line on stderr. */
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

/** Begins the record of a call; what it returns completes it. */
export function observe(exchange: Exchange, endpoint: Endpoint, path: string): () => CallRecord {
  const { socket, reader } = exchange.connection
  const begun = performance.now()
  const received = reader.passed
  const sent = socket.bytesWritten
  return () => ({
    endpoint,
    method: exchange.head.method,
    path,
    status: exchange.status,
    duration: performance.now() - begun,
    received: reader.passed - received,
    sent: socket.bytesWritten - sent,
    tunnel: exchange.tunnel !== undefined,
    aborted: !exchange.replyDone && exchange.tunnel === undefined,
  })
}
