import type {
  Call,
  Checked,
  Endpoint,
  HaveItems,
  Item,
  Layer,
  Patterns,
  Reply,
  Selected,
} from '@intermediate/core'
import { layer } from '@intermediate/core'
import { checkChange } from './settings.js'

/**
 * A layer that changes replies of the endpoints before the client sees them; those that are errors pass.
 *
 *     enricher.reply('GET /version', async (reply) => { (await reply.json()).Version += ' (through intermediate)' })
 */
export function changeReplies<const P extends Patterns>(
  endpoints: P & Checked<P>,
  change: (reply: Done<Selected<P>>, call: Call<Selected<P>>) => void | Promise<void>,
): Layer {
  checkChange('enricher.reply', change)
  return layer<P>(
    endpoints,
    async (call, next) => {
      const reply = await next(call)
      if (reply.ok) await change(reply as Done<Selected<P>>, call)
      return reply
    },
    { name: change.name || 'enricher.reply' },
  )
}

/**
 * A layer that changes each item of lists, and of streams such as events, as it comes, in place.
 *
 *     enricher.items('GET /containers/json', (container) => { container.Labels = { ...container.Labels, seen: 'yes' } })
 */
export function changeItems<const P extends Patterns>(
  endpoints: P & Checked<P> & HaveItems<Selected<P>>,
  change: (item: Item<Selected<P>>, call: Call<Selected<P>>) => void | Promise<void>,
): Layer {
  checkChange('enricher.items', change)
  return layer<P>(
    endpoints,
    async (call, next) => {
      const reply = await next(call)
      if (reply.ok)
        reply.items(async (item) => {
          await change(item as Item<Selected<P>>, call)
          return item
        })
      return reply
    },
    { name: change.name || 'enricher.items' },
  )
}

type Done<E extends Endpoint> = E extends Endpoint ? Extract<Reply<E>, { readonly ok: true }> : never
