import type { Call, Checked, Endpoint, Item, Layer, Patterns, Reply, Selected } from '@intermediate/core'

/**
 * A layer that changes replies of the endpoints before the client sees them; those that are errors pass.
 *
 *     enricher.reply('GET /version', async (reply) => { (await reply.json()).Version += ' (through intermediate)' })
 */
export function changeReplies<const P extends Patterns>(
  endpoints: P & Checked<P>,
  change: (reply: Done<Selected<P>>, call: CallTo<Selected<P>>) => void | Promise<void>,
): Layer {
  const layer: Layer = async (call, next) => {
    const reply = await next(call)
    if (reply.ok) await change(reply as Done<Selected<P>>, call as CallTo<Selected<P>>)
    return reply
  }
  return named(layer, change.name || 'enricher.reply', endpoints)
}

/**
 * A layer that changes each item of lists, and of streams such as events, as it comes, in place.
 *
 *     enricher.items('GET /containers/json', (container) => { container.Labels = { ...container.Labels, seen: 'yes' } })
 */
export function changeItems<const P extends Patterns>(
  endpoints: P & Checked<P>,
  change: (item: Item<Selected<P>>, call: CallTo<Selected<P>>) => void | Promise<void>,
): Layer {
  const layer: Layer = async (call, next) => {
    const reply = await next(call)
    if (reply.ok)
      reply.items(async (item) => {
        await change(item as Item<Selected<P>>, call as CallTo<Selected<P>>)
        return item
      })
    return reply
  }
  return named(layer, change.name || 'enricher.items', endpoints)
}

type CallTo<E extends Endpoint> = E extends Endpoint ? Call<E> : never
type Done<E extends Endpoint> = E extends Endpoint ? Extract<Reply<E>, { readonly ok: true }> : never

function named(layer: Layer, name: string, endpoints: string | readonly string[]): Layer {
  Object.defineProperty(layer, 'name', { value: name })
  return Object.assign(layer, { endpoints: [endpoints].flat() })
}
