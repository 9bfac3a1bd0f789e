import type { api, Call, CallArguments, Reply } from '@intermediate/core'
import type { EngineSet } from './engine-set.js'
import type { Filters } from './filters.js'
import { valuesOf, withValues } from './filters.js'
import type { Finder } from './finder.js'
import type { Member } from './member.js'

/** Something that a list is to begin or end at, which only some engines have. */
export interface Bound {
  readonly field: 'before' | 'since'
  readonly text: string
  /** What those call it that have it. */
  readonly name: string
  readonly homes: readonly Member[]
  /** In ns since 1970. */
  readonly created: bigint
}

const kinds = {
  'GET /containers/json': { kind: 'container', inspect: 'GET /containers/:id/json', param: 'id' },
  'GET /images/json': { kind: 'image', inspect: 'GET /images/:name/json', param: 'name' },
} as const

type Listed = (typeof kinds)[keyof typeof kinds]

/** Undefined for what has no such bounds. */
export function listedBy(call: Call): Listed | undefined {
  return (kinds as Readonly<Record<string, Listed>>)[call.endpoint]
}

/**
 * The bounds that the filters of a list name, or the reply of an engine that has not what one names.
 * @throws IntermediateError 400 where several have it, 502 where one that is down may have it
 */
export async function boundsOf(
  set: EngineSet,
  finder: Finder,
  call: Call,
  filters: Filters,
): Promise<readonly Bound[] | Reply> {
  const listed = listedBy(call)
  const bounds: Bound[] = []
  if (listed === undefined) return bounds
  for (const field of ['before', 'since'] as const)
    for (const text of valuesOf(filters, field)) {
      const { engine, name } = await finder.find(call, listed.kind, text)
      const homes =
        listed.kind === 'image' ? (await finder.having(call, 'image', text)).engines : ([engine] as const)
      const { done, failed, missing } = await inspected(set, call, listed, name, engine)
      if (failed[0] !== undefined) return engine.send(call)
      if (done[0] === undefined) throw missing[0]!.error
      bounds.push({ field, text, name, homes, created: nanoseconds(done[0].said.Created) })
    }
  return bounds
}

/** The filters for one engine: what it does not have is no bound there, and is cut off afterwards. */
export function boundsFor(engine: Member, filters: Filters, bounds: readonly Bound[]): Filters {
  let own = filters
  for (const field of ['before', 'since'] as const) {
    const those = bounds.filter((bound) => bound.field === field)
    if (those.length === 0) continue
    const names = those.filter(({ homes }) => homes.includes(engine)).map(({ name }) => name)
    own = withValues(own, field, names)
  }
  return own
}

interface Listing {
  readonly Id?: string | null
  readonly Created?: number | string | null
}

/** What is within the bounds, of a list that knows times in seconds: of the same second, the engine is asked. */
export async function within<T extends Listing>(
  set: EngineSet,
  call: Call,
  engine: Member,
  items: readonly T[],
  bounds: readonly Bound[],
): Promise<readonly T[]> {
  const foreign = bounds.filter(({ homes }) => !homes.includes(engine))
  const listed = listedBy(call)
  if (foreign.length === 0 || listed === undefined) return items
  const second = 1_000_000_000n
  const isNear = ({ Created }: T) =>
    foreign.some(({ created }) => created / second === BigInt(Math.floor(Number(Created ?? 0))))
  const times = await Promise.all(
    items.map(async (item) => {
      const rough = BigInt(Math.floor(Number(item.Created ?? 0))) * second
      if (!isNear(item)) return rough
      const { done } = await inspected(set, call, listed, item.Id ?? '', engine)
      return done[0] === undefined ? rough : nanoseconds(done[0].said.Created)
    }),
  )
  return items.filter((_, at) =>
    foreign.every(({ field, created }) => (field === 'since' ? times[at]! > created : times[at]! < created)),
  )
}

function inspected(set: EngineSet, call: Call, { inspect, param }: Listed, name: string, engine: Member) {
  const args = { params: { [param]: name } } as CallArguments<typeof inspect>
  return set.documents<Pick<api.ContainerInspectResponse, 'Created'>>(call, {
    of: [engine],
    ask: (upstream) => upstream.ask(call, inspect, args) as Promise<Reply>,
  })
}

/** `2026-01-02T03:04:05.678901234Z` */
function nanoseconds(time: string | null | undefined): bigint {
  const [, fraction = ''] = /\.(\d+)/.exec(time ?? '') ?? []
  const seconds = Math.floor(Date.parse(time ?? '') / 1000)
  return Number.isNaN(seconds)
    ? 0n
    : BigInt(seconds) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'))
}
