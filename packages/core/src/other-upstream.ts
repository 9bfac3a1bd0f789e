import type { CallArguments, CallOf, LayerCall, Way } from './call.js'
import { locatedUpstream } from './addresses/upstream.js'
import type { UpstreamOptions } from './addresses/upstream.js'
import type { Endpoint } from './endpoints/endpoint-types.js'
import type { Intermediate } from './intermediate.js'
import type { Reply } from './replies/reply.js'
import { Stack } from './stack.js'

/** Where a layer can have calls answered, besides `next`. */
export interface OtherUpstream {
  /**
   * Has the call answered there, as `next` has it answered behind the layer: what nobody looks at passes as it came,
   * tunnels too. A body can be sent once.
   */
  send<E extends Endpoint>(call: CallOf<E>): Promise<Reply<E>>
  /**
   * Asks there what the call asks, with its query, headers and body, for the layer itself and as often as it likes. The
   * body must have been read, or there must be none.
   */
  ask<E extends Endpoint>(call: CallOf<E>): Promise<Reply<E>>
  /** Asks something else there, as `call.ask` does behind the layer: with nothing of the call but its client. */
  ask<E extends Endpoint, A extends Endpoint>(
    call: CallOf<E>,
    endpoint: A,
    args?: CallArguments<A>,
  ): Promise<Reply<A>>
  /** Reads the files that it needs: for a layer's `ready`, so that what is wrong with them is known at start. */
  ready(): Promise<unknown>
}

/**
 * Another upstream than the one behind the layers, by its address; or another intermediate, for its layers and, behind
 * them, its upstream. One that names no upstream has that of the intermediate which the call came to, which also says
 * how long a connection may take, and is told of calls and errors.
 *
 * A client that uses it has a connection of its own to it, which ends with the client's. What is asked ends with
 * `call.signal`. One that cannot be reached is an IntermediateError (502) that names it.
 *
 * @throws IntermediateError for what is no address
 */
export function upstream(to: string | UpstreamOptions | Intermediate): OtherUpstream {
  const find = isIntermediate(to) ? () => to.way() : wayTo(to)
  let found: Promise<Way> | undefined
  const way = () => (found ??= find())
  return {
    send: async (call) => {
      const { asking, request } = call as unknown as LayerCall
      return (await asking.send(await way(), request)) as never
    },
    ask: async (call: unknown, ...rest: readonly [endpoint?: Endpoint, args?: object]) => {
      const { asking, request } = call as LayerCall
      return (await asking.askOn(await way(), request, ...rest)) as never
    },
    ready: way,
  }
}

/** By what it can do: a file outside this installation has a class of its own. */
function isIntermediate(to: string | UpstreamOptions | Intermediate): to is Intermediate {
  return typeof to === 'object' && 'way' in to
}

function wayTo(to: string | UpstreamOptions): () => Promise<Way> {
  const open = locatedUpstream(to)
  return async () => ({ stack: new Stack(), upstream: await open() })
}
