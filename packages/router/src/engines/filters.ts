import type { Call } from '@intermediate/core'
import type { EngineSet } from './engine-set.js'
import type { Member } from './member.js'

/** The filters of a query: lists of values, or objects whose keys are the values, as the client wrote them. */
export type Filters = Readonly<Record<string, readonly string[] | Readonly<Record<string, unknown>>>>

/** Undefined where there are none, and for what is none: an engine says so. */
export function filtersOf(call: Call): Filters | undefined {
  const { filters } = call.query as Readonly<Record<string, string | undefined>>
  if (!filters) return undefined
  try {
    const parsed: unknown = JSON.parse(filters)
    if (typeof parsed !== 'object' || parsed === null) return undefined
    return Object.values(parsed).every(isValues) ? (parsed as Filters) : undefined
  } catch {
    return undefined
  }
}

function isValues(given: unknown): boolean {
  if (Array.isArray(given)) return given.every((each) => typeof each === 'string')
  return typeof given === 'object' && given !== null
}

export function valuesOf(filters: Filters, field: string): readonly string[] {
  const values = Object.hasOwn(filters, field) ? filters[field]! : []
  return Array.isArray(values) ? (values as readonly string[]) : Object.keys(values)
}

/** The same with other values of one field; with none, without it. */
export function withValues(filters: Filters, field: string, values: readonly string[]): Filters {
  const { [field]: before, ...others } = filters
  if (values.length === 0) return others
  return {
    ...others,
    [field]: Array.isArray(before) ? values : Object.fromEntries(values.map((each) => [each, true])),
  }
}

/** The filters for each engine that has something that can fit; the same ones for all where none has. */
export function filtersForEach(
  set: EngineSet,
  filters: Filters,
  fields: readonly string[],
): ReadonlyMap<Member, Filters> {
  const own = new Map<Member, Filters>()
  for (const engine of set.members) {
    const fitting = filtersFor(set, engine, filters, fields)
    if (fitting !== undefined) own.set(engine, fitting)
  }
  return own.size > 0 ? own : new Map(set.members.map((engine) => [engine, filters]))
}

/**
 * The filters for one engine, where the values of these fields may be `engine/name`, as lists tell names that several
 * have. Undefined where nothing of this engine can fit.
 */
function filtersFor(
  set: EngineSet,
  engine: Member,
  filters: Filters,
  fields: readonly string[],
): Filters | undefined {
  let own = filters
  for (const field of fields) {
    const values = valuesOf(filters, field)
    const split = values.map((value) => ({ value, ...splitPattern(set, value) }))
    if (split.every((each) => each.engine === undefined)) continue
    const left = split.filter((each) => each.engine === undefined || each.engine === engine)
    if (left.length === 0) return undefined
    own = withValues(
      own,
      field,
      left.map(({ name }) => name),
    )
  }
  return own
}

/** Names can be sought as patterns: `^/a/web$`. */
function splitPattern(set: EngineSet, value: string): { engine: Member | undefined; name: string } {
  const [, before = '', rest = ''] = /^(\^?\/?)(.*)$/s.exec(value)!
  const { engine, name } = set.split(rest)
  return { engine, name: before + name }
}
