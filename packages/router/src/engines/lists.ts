import type { Call, Endpoint, Reply } from '@intermediate/core'
import { reply } from '@intermediate/core'
import type { Remembered } from '../remembered.js'
import type { Asking, EngineSet, Heard } from './engine-set.js'
import { failureOf, warningsOf } from './engine-set.js'
import type { Filters } from './filters.js'
import { filtersForEach, filtersOf } from './filters.js'
import type { Finder } from './finder.js'
import type { Member } from './member.js'
import type { Bound } from './since-before.js'
import { boundsFor, boundsOf, within } from './since-before.js'

/**
 * The lists of all engines as one. What has the same name on several is there as `engine/name`, and can be filtered by so;
 * an image that is the same on several, by its id, is there once, with all its names.
 */
export async function joinLists(
  set: EngineSet,
  finder: Finder,
  remembered: Remembered<Member>,
  call: Call,
): Promise<Reply> {
  const filters = filtersOf(call)
  const bounds = filters === undefined ? [] : await boundsOf(set, finder, call, filters)
  if (!isList(bounds)) return bounds
  const asking = filters === undefined ? {} : askingEach(set, call, filters, bounds)
  const answers = await set.documents(call, asking)
  const failure = failureOf(answers)
  if (failure !== undefined) return failure
  const warnings = warningsOf(answers)
  if (call.endpoint === 'GET /volumes') {
    const volumes = (answers.done as readonly Heard<Volumes>[]).map(({ engine, said }) => ({
      engine,
      ...said,
    }))
    const items = volumes.flatMap(({ engine, Volumes }) => itemsOf(engine, Volumes))
    const Warnings = volumes.flatMap((each) => each.Warnings ?? [])
    return reply(200, { Volumes: distinct(items, 'Name'), Warnings }, warnings)
  }
  const lists = await Promise.all(
    answers.done.map(async ({ engine, said }) =>
      itemsOf(engine, await within(set, call, engine, (said ?? []) as Item[], bounds)),
    ),
  )
  const items = lists.flat()
  for (const { engine, item } of items) remembered.set(item.Id, engine)
  return reply(200, joined(call, items), warnings)
}

/** Asks each engine with filters that it can follow, and none that has nothing that fits. */
function askingEach(set: EngineSet, call: Call, filters: Filters, bounds: readonly Bound[]): Asking {
  const own = new Map<Member, Filters>()
  for (const [engine, named] of filtersForEach(set, filters, namesIn(call.endpoint)))
    own.set(engine, boundsFor(engine, named, bounds))
  if (own.size === set.members.length && [...own.values()].every((each) => each === filters)) return {}
  const { query } = call as { query: Readonly<Record<string, string | undefined>> }
  const isBound = bounds.length > 0
  return {
    of: [...own.keys()],
    ask: (upstream, engine) =>
      upstream.ask(call, call.endpoint, {
        query: {
          ...query,
          filters: JSON.stringify(own.get(engine)),
          // What is counted is what is left in the end.
          ...(isBound && Number(query['limit'] ?? 0) > 0 && { limit: undefined, all: '1' }),
        },
      } as never) as Promise<Reply>,
  }
}

/** The filters by names that several engines may have. */
function namesIn(endpoint: Endpoint): readonly string[] {
  if (endpoint === 'GET /containers/json') return ['name', 'network', 'volume']
  return ['GET /networks', 'GET /networks/', 'GET /volumes'].includes(endpoint) ? ['name'] : []
}

function isList(bounds: readonly Bound[] | Reply): bounds is readonly Bound[] {
  return Array.isArray(bounds)
}

interface Volumes {
  readonly Volumes?: readonly Item[] | null
  readonly Warnings?: readonly string[] | null
}

export interface Item {
  Id?: string | null
  Name?: string | null
  Names?: string[] | null
  Created?: number | string | null
  Containers?: number | null
  RepoTags?: string[] | null
  RepoDigests?: string[] | null
}

interface OnEngine {
  readonly engine: Member
  readonly item: Item
}

function itemsOf(engine: Member, list: readonly Item[] | null | undefined): OnEngine[] {
  return (list ?? []).map((item) => ({ engine, item }))
}

function joined(call: Call, items: readonly OnEngine[]): Item[] {
  const endpoint: Endpoint = call.endpoint
  if (endpoint === 'GET /images/json') return newestFirst(sameOnce(items))
  if (endpoint === 'GET /networks' || endpoint === 'GET /networks/')
    return distinct(ofSwarmOnce(items), 'Name')
  if (endpoint !== 'GET /containers/json') return distinct(items, 'Name')
  const limit = Number((call.query as Readonly<Record<string, string | undefined>>)['limit'] ?? 0)
  const containers = newestFirst(distinct(items, 'Names'))
  return limit > 0 ? containers.slice(0, limit) : containers
}

/** Has what several engines have by one name called `engine/name`, in the items themselves. */
export function distinct(items: readonly OnEngine[], field: 'Name' | 'Names'): Item[] {
  const engines = new Map<string, Set<Member>>()
  for (const { engine, item } of items)
    for (const name of namesOf(item, field)) engines.set(name, (engines.get(name) ?? new Set()).add(engine))
  return items.map(({ engine, item }) => {
    const told = (name: string) =>
      (engines.get(name)?.size ?? 0) < 2
        ? name
        : name.startsWith('/')
          ? `/${engine.name}${name}`
          : `${engine.name}/${name}`
    if (field === 'Names') item.Names = namesOf(item, field).map(told)
    else if (typeof item.Name === 'string') item.Name = told(item.Name)
    return item
  })
}

function namesOf(item: Item, field: 'Name' | 'Names'): readonly string[] {
  if (field === 'Names') return item.Names ?? []
  return typeof item.Name === 'string' ? [item.Name] : []
}

/** A network of a swarm is the same on every engine in it. */
function ofSwarmOnce(items: readonly OnEngine[]): OnEngine[] {
  const first = new Map(items.toReversed().map((each) => [each.item.Id ?? each, each]))
  return items.filter((each) => first.get(each.item.Id ?? each) === each)
}

function sameOnce(items: readonly OnEngine[]): Item[] {
  const images = new Map<unknown, Item>()
  for (const { item } of items) {
    const same = images.get(item.Id)
    if (same === undefined) {
      images.set(item.Id, item)
      continue
    }
    same.RepoTags = [...new Set([...(same.RepoTags ?? []), ...(item.RepoTags ?? [])])]
    same.RepoDigests = [...new Set([...(same.RepoDigests ?? []), ...(item.RepoDigests ?? [])])]
    // -1: it was not counted.
    if ((same.Containers ?? -1) >= 0 && (item.Containers ?? -1) >= 0)
      same.Containers = same.Containers! + item.Containers!
  }
  return [...images.values()]
}

/** As each engine has its own list. */
function newestFirst(items: Item[]): Item[] {
  return items.sort((a, b) => Number(b.Created ?? 0) - Number(a.Created ?? 0))
}
