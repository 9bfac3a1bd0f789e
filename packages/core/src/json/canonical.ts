import { IntermediateError } from '../errors.js'
import type { Shape, StructShape } from './field-shapes.js'
import { foldName } from './fold-name.js'
import { emptyObject } from './json-value.js'
import type { JsonObject, JsonValue } from './json-value.js'
import { shownName } from './shown-name.js'
import { keepSource, sourcesOf } from './source-numbers.js'

/**
 * The same value with the fields of structs under their canonical names: Go's encoding/json takes `hostconfig` for
 * `HostConfig`, so that is where a rule must find it. Unknown fields, the keys of maps, null and the order of keys stay.
 * What changes is changed in place, but an object whose keys change is replaced by another.
 *
 * A field outside of the struct that it belongs to, which some engines apply nevertheless, is left out if it is empty:
 * docker-py always sends `Runtime: null`, dockerode `VolumesFrom: []`, and an empty MaskedPaths would bare /proc.
 * @throws IntermediateError 400 where the whole is no object but should be, where such a field is not empty, or where
 * two keys of a struct fold alike: Go merges what they hold, and lists by index
 */
export function canonical(value: JsonValue, shape: Shape): JsonValue {
  const isStruct = shape !== 'leaf' && shape.kind === 'struct'
  // 20.10's `docker commit` sends it; to the engine it is a struct of which nothing is set.
  if (isStruct && value === null) return emptyObject()
  if (isStruct && (typeof value !== 'object' || Array.isArray(value)))
    throw new IntermediateError('ERR_BAD_REQUEST', 400, 'The body is not a JSON object, as it has to be.')
  return canonicalAt('', value, shape)
}

function canonicalAt(place: string, value: JsonValue, shape: Shape): JsonValue {
  if (shape === 'leaf' || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value) !== (shape.kind === 'list')) {
    // A list where the engine wants an object, or the reverse: it is the engine's to refuse.
    return value
  }
  // A list is an object with the keys 0, 1, 2 here.
  const given = value as JsonObject
  const holder = shape.kind === 'struct' ? withCanonicalKeys(place, given, shape) : given
  for (const key of Object.keys(holder)) {
    const inner = shape.kind === 'struct' ? shape.fields.get(key) : shape.each
    if (inner === undefined || inner === 'leaf') continue
    const before = holder[key] as JsonValue
    const after = canonicalAt(place + (shape.kind === 'list' ? `[${key}]` : `.${key}`), before, inner)
    if (after !== before) holder[key] = after
  }
  return holder
}

function withCanonicalKeys(place: string, object: JsonObject, shape: StructShape): JsonObject {
  const keys = Object.keys(object)
  if (keys.every((key) => shape.fields.has(key))) return object
  const result = emptyObject()
  const sources = sourcesOf(object)
  const sent = new Map<string, string>()
  let changed = false
  for (const key of keys) {
    const fold = foldName(key)
    const twin = sent.get(fold)
    if (twin !== undefined)
      refuse(
        place,
        `both ${shownName(twin)} and ${shownName(key)}`,
        'which Docker takes for one field: send one',
      )
    sent.set(fold, key)
    const item = object[key] as JsonValue
    const home = shape.elsewhere.get(fold)
    if (home !== undefined) {
      if (!isEmpty(item))
        refuse(place, shownName(key), `which some engines apply there and others do not: send it as ${home}`)
      changed = true
      continue
    }
    const name = shape.names.get(fold) ?? key
    result[name] = item
    const source = sources?.get(key)
    if (source !== undefined) keepSource(result, name, source)
    changed ||= name !== key
  }
  return changed ? result : object
}

function isEmpty(value: JsonValue): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0
  return !value
}

function refuse(place: string, what: string, why: string): never {
  const where = place === '' ? 'at its top level' : `in ${shownName(place.replace(/^\./, ''))}`
  throw new IntermediateError('ERR_BAD_REQUEST', 400, `The body has ${what} ${where}, ${why}.`)
}
