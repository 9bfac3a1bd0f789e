import type { Call, Layer } from '@intermediate/core'
import { checkChooser, checkOptions, shown, wrong } from './at-start.js'
import type { Chooser } from './choosers.js'
import type { Upstreams } from './upstreams.js'
import { NamedUpstreams } from './upstreams.js'
import { WhereMade } from './where-made.js'

export interface RouterOptions {
  /**
   * Calls on a container, exec, network or volume of which `choose` says nothing go where that was made: the ids of what
   * was made through the layer are remembered, and what else there is is asked for, each time by its name.
   * @default true where `choose` is byContainer, byImage or byLabel, which later calls by id say nothing to
   */
  follow?: boolean
}

/**
 * A layer that sends each call to the upstream that `choose` names; undefined: where it would have gone without it.
 * What it names and is not there fails the call (500).
 *
 *     router(router.byImage({ 'registry.local/*': 'lab' }), { lab: 'tcp://lab:2375' })
 *
 * @throws IntermediateError for an upstream that has no name or address, where `choose` is known to name others, and
 * for an option that is none
 */
export function chooseUpstream(choose: Chooser, upstreams: Upstreams, options: RouterOptions = {}): Layer {
  const named = new NamedUpstreams('router()', upstreams)
  checkChooser('router()', 'choose', choose, named.names)
  checkOptions('router()', options, ['follow'])
  const { follow = choose.follows ?? false } = options
  if (typeof follow !== 'boolean')
    throw wrong(`router() was given follow: ${shown(follow)}: say true or false.`)
  const made = new WhereMade(named)
  const router: Layer = async (call: Call, next) => {
    const name = (await choose(call)) ?? (follow ? await made.of(call) : undefined)
    const reply = name === undefined ? await next(call) : await named.get(name).send(call)
    if (follow) await made.note(call, name, reply)
    return reply
  }
  return Object.assign(router, { ready: named.ready, severalEngines: follow })
}
