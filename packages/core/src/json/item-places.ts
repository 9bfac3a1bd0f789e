import type { Endpoint, EndpointInfo } from '../endpoints/endpoint-types.js'
import type { ItemPlace } from './json-items.js'

/**
 * Where the reply of an endpoint has its items; undefined where it has none. `GET /system/df` has none either: its
 * several lists have no item in common, and it is small enough to be read as one document.
 */
export function itemPlace({ key, jsonStream, reply }: EndpointInfo): ItemPlace | undefined {
  if (jsonStream) return stream
  if (reply?.startsWith('array of ')) return list
  return otherPlaces.get(key)
}

const list: ItemPlace = { kind: 'list' }
const stream: ItemPlace = { kind: 'stream' }

/**
 * Lists that are fields, and those of endpoints that the published description does not have. A field counts where it is
 * what was asked for: not the warnings that come with an answer, nor the mounts of one container.
 */
const otherPlaces: ReadonlyMap<Endpoint, ItemPlace> = new Map<Endpoint, ItemPlace>([
  ['GET /containers/:id/top', field('Processes')],
  ['GET /containers/:id/checkpoints', list],
  ['GET /networks/', list],
  ['GET /volumes', field('Volumes')],
  ['POST /build/prune', field('CachesDeleted')],
  // One value, whose head comes long before it: the docker CLI waits for the head only, and then starts the container.
  ['POST /containers/:id/wait', stream],
  ['POST /containers/prune', field('ContainersDeleted')],
  ['POST /images/prune', field('ImagesDeleted')],
  ['POST /networks/prune', field('NetworksDeleted')],
  ['POST /volumes/prune', field('VolumesDeleted')],
])

function field(name: string): ItemPlace {
  return { kind: 'field', name }
}
