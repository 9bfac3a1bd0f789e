import type { Call, Endpoint, Reply } from '@intermediate/core'
import { reply } from '@intermediate/core'
import type { EngineSet, Heard } from './engine-set.js'
import { failureOf, warningsOf } from './engine-set.js'
import type { Member } from './member.js'
import type { Memory } from './memory.js'

/**
 * The lists of all engines as one. What has the same name on several is there as `engine/name`; an image that is the same
 * on several, by its id, is there once, with all its names.
 */
export async function joinLists(set: EngineSet, memory: Memory, call: Call): Promise<Reply> {
  const answers = await set.documents(call)
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
  const items = answers.done.flatMap(({ engine, said }) => itemsOf(engine, said))
  for (const { engine, item } of items) memory.set(item.Id, engine)
  return reply(200, joined(call, items), warnings)
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

function itemsOf(engine: Member, list: unknown): OnEngine[] {
  return ((list ?? []) as Item[]).map((item) => ({ engine, item }))
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
    for (const name of namesIn(item, field)) engines.set(name, (engines.get(name) ?? new Set()).add(engine))
  return items.map(({ engine, item }) => {
    const told = (name: string) =>
      (engines.get(name)?.size ?? 0) < 2
        ? name
        : name.startsWith('/')
          ? `/${engine.name}${name}`
          : `${engine.name}/${name}`
    if (field === 'Names') item.Names = namesIn(item, field).map(told)
    else if (typeof item.Name === 'string') item.Name = told(item.Name)
    return item
  })
}

function namesIn(item: Item, field: 'Name' | 'Names'): readonly string[] {
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
