import type { Call } from './call.js'
import type { Endpoint, EndpointInfo } from './endpoints/endpoint-types.js'
import { unknownEndpoint } from './endpoints/endpoints.js'
import { configurationError } from './errors.js'
import type { Match } from './endpoints/match-path.js'
import { select } from './endpoints/patterns.js'
import type { Recognition } from './endpoints/recognise.js'
import type { Reply } from './reply.js'

/** Whatever answers a call: the rest of the stack, and in the end the upstream. */
export type Handler = (call: Call) => Promise<Reply>

/**
 * One middleware (nothing to do with the layers of an image). It MUST return a reply: its own, or what `next` gave it,
 * and then with nothing of it read or dropped. It may look at the call, call `next` or not, or several times, one
 * after another, as long as the call has no body. What it throws before `next` keeps the call from the engine.
 */
export interface Layer {
  (call: Call, next: Handler): Promise<Reply>
  /** The endpoints it wants, as patterns. It is not asked about others. Default: every call. */
  readonly endpoints?: readonly string[]
}

export interface LayerOptions {
  /** What listings, logs and errors call it. Default: the function's name. */
  name?: string
}

/** A layer as a listing shows it. */
export interface LayerInfo {
  readonly name: string
  /** The endpoints it is asked about; undefined: every call. */
  readonly endpoints: readonly Endpoint[] | undefined
}

/** A layer in its place, with the endpoints that it is asked about. */
export interface StackEntry extends LayerInfo {
  readonly layer: Layer
  readonly selected: ReadonlySet<EndpointInfo> | undefined
}

/** One layer's turn at a call: the layer, and the endpoint by which it was selected. */
export interface Turn {
  readonly entry: StackEntry
  readonly match: Match | undefined
}

/** The layers of an intermediate in their order, the first one outermost. */
export class Stack {
  readonly entries: StackEntry[] = []
  /** By the id of an endpoint: the layers that want it, worked out once. */
  private byEndpoint: StackEntry[][] = []

  add(entries: readonly StackEntry[]): void {
    this.entries.push(...entries)
    this.byEndpoint = []
  }

  /** The turns of the layers that want a call, in their order; empty for a call that no layer wants. */
  turns(found: Recognition): readonly Turn[] {
    if (this.entries.length === 0) return noTurns
    const { matches } = found
    if (matches.length === 0)
      return this.wanting(unknownEndpoint).map((entry) => ({ entry, match: undefined }))
    if (matches.length === 1) {
      const match = matches[0]!
      const entries = this.wanting(match.endpoint)
      return entries.length === 0 ? noTurns : entries.map((entry) => ({ entry, match }))
    }
    return this.turnsOfSeveral(matches)
  }

  /** Where a path fits several endpoints, the layers of all of them run, each seeing the first that it wants. */
  private turnsOfSeveral(matches: readonly Match[]): Turn[] {
    return this.entries.flatMap((entry) => {
      const match = matches.find(({ endpoint }) => wants(entry, endpoint))
      return match === undefined ? [] : [{ entry, match }]
    })
  }

  private wanting(endpoint: EndpointInfo): readonly StackEntry[] {
    return (this.byEndpoint[endpoint.id] ??= this.entries.filter((entry) => wants(entry, endpoint)))
  }
}

const noTurns: readonly Turn[] = []

function wants(entry: StackEntry, endpoint: EndpointInfo): boolean {
  return entry.selected === undefined || entry.selected.has(endpoint)
}

/** @throws IntermediateError for an unknown option, or where one of the layer's own patterns selects nothing */
export function stackEntry(layer: Layer, options: LayerOptions): StackEntry {
  const name = options.name ?? (layer.name || 'a layer without a name')
  const unknownOption = Object.keys(options).find((option) => option !== 'name')
  if (unknownOption !== undefined)
    throw configurationError(`The layer ${name} was given the option ${unknownOption}, which does not exist.`)
  const selected = layer.endpoints === undefined ? undefined : new Set(select(layer.endpoints))
  return { layer, name, selected, endpoints: keys(selected) }
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
  const left = entries.flatMap((entry) => {
    const selected = new Set(wanted.filter((endpoint) => wants(entry, endpoint)))
    return selected.size === 0 ? [] : [{ ...entry, selected, endpoints: keys(selected) }]
  })
  if (left.length > 0) return left
  const names = entries.map(({ name, endpoints }) => `${name} (for ${endpoints?.join(', ') ?? 'every call'})`)
  throw configurationError(
    `None of ${[patterns].flat().join(', ')} is wanted by ${names.join(' or ') || 'an intermediate without layers'}.`,
  )
}

function keys(selected: ReadonlySet<EndpointInfo> | undefined): readonly Endpoint[] | undefined {
  return selected === undefined ? undefined : [...selected].map(({ key }) => key)
}
