import type { Call, Checked, HaveItems, Item, Layer, Patterns, Selected } from '@intermediate/core'
import { layer } from '@intermediate/core'
import { checkFunction } from './settings.js'

/**
 * A layer that drops what `keep` does not say true to from lists (containers, volumes, …) and from streams (events).
 *
 *     filter.items('GET /containers/json', (container) => container.Labels?.team === 'core')
 *
 * What `keep` throws ends the reply: nothing is shown that was not looked at.
 */
export function keepItems<const P extends Patterns>(
  endpoints: P & Checked<P> & HaveItems<Selected<P>>,
  keep: (item: Item<Selected<P>>, call: Call<Selected<P>>) => boolean | Promise<boolean>,
): Layer {
  checkFunction('filter.items()', 'keep', keep)
  return layer<P>(
    endpoints,
    async (call, next) => {
      const reply = await next(call)
      if (reply.ok)
        reply.items(async (item) => {
          const kept: unknown = await keep(item as Item<Selected<P>>, call)
          return kept === true ? item : undefined
        })
      return reply
    },
    { name: keep.name || 'items', policy: true },
  )
}
