import { isAskable } from './askable.js'
import { bears } from './labels.js'
import { listOwnContainers } from './list-own.js'
import type { Visit } from './visit.js'

/** The id of an owner's container, by its name, a name it is linked under, its id, or the start of that. */
export async function findContainer(visit: Visit, name: string): Promise<string | undefined> {
  const id = name.startsWith('/') ? name.slice(1) : name
  if (!isAskable(id)) return undefined
  const found = await visit.ask('GET /containers/:id/json', { params: { id } })
  if (found?.Id && bears(found.Config?.Labels, visit.owner)) return found.Id
  // Others' ids may start like it: among the owner's own it can still be the only one.
  return /^[0-9a-f]{1,63}$/.test(id) ? onlyOne(await ownStartingWith(visit, id)) : undefined
}

async function ownStartingWith(visit: Visit, start: string): Promise<string[]> {
  const own = await listOwnContainers(visit)
  return own.flatMap(({ Id }) => (Id?.startsWith(start) ? [Id] : []))
}

function onlyOne(ids: readonly string[]): string | undefined {
  return ids.length === 1 ? ids[0] : undefined
}
