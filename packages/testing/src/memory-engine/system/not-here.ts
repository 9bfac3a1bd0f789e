import { EngineError, notFound } from '../engine-error.js'
import type { Exchange, Handler } from '../http/exchange.js'

/** For an endpoint that the engine has and this one does not. */
export function notHere(what: string): Handler {
  return function notHere() {
    throw new EngineError(501, `the engine in memory cannot ${what}: use a real engine for that`)
  }
}

/** For what only a member of a swarm answers, which this engine never is. */
export function noSwarm(): void {
  throw new EngineError(503, 'this node is not a swarm manager, and the engine in memory cannot become one')
}

/** `GET /plugins` */
export function noPlugins(exchange: Exchange): void {
  exchange.send(200, [])
}

/** For what is asked of one plugin: `docker inspect` takes the 404 for "look elsewhere". */
export function noSuchPlugin(exchange: Exchange): void {
  throw notFound(`plugin ${exchange.param('name')} not found`)
}
