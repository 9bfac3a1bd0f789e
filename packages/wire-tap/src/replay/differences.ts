import { redacted } from '../secrets.js'

/**
 * What differs in a value from what was recorded in its place, as phrases. Names stand in any order, and what was redacted
 * is like anything.
 */
export function* differences(was: unknown, is: unknown, place: string): Generator<string> {
  if (was === is || (typeof was === 'string' && isLike(was, is))) return
  const [before, now] = [membersOf(was), membersOf(is)]
  if (before === undefined || now === undefined || Array.isArray(was) !== Array.isArray(is)) {
    yield `${place} is ${shown(is)} and was ${shown(was)}`
    return
  }
  for (const name of new Set([...before.keys(), ...now.keys()])) {
    const inside = Array.isArray(was) ? `${place}[${name}]` : `${place}.${name}`
    if (!before.has(name)) yield `${inside} is ${shown(now.get(name))} and was not there`
    else if (!now.has(name)) yield `${inside} is not there and was ${shown(before.get(name))}`
    else yield* differences(before.get(name), now.get(name), inside)
  }
}

/** The same of a text that may be JSON, as filters and build arguments in a query are. */
export function* textDifferences(was: string, is: string, place: string): Generator<string> {
  const [before, now] = [objectIn(was), objectIn(is)]
  const areJson = before !== undefined && now !== undefined
  yield* areJson ? differences(before, now, place) : differences(was, is, place)
}

function isLike(was: string, is: unknown): boolean {
  if (was === redacted) return true
  if (typeof is !== 'string' || !was.includes(redacted)) return was === is
  const parts = was.split(redacted).map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's').test(is)
}

function membersOf(value: unknown): Map<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined
}

function objectIn(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text) as object
  } catch {
    return undefined
  }
}

/** As JSON, of which the sentence of an error has room for so much. */
function shown(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`
}
