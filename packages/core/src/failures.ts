import { IntermediateError } from './errors.js'
import type { Exchange } from './wire/exchange.js'
import { ClientGone } from './wire/client-gone.js'
import type { IncomingReply, Upstream } from './wire/link.js'
import { isHere } from './wire/link.js'
import { Malformed } from './wire/malformed.js'

/** A call as messages name it. Without the query, which can hold secrets. */
export function nameOf({ head }: Exchange): string {
  return `${head.method} ${head.target.split('?', 1)[0]}`
}

/** What a client is told of its request that is malformed. */
export function requestFailure(error: Error): IntermediateError {
  const status = error instanceof Malformed ? error.status : 400
  const code = status === 431 ? 'ERR_TOO_LARGE' : 'ERR_BAD_REQUEST'
  return new IntermediateError(code, status, `The request ${error.message}.`, { cause: error })
}

/** What a layer is told that waited for a client which left, or what is left of the client. */
export function clientGone(exchange: Exchange, error: ClientGone): IntermediateError {
  const message = `${nameOf(exchange)} came to no reply: ${error.message}.`
  return new IntermediateError('ERR_CLIENT_GONE', 400, message, { cause: error })
}

/** What a client, or the layer that called `next`, is told of an upstream that failed its call. */
export function upstreamFailure(error: Error, exchange: Exchange, { name }: Upstream): IntermediateError {
  if (error instanceof IntermediateError) return error
  const call = nameOf(exchange)
  const cause = { cause: error }
  if (error instanceof ClientGone) return clientGone(exchange, error)
  if (error instanceof Malformed) {
    const message = `${call}: the reply of ${name} ${error.message}.`
    return new IntermediateError('ERR_UPSTREAM_PROTOCOL', 502, message, cause)
  }
  const reason = (error as NodeJS.ErrnoException).code ?? error.message
  const message = `${call}: cannot reach the Docker engine at ${name} (${reason}). Check that it is running and that the address is right.`
  return new IntermediateError('ERR_UPSTREAM_UNREACHABLE', 502, message, cause)
}

/** @throws IntermediateError where an upstream's reply cannot be sent on any more */
export function checkHeld(exchange: Exchange, reply: IncomingReply): void {
  if (isHere(reply)) return
  const message = `${nameOf(exchange)}: the reply of ${reply.link.upstream.name} was lost before it could be sent on.`
  throw new IntermediateError('ERR_UPSTREAM_UNREACHABLE', 502, message)
}
