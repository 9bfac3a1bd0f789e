import { Refused } from './refused.js'

/** A JSON object of a body. */
export type Fields = Record<string, unknown>

/** A value as the engine reads an object: null and absent are undefined. @throws Refused 400 for another type */
export function asObject(value: unknown, name: string): Fields | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'object' || Array.isArray(value)) throw wrong(name, 'an object')
  return value as Fields
}

/** As `asObject`, of a field. */
export function objectIn(parent: Fields, name: string): Fields | undefined {
  return asObject(parent[name], name)
}

/** The items of a list; none where it is null or absent. @throws Refused 400 for another type */
export function listIn(parent: Fields, name: string): readonly unknown[] {
  const value = parent[name]
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw wrong(name, 'a list')
  return value
}

/** A list of objects; null among them is an empty one, as in Go. @throws Refused 400 for another type */
export function objectsIn(parent: Fields, name: string): Fields[] {
  return listIn(parent, name).map((item) => asObject(item, name) ?? {})
}

/** A text; '' where it is null or absent. @throws Refused 400 for another type */
export function textIn(parent: Fields, name: string): string {
  return asText(parent[name], name)
}

/** As `textIn`, of a value. */
export function asText(value: unknown, name: string): string {
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string') throw wrong(name, 'text')
  return value
}

/** True for what the engine takes for true in a query. */
export function isTrue(value: string | undefined): boolean {
  return !['', '0', 'no', 'false', 'none'].includes((value ?? '').trim().toLowerCase())
}

/** A value of a query that is JSON. @throws Refused 400 with that message for what is none */
export function parsed(written: string, message: string): unknown {
  try {
    return JSON.parse(written)
  } catch {
    throw new Refused(400, message)
  }
}

function wrong(name: string, what: string): Refused {
  return new Refused(400, `${name} has to be ${what}.`)
}
