import type { Layer } from '@intermediate/core'
import { isHarmless } from './repeatable.js'
import { isUnreachable } from './unreachable.js'
import type { Upstreams } from './upstreams.js'
import { NamedUpstreams } from './upstreams.js'

/**
 * A layer that sends each call to the first upstream that can be reached. A call that changes something, or has a body,
 * is sent once only, to the first that answers a ping: the one that was lost may have acted on it. Where none can be
 * reached, the call fails with 502, which names the last.
 *
 *     router.fallback({ here: 'unix:///var/run/docker.sock', spare: 'tcp://spare:2375' })
 */
export function fallback(upstreams: Upstreams): Layer {
  const named = new NamedUpstreams('fallback()', upstreams)
  const all = named.names.map((name) => named.get(name))
  const layer: Layer = async (call) => {
    const harmless = isHarmless(call)
    for (const each of all.slice(0, -1)) {
      if (harmless) {
        const reply = await unlessGone(() => each.send(call))
        if (reply !== undefined) return reply
      } else if (await unlessGone(() => each.ask(call, 'HEAD /_ping'))) {
        return each.send(call)
      }
    }
    return all.at(-1)!.send(call)
  }
  Object.defineProperty(layer, 'name', { value: 'fallback' })
  return Object.assign(layer, { ready: named.ready, final: true })
}

/** Undefined where the upstream is not there. */
async function unlessGone<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (isUnreachable(error)) return undefined
    throw error
  }
}
