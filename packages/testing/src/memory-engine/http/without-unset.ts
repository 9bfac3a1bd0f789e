/** The object without those of the keys that say nothing: null, false, 0 or an empty text. */
export function withoutUnset(object: object, keys: readonly string[]): object {
  return Object.fromEntries(
    Object.entries(object).filter(([key, value]) => Boolean(value) || !keys.includes(key)),
  )
}
