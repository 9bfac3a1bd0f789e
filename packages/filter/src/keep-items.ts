import type { Call, Checked, Endpoint, Item, Layer, Patterns, Selected } from '@intermediate/core'

/**
 * A layer that drops what `keep` does not say true to from lists (containers, volumes, …) and from streams (events).
 *
 *     filter.items('GET /containers/json', (container) => container.Labels?.team === 'core')
 *
 * What `keep` throws ends the reply: nothing is shown that was not looked at.
 */
export function keepItems<const P extends Patterns>(
  endpoints: P & Checked<P>,
  keep: (item: Item<Selected<P>>, call: CallTo<Selected<P>>) => boolean | Promise<boolean>,
): Layer {
  const layer: Layer = async (call, next) => {
    const reply = await next(call)
    if (reply.ok)
      reply.items(async (item) => {
        const kept: unknown = await keep(item as Item<Selected<P>>, call as CallTo<Selected<P>>)
        return kept === true ? item : undefined
      })
    return reply
  }
  Object.defineProperty(layer, 'name', { value: keep.name || 'items' })
  return Object.assign(layer, { endpoints: [endpoints].flat() as string[], policy: true } as const)
}

type CallTo<E extends Endpoint> = E extends Endpoint ? Call<E> : never
