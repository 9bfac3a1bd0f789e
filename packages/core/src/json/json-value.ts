/** What JSON is to a layer. An object that was read has no prototype, so that its keys are those that were sent. */
export type JsonValue = null | boolean | number | bigint | string | JsonValue[] | JsonObject

export interface JsonObject {
  [name: string]: JsonValue
}

/** How deep lists and objects can stand in one another: as deep as Go's encoding/json reads (scanner.go, maxNestingDepth). */
export const deepest = 10_000

/** An object without a prototype. `Object.create(null)` makes a hash table: twice the memory, and slower to read. */
export function emptyObject(): JsonObject {
  return Object.setPrototypeOf({}, null) as JsonObject
}
