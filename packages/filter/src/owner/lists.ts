import { changeItems } from './change-items.js'
import { narrowToOwn, readFilters, writeFilters } from './filters.js'
import { idOrNobody } from './find.js'
import { imageOrNobody, whoseOf } from './find-image.js'
import { bears } from './labels.js'
import { listOwnOf } from './list-own.js'
import { checkCount } from './refused.js'
import type { Rule, Visit } from './visit.js'

type Item = Readonly<Record<string, unknown>>
type Labels = Parameters<typeof bears>[0]

/** A list of what bears labels: the engine is asked for the owner's, and what it shows nevertheless is left out. */
export const listed: Rule = list(({ Labels }) => Labels as Labels)

/** The same in a swarm. */
export const listedBySpec: Rule = list(({ Spec }) => (Spec as { Labels?: Labels } | null | undefined)?.Labels)

function list(labelsOf: (item: Item) => Labels): Rule {
  return async (visit) => {
    narrowToOwn(visit)
    const reply = await visit.forward()
    changeItems(reply, (item: Item) => (bears(labelsOf(item), visit.owner) ? item : undefined))
    return reply
  }
}

/** Containers: `before` and `since` name others, which have to be there. */
export const listedContainers: Rule = async (visit) => {
  await renamed(visit, marks, (name) => idOrNobody(visit, 'container', name))
  return listed(visit)
}

/** Images: the owner's, and everybody's. No label says the latter. */
export const listedImages: Rule = async (visit) => {
  const { query } = visit
  delete query['manifests']
  await renamed(visit, marks, (name) => imageOrNobody(visit, name))
  const reply = await visit.forward()
  changeItems(reply, (item: Item) => {
    const whose = whoseOf(visit, item)
    // How many containers run it, whoever's.
    return whose === 'own' || whose === 'shared' ? { ...item, Containers: -1 } : undefined
  })
  return reply
}

/** Tasks: those of the owner's services. The engine says of a service or node that they are of that it is not there. */
export const listedTasks: Rule = async (visit) => {
  await renamed(visit, ['service'], (name) => idOrNobody(visit, 'service', name))
  if (!visit.owner.allows('GET /nodes')) await renamed(visit, ['node'], async (name) => visit.standIn(name))
  const own = new Set((await listOwnOf(visit, 'GET /services')).map(({ ID }) => ID))
  const reply = await visit.forward()
  changeItems(reply, (task: { ServiceID?: string }) => (own.has(task.ServiceID ?? '') ? task : undefined))
  return reply
}

/** Whatever a prune takes bears the owner's label. */
export const pruned: Rule = async (visit) => {
  narrowToOwn(visit)
  return visit.forward()
}

const marks = ['before', 'since']

/** Has filters name what is the owner's, or nothing. */
async function renamed(
  visit: Visit,
  filtersNamed: readonly string[],
  rename: (name: string) => Promise<string>,
): Promise<void> {
  const { query } = visit
  const filters = readFilters(query['filters'])
  const there = filtersNamed.filter((name) => filters.has(name))
  checkCount(there.flatMap((name) => filters.get(name)!))
  for (const name of there) {
    const names: string[] = []
    for (const given of filters.get(name)!) names.push(await rename(given))
    filters.set(name, names)
  }
  if (there.length > 0) query['filters'] = writeFilters(filters)
}
