import type { Call, Layer } from '@intermediate/core'
import { checkChooser } from './at-start.js'
import type { Chooser } from './choosers.js'
import type { Upstreams } from './upstreams.js'
import { NamedUpstreams } from './upstreams.js'

/**
 * A layer that sends each call to the upstream that `choose` names; undefined: where it would have gone without it.
 * What it names and is not there fails the call (500).
 *
 *     router(router.byImage({ 'registry.local/*': 'lab' }), { lab: 'tcp://lab:2375' })
 *
 * @throws IntermediateError for an upstream that has no name or address, and where `choose` is known to name others
 */
export function chooseUpstream(choose: Chooser, upstreams: Upstreams): Layer {
  const named = new NamedUpstreams('router()', upstreams)
  checkChooser('router()', 'choose', choose, named.names)
  const router: Layer = async (call: Call, next) => {
    const name = await choose(call)
    return name === undefined ? next(call) : named.get(name).send(call)
  }
  return Object.assign(router, { ready: named.ready })
}
