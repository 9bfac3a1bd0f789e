import type { Item } from './ask.js'
import { image } from './container-fields.js'
import { foundHostConfigFields } from './host-config-fields.js'
import type { Inquiry } from './inquiry.js'
import { objectAt, textAt } from './inquiry.js'
import { endpointsByNetwork, foundEndpoints } from './networks.js'
import { foundMounts } from './volumes.js'

/** What a container that is there was made with. */
export function foundContainer(found: Readonly<Record<string, unknown>>, inquiry: Inquiry): readonly Item[] {
  const id = textAt(found, 'Id')
  if (inquiry.seen.has(id)) return []
  inquiry.seen.add(id)
  const name = textAt(found, 'Name').replace(/^\//, '') || id.slice(0, 12)
  const items = [
    ...foundHostConfigFields(found.HostConfig ?? [], 'HostConfig'),
    ...foundMounts(found.Mounts),
    ...endpointsByNetwork(foundEndpoints(objectAt(found, 'NetworkSettings')), 'Networks'),
    ...image(objectAt(found, 'Config').Image),
  ]
  return items.map((item) => of(name, item))
}

/** The same, named as what a container has, and not as what the call asks for. */
function of(name: string, item: Item): Item {
  if ('what' in item) return { ...item, there: true, what: `${item.what} of the container ${name}` }
  if ('container' in item) return item
  return { ...item, answer: async (inquiry) => (await item.answer(inquiry)).map((each) => of(name, each)) }
}
