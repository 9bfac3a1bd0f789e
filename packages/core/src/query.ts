import { IntermediateError } from './errors.js'

/** The values of a query by their names; a name without a value is ''. */
export type Query = Record<string, string | undefined>

/**
 * A query as the engine reads it (Go's net/url): the first value of a name wins, `+` is a space. The result has no
 * prototype, so that a name is only there if the client sent it.
 * @throws IntermediateError 400 for a bad escape or a `;`, with which the engine reads something else or nothing
 */
export function parseQuery(target: string): Query {
  const query = Object.create(null) as Query
  for (const [name, value] of pairs(target)) query[name] ??= value
  return query
}

/**
 * The target with another query. What did not change stays as it was written, all values of a name; one that changed
 * has one value, in the place of its first.
 * @throws TypeError for a value that is not text
 */
export function withQuery(target: string, query: Readonly<Query>): string {
  const before = parseQuery(target)
  const kept = new Set<string>()
  const parts: string[] = []
  for (const [name, , raw] of pairs(target)) {
    const value = query[name]
    if (value === before[name]) parts.push(raw)
    else if (value !== undefined && !kept.has(name)) parts.push(encoded(name, value))
    kept.add(name)
  }
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && !kept.has(name)) parts.push(encoded(name, value))
  const [path] = target.split('?', 1)
  return parts.length === 0 ? path! : `${path}?${parts.join('&')}`
}

/** True if a query holds something else than the target does. */
export function isChanged(target: string, query: Readonly<Query>): boolean {
  const before = parseQuery(target)
  const names = new Set([...Object.keys(before), ...Object.keys(query)])
  return [...names].some((name) => before[name] !== query[name])
}

function* pairs(target: string): Generator<[name: string, value: string, raw: string]> {
  const mark = target.indexOf('?')
  if (mark < 0) return
  for (const pair of target.slice(mark + 1).split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = decode(equals < 0 ? pair : pair.slice(0, equals))
    yield [name, equals < 0 ? '' : decode(pair.slice(equals + 1)), pair]
  }
}

function encoded(name: string, value: string): string {
  if (typeof value !== 'string') throw new TypeError(`the value of ${name} in the query is not text`)
  return `${encodeURIComponent(name)}=${encodeURIComponent(value)}`
}

function decode(text: string): string {
  try {
    if (!text.includes(';')) return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    // not UTF-8, or no escape at all: refused below
  }
  throw new IntermediateError(
    'ERR_BAD_REQUEST',
    400,
    `The query has ${JSON.stringify(text)}, which cannot be read: escape it as UTF-8.`,
  )
}
