import { isAskable } from './askable.js'
import { ownFilters } from './filters.js'
import { bears } from './labels.js'
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
  const query = { all: '1', filters: ownFilters(visit.owner) }
  const own = (await visit.ask('GET /containers/json', { query })) ?? []
  return own.flatMap(({ Id, Labels }) => (Id?.startsWith(start) && bears(Labels, visit.owner) ? [Id] : []))
}

function onlyOne(ids: readonly string[]): string | undefined {
  return ids.length === 1 ? ids[0] : undefined
}
