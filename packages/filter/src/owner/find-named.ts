import { listOwnNetworks, listOwnOf } from './list-own.js'
import type { Visit } from './visit.js'

/**
 * The id of an owner's network. Several networks may have one name, on older engines also those of several owners, so
 * it is looked for among the owner's own.
 */
export async function findNetwork(visit: Visit, name: string): Promise<string | undefined> {
  const own = await listOwnNetworks(visit)
  return pick(
    own.map(({ Id, Name }) => ({ id: Id ?? '', name: Name ?? '' })),
    name,
  )
}

/** The id of what an owner has in a swarm, by the endpoint that lists it. */
export function findNamed(endpoint: 'GET /services' | 'GET /secrets' | 'GET /configs') {
  return async (visit: Visit, name: string): Promise<string | undefined> => {
    const own = await listOwnOf(visit, endpoint)
    return pick(
      own.map(({ ID, Spec }) => ({ id: ID ?? '', name: Spec?.Name ?? '' })),
      name,
    )
  }
}

interface Named {
  readonly id: string
  readonly name: string
}

/** As the engine does: an id before a name before the start of an id; nothing where there are several. */
function pick(own: readonly Named[], sought: string): string | undefined {
  if (sought === '') return undefined
  for (const fits of [
    ({ id }: Named) => id === sought,
    ({ name }: Named) => name === sought,
    ({ id }: Named) => id.startsWith(sought),
  ]) {
    const found = own.filter(fits)
    if (found.length > 0) return found.length === 1 ? found[0]!.id : undefined
  }
  return undefined
}
