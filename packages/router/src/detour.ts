import type { Call, Intermediate, Layer, UpstreamOptions } from '@intermediate/core'
import { upstream } from '@intermediate/core'
import { checkFunction, checkNoMore } from './at-start.js'
import { checkUpstream } from './upstreams.js'

/**
 * A layer that has some calls answered by another stack in the place of the rest: its layers, and its upstream, which is
 * the same where it names none. Calls that `when` says false to go on as without it.
 *
 *     router.detour(({ client }) => client.address !== undefined, intermediate().use(filter.readOnly()))
 */
export function detour(
  when: (call: Call) => boolean | Promise<boolean>,
  to: Intermediate | string | UpstreamOptions,
  ...more: never[]
): Layer {
  checkNoMore('detour()', more)
  checkFunction('detour()', 'when', when)
  checkUpstream('detour() was given as its upstream', to)
  const aside = upstream(to)
  const layer: Layer = async (call, next) => ((await when(call)) ? aside.send(call) : next(call))
  Object.defineProperty(layer, 'name', { value: 'detour' })
  return Object.assign(layer, { ready: () => aside.ready() })
}
