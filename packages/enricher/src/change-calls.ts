import type { Checked, Layer, Patterns, ReadCall, Selected } from '@intermediate/core'
import { layer, readCall } from '@intermediate/core'
import { checkChange } from './settings.js'

/**
 * A layer that changes calls before the layers behind it and the engine see them. `call.body` is the body where the
 * endpoint takes JSON; what is in it afterwards is what is sent.
 *
 *     enricher('POST /containers/create', ({ body }) => { body.Labels = { ...body.Labels, team: 'core' } })
 */
export function changeCalls<const P extends Patterns>(
  endpoints: P & Checked<P>,
  change: (call: ReadCall<Selected<P>>) => void | Promise<void>,
): Layer {
  checkChange('enricher', change)
  return layer<P>(
    endpoints,
    async (call, next) => {
      await change(await readCall(call))
      return next(call)
    },
    { name: change.name || 'enricher' },
  )
}
