import type { Endpoint, EndpointInfo } from './endpoints/endpoint-types.js'
import { select, selectNamed } from './endpoints/patterns.js'
import { configurationError } from './errors.js'
import type { Layer, LayerInfo, LayerOptions } from './stack.js'

/** A layer in its place, with the endpoints that it is asked about. */
export interface StackEntry extends LayerInfo {
  readonly layer: Layer
  readonly selected: ReadonlySet<EndpointInfo> | undefined
  /** Those of the selected that are there by their own name, and not only by a wildcard. */
  readonly named: ReadonlySet<EndpointInfo>
  /** In ms. */
  readonly deadline: number | undefined
  readonly opens: boolean
  readonly policy: boolean
}

/** Calls that come now pass as if the layer were not there. */
export function isIdle({ layer }: StackEntry): boolean {
  return layer.idle?.() ?? false
}

/** A call of this endpoint is the layer's to see. */
export function wants(entry: StackEntry, endpoint: EndpointInfo): boolean {
  return entry.selected === undefined || entry.selected.has(endpoint)
}

/** @throws IntermediateError for an unknown option, or where one of the layer's own patterns selects nothing */
export function stackEntry(
  layer: Layer,
  options: LayerOptions,
  patterns: string | readonly string[] | undefined,
): StackEntry {
  const name = options?.name ?? (layer.name || placeName(layer.endpoints ?? patterns))
  checkOptions(name, options)
  const { deadline, onError, policy = layer.policy ?? false } = options
  checkPresence(name, layer, policy, onError)
  const { endpoints } = layer
  const selected = endpoints === undefined ? undefined : new Set(select(endpoints))
  const named = new Set(endpoints === undefined ? [] : selectNamed(endpoints))
  const opens = onError === 'open'
  return { layer, name, selected, named, endpoints: keys(selected), deadline, opens, policy }
}

/**
 * The same entry as part of an intermediate that is used with options: its name goes in front, what it says otherwise
 * holds instead of what the layer was used with.
 * @throws IntermediateError for an unknown option
 */
export function withOptions(entry: StackEntry, options: LayerOptions): StackEntry {
  const name = options.name === undefined ? entry.name : `${options.name}/${entry.name}`
  checkOptions(name, options)
  const { deadline = entry.deadline, onError, policy = entry.policy } = options
  checkPresence(name, entry.layer, policy, onError ?? (entry.opens ? 'open' : 'closed'))
  return { ...entry, name, deadline, policy, opens: onError === undefined ? entry.opens : onError === 'open' }
}

/** What a layer without a name is called: by what it is for. */
function placeName(patterns: string | readonly string[] | undefined): string {
  if (patterns === undefined) return 'for every call'
  const [first = '', ...rest] = [patterns].flat()
  return `for ${first}${rest.length === 0 ? '' : ` and ${rest.length} more`}`
}

const optionNames = new Set(['name', 'deadline', 'onError', 'policy'])

function checkOptions(name: string, options: LayerOptions): void {
  if (typeof options !== 'object' || options === null)
    throw configurationError(
      `The layer ${name} was given ${typeof options === 'function' ? 'another layer' : String(options)} for its options: use() takes one layer at a time, then { name, deadline, onError, policy }.`,
    )
  const { name: given, deadline, onError, policy } = options
  const unknownOption = Object.keys(options).find((option) => !optionNames.has(option))
  if (unknownOption !== undefined)
    throw configurationError(`The layer ${name} was given the option ${unknownOption}, which does not exist.`)
  if (deadline !== undefined && !(Number.isInteger(deadline) && deadline > 0 && deadline < 2 ** 31))
    throw configurationError(
      `The layer ${name} was given the deadline ${String(deadline)}: give it in ms, as a whole number from 1 to ${2 ** 31 - 1}.`,
    )
  if (onError !== undefined && onError !== 'open' && onError !== 'closed')
    throw configurationError(
      `The layer ${name} was given the onError ${String(onError)}: say "closed" or "open".`,
    )
  if (given !== undefined && typeof given !== 'string')
    throw configurationError(`A layer was given the name ${String(given)}: give it as text.`)
  if (policy !== undefined && typeof policy !== 'boolean')
    throw configurationError(`The layer ${name} was given the policy ${String(policy)}: say true or false.`)
}

/** Whoever can make a policy fail could switch it off, and so could whatever says that it is idle. */
function checkPresence(
  name: string,
  { idle }: Layer,
  policy: boolean,
  onError: LayerOptions['onError'],
): void {
  if (!policy || (onError !== 'open' && idle === undefined)) return
  const cause = idle === undefined ? 'onError: "open"' : 'idle'
  throw configurationError(`The layer ${name} is a policy, which cannot be left out: take away ${cause}.`)
}

function isWithin<T>(these: ReadonlySet<T>, those: ReadonlySet<T>): boolean {
  return [...these].every((each) => those.has(each))
}

/**
 * @throws IntermediateError for a layer that only sees what a final one in front of it lets no further, and for one that
 * has to have one engine behind it and has several
 */
export function checkOrder(entries: readonly StackEntry[]): void {
  for (const [at, { name, selected, layer }] of entries.entries()) {
    const { oneEngine = false } = layer
    const isMixed = ({ layer: { severalEngines = false } }: StackEntry) =>
      oneEngine === true ? severalEngines !== false : severalEngines === true
    const several = oneEngine === false ? undefined : entries.slice(at + 1).find(isMixed)
    if (several !== undefined)
      throw configurationError(
        `The layer "${name}" judges what one engine has, and "${several.name}" behind it has several: use "${name}" in front of each engine, in an intermediate of its own that is given to "${several.name}" as its upstream.`,
      )
    const keepsAll = (front: StackEntry) =>
      front.layer.final === true &&
      (front.selected === undefined || (selected !== undefined && isWithin(selected, front.selected)))
    const front = entries.slice(0, at).find(keepsAll)
    if (front !== undefined)
      throw configurationError(
        `The layer "${name}" would never be asked, since the layer "${front.name}" in front of it lets no call past: use it before that.`,
      )
  }
}

/**
 * The same entry with no more endpoints than the patterns select.
 * @throws IntermediateError where nothing is left
 */
export function narrowed(entry: StackEntry, patterns: string | readonly string[]): StackEntry {
  return narrowedAll([entry], patterns)[0]!
}

/**
 * The entries that want something of what the patterns select, for that only.
 * @throws IntermediateError where nothing is left
 */
export function narrowedAll(
  entries: readonly StackEntry[],
  patterns: string | readonly string[],
): StackEntry[] {
  const wanted = select(patterns)
  const wantedByName = new Set(selectNamed(patterns))
  const left = entries.flatMap((entry) => {
    const both = wanted.filter((endpoint) => wants(entry, endpoint))
    const selected = new Set(both)
    const named = new Set(both.filter((endpoint) => entry.named.has(endpoint) || wantedByName.has(endpoint)))
    return selected.size === 0 ? [] : [{ ...entry, selected, named, endpoints: keys(selected) }]
  })
  if (left.length > 0) return left
  const names = entries.map(({ name, endpoints }) => `${name} (for ${endpoints?.join(', ') ?? 'every call'})`)
  throw configurationError(
    `None of ${[patterns].flat().join(', ')} is wanted by ${names.length === 0 ? 'an intermediate without layers' : `the layer ${names.join(' or ')}`}.`,
  )
}

function keys(selected: ReadonlySet<EndpointInfo> | undefined): readonly Endpoint[] | undefined {
  return selected === undefined ? undefined : [...selected].map(({ key }) => key)
}
