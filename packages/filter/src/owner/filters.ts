import { randomUUID } from 'node:crypto'
import { parsed } from './go-values.js'
import { Refused } from './refused.js'
import type { Owner, Visit } from './visit.js'

/** The values of a query's `filters`, by their names. */
export type Filters = Map<string, readonly string[]>

/**
 * What the engine reads of `filters`: `{"label":["a"]}`, and the form of today, `{"label":{"a":true}}`, of which it looks
 * at the keys only. @throws Refused 400 for anything else
 */
export function readFilters(written: string | undefined): Filters {
  if (written === undefined || written === '') return new Map()
  const filters = parsed(written, 'invalid filter')
  if (filters === null) return new Map()
  if (typeof filters !== 'object' || Array.isArray(filters)) throw new Refused(400, 'invalid filter')
  return new Map(Object.entries(filters).map(([name, values]) => [name, valuesOf(values)]))
}

/** In the form of today. */
export function writeFilters(filters: Filters): string {
  const written = [...filters].map(([name, values]) => [
    name,
    Object.fromEntries(values.map((value) => [value, true])),
  ])
  return JSON.stringify(Object.fromEntries(written))
}

/** The filters by which the engine finds what bears the owner's label. */
export function ownFilters({ label, id }: Owner): string {
  return writeFilters(new Map([['label', [`${label}=${id}`]]]))
}

/** Narrows a list or a prune to what bears the owner's label, whatever else the client wants of it. */
export function narrowToOwn({ query, owner: { label, id } }: Visit): void {
  const filters = readFilters(query['filters'])
  const labels = filters.get('label') ?? []
  const others = labels.filter((each) => keyOf(each) !== label)
  const isOwn = labels.every((each) => keyOf(each) !== label || each === label || each === `${label}=${id}`)
  // Not side by side with another's: in lists of a swarm one label counts, and any of two.
  filters.set('label', [...others, `${label}=${isOwn ? id : `nobody ${randomUUID()}`}`])
  query['filters'] = writeFilters(filters)
}

function keyOf(label: string): string {
  return label.split('=', 1)[0]!.trim()
}

function valuesOf(values: unknown): readonly string[] {
  if (values === null) return []
  if (Array.isArray(values) && values.every((value) => typeof value === 'string')) return values
  if (typeof values !== 'object' || Array.isArray(values)) throw new Refused(400, 'invalid filter')
  if (Object.values(values).some((value) => typeof value !== 'boolean' && value !== null))
    throw new Refused(400, 'invalid filter')
  return Object.keys(values)
}
