/** What Go reads into a struct or a map. */
export type JsonObject = Record<string, unknown>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * The object in a field, made there where the engine reads none: absent or null. Undefined where something else stands,
 * which is left for the engine to refuse.
 */
export function objectIn(holder: unknown, name: string): JsonObject | undefined {
  if (!isObject(holder)) return undefined
  const value = (holder[name] ??= {})
  return isObject(value) ? value : undefined
}

/** The list in a field, as `objectIn`. */
export function listIn(holder: unknown, name: string): unknown[] | undefined {
  if (!isObject(holder)) return undefined
  const value = (holder[name] ??= [])
  return Array.isArray(value) ? value : undefined
}

/** The whole number in a field, 0 where there is none; undefined where something else stands. */
export function numberIn(holder: JsonObject, name: string): number | undefined {
  const value = holder[name] ?? 0
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined
}
