import type { Call, Checked, Layer, Patterns, ReadCall, Selected } from '@intermediate/core'
import { readCall } from '@intermediate/core'

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
  const layer: Layer = async (call: Call, next) => {
    await change((await readCall(call)) as ReadCall<Selected<P>>)
    return next(call)
  }
  Object.defineProperty(layer, 'name', { value: change.name || 'enricher' })
  return Object.assign(layer, { endpoints: [endpoints].flat() as string[] })
}
