import { IntermediateError } from './errors.js'

/** The values of a query by their names; a name without a value is ''. */
export type Query = Record<string, string | undefined>

/**
 * A query as the engine reads it (Go's net/url), of a call with this name: `+` is a space. The result has no prototype,
 * so that a name is only there if the client sent it. Of a name that came with several values the engine reads the
 * first, or all: `t`, `names`, `changes`. So it cannot be read as one value here; `valuesOf` gives them all.
 * @throws IntermediateError 400 for a bad escape or a `;`, with which the engine reads something else or nothing; and
 * when a name is read that came with several values
 */
export function parseQuery(target: string, call = 'The call'): Query {
  const query = Object.create(null) as Query
  for (const [name, value] of pairs(target, call)) {
    const before = Object.getOwnPropertyDescriptor(query, name)
    if (before === undefined) query[name] = value
    else if (before.value !== value) severalValues(query, name, call)
  }
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
    if (isSame(name, query, before)) parts.push(raw)
    else if (query[name] !== undefined && !kept.has(name)) parts.push(encoded(name, query[name]))
    kept.add(name)
  }
  for (const name of Object.keys(query))
    if (!kept.has(name) && query[name] !== undefined) parts.push(encoded(name, query[name]))
  const [path] = target.split('?', 1)
  return parts.length === 0 ? path! : `${path}?${parts.join('&')}`
}

/** All values that a target has for a name, or the one that it was changed to. */
export function valuesOf(target: string, query: Readonly<Query>, name: string): readonly string[] {
  if (isSame(name, query, parseQuery(target)))
    return [...pairs(target)].filter(([each]) => each === name).map(([, value]) => value)
  const value = query[name]
  return value === undefined ? [] : [value]
}

/** True if a query holds something else than the target does. */
export function isChanged(target: string, query: Readonly<Query>): boolean {
  const before = parseQuery(target)
  const names = new Set([...Object.keys(before), ...Object.keys(query)])
  return [...names].some((name) => !isSame(name, query, before))
}

/** Nobody has changed it: several values cannot be read, and are still there. */
function isSame(name: string, query: Readonly<Query>, before: Readonly<Query>): boolean {
  const now = Object.getOwnPropertyDescriptor(query, name)
  const then = Object.getOwnPropertyDescriptor(before, name)
  if (now?.get !== undefined || then?.get !== undefined)
    return now?.get !== undefined && then?.get !== undefined
  return now?.value === then?.value
}

function severalValues(query: Query, name: string, call: string): void {
  Object.defineProperty(query, name, {
    enumerable: true,
    configurable: true,
    get: () => {
      throw new IntermediateError(
        'ERR_BAD_REQUEST',
        400,
        `${call}: the query says ${JSON.stringify(name)} several times, and only one value of it is looked at here: say it once.`,
      )
    },
    set: (value: string | undefined) => {
      Object.defineProperty(query, name, { value, enumerable: true, configurable: true, writable: true })
    },
  })
}

function* pairs(target: string, call = 'The call'): Generator<[name: string, value: string, raw: string]> {
  const mark = target.indexOf('?')
  if (mark < 0) return
  for (const pair of target.slice(mark + 1).split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = decode(equals < 0 ? pair : pair.slice(0, equals), call)
    yield [name, equals < 0 ? '' : decode(pair.slice(equals + 1), call), pair]
  }
}

function encoded(name: string, value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`the value of ${name} in the query is not text`)
  return `${encodeURIComponent(name)}=${encodeURIComponent(value)}`
}

function decode(text: string, call: string): string {
  try {
    if (!text.includes(';')) return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    // not UTF-8, or no escape at all: refused below
  }
  throw new IntermediateError(
    'ERR_BAD_REQUEST',
    400,
    `${call}: the query has ${JSON.stringify(text)}, which cannot be read: escape it as UTF-8.`,
  )
}
