import type { Call, Layer, OtherUpstream, Reply } from '@intermediate/core'
import { checkNoMore } from './at-start.js'
import { briefly, inTime } from './in-time.js'
import { isHarmless } from './repeatable.js'
import { isUnreachable } from './unreachable.js'
import type { Upstreams } from './upstreams.js'
import { NamedUpstreams } from './upstreams.js'

/**
 * A layer that sends each call to the first upstream that answers a ping within a second. A call that changes nothing,
 * and has no body, is sent to the next where an upstream is lost over it; any other is sent once only, since the one that
 * was lost may have acted on it. Where none answers, the call goes to the last, which fails it with 502.
 *
 *     router.fallback({ here: 'unix:///var/run/docker.sock', spare: 'tcp://spare:2375' })
 */
export function fallback(upstreams: Upstreams, ...more: never[]): Layer {
  checkNoMore('fallback()', more)
  const named = new NamedUpstreams('fallback()', upstreams)
  const all = named.names.map((name) => named.get(name))
  const layer: Layer = async (call) => {
    const harmless = isHarmless(call)
    for (const each of all.slice(0, -1)) {
      if (!(await answersPing(each, call))) continue
      if (!harmless) return each.send(call)
      const reply = await unlessGone(() => each.send(call))
      if (reply !== undefined) return reply
    }
    return all.at(-1)!.send(call)
  }
  Object.defineProperty(layer, 'name', { value: 'fallback' })
  return Object.assign(layer, { ready: named.ready, final: true, severalEngines: true })
}

/** One that takes calls and answers none would keep this one for ever. */
async function answersPing(to: OtherUpstream, call: Call): Promise<boolean> {
  const ping = () => inTime(briefly, to.ask(call, 'HEAD /_ping') as Promise<Reply>)
  return (await unlessGone(ping)) !== undefined
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
