import type { Item } from './ask.js'
import { isEmpty, isObject, unreadable } from './fields.js'
import { cgroupParent, namespaceMode } from './namespace-fields.js'
import type { AnyCall } from './routes.js'
import { isolation } from './runtime-fields.js'
import { securityOptions, ulimits } from './security-fields.js'

/** The query of `POST /build`: what its steps run with, and which images it takes and makes. */
export function buildAsks(call: AnyCall): readonly Item[] {
  const { query } = call
  return [
    { topic: 'image', name: '', what: 'a build, whose images nobody here can see,', use: 'build' },
    ...namespaceMode('network', query.networkmode ?? '', (pinned) => (query.networkmode = pinned)),
    ...cgroupParent(query.cgroupparent, 'cgroupparent'),
    ...isolation(query.isolation, 'isolation'),
    ...inJson(query.ulimits, 'ulimits', (value) => ulimits(value, 'ulimits')),
    ...inJson(query.securityopt, 'securityopt', (value) => securityOptions(value, 'securityopt')),
    ...inJson(query.cachefrom, 'cachefrom', (value) => images(value, 'cachefrom')),
    ...inJson(query.outputs, 'outputs', outputs),
    ...call.queryValues('t').filter(Boolean).map(made),
  ]
}

/** A name that an image is given here. */
export function made(name: string): Item {
  return { topic: 'image', name, what: `to name an image ${name}`, use: 'make' }
}

function images(value: unknown, field: string): readonly Item[] {
  if (isEmpty(value)) return []
  if (!Array.isArray(value)) return [unreadable(field)]
  return value.map((name: unknown) =>
    typeof name === 'string' ? { topic: 'image', name, what: `the image ${name}` } : unreadable(field),
  )
}

/** BuildKit's outputs: into files of the client, or an image with names of its own. */
function outputs(value: unknown): readonly Item[] {
  if (isEmpty(value)) return []
  if (!Array.isArray(value)) return [unreadable('outputs')]
  return value.flatMap((output: unknown) => {
    if (!isObject(output)) return [unreadable('outputs')]
    // Go takes them in any case.
    if (Object.keys(output).some((key) => key !== 'Type' && key !== 'Attrs')) return [unreadable('outputs')]
    const { Type: type, Attrs: attributes } = output
    if (type === 'local' || type === 'tar' || type === 'cacheonly') return []
    if (isEmpty(attributes)) return []
    const name = isObject(attributes) ? attributes.name : undefined
    if (typeof name !== 'string') return [made('by an output of the build')]
    return name.split(',').map((each) => made(each.trim()))
  })
}

function inJson(
  text: string | undefined,
  field: string,
  read: (value: unknown) => readonly Item[],
): readonly Item[] {
  if (text === undefined || text === '') return []
  try {
    const value: unknown = JSON.parse(text)
    return hasKeyTwice(text, value) ? [unreadable(field)] : read(value)
  } catch {
    return [unreadable(field)]
  }
}

/** Of one key twice, Go merges what both hold. Strings that a colon follows are keys. */
function hasKeyTwice(text: string, value: unknown): boolean {
  const written = text.match(/"(?:[^"\\]|\\.)*"\s*:/g) ?? []
  return written.length !== keysIn(value)
}

function keysIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const inner = Object.values(value).reduce<number>((sum, each) => sum + keysIn(each), 0)
  return inner + (Array.isArray(value) ? 0 : Object.keys(value).length)
}
