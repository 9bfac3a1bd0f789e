import type { EndpointInfo } from './endpoint-types.js'
import { endpoints } from './endpoints.js'
import { type Match, matchPathByMethod } from './match-path.js'
import { matchPrivate } from './private-endpoints.js'

export interface Recognition {
  /** Every endpoint that fits, first the one that the engine acts on. Empty: the call is `unknown`. */
  readonly matches: readonly Match[]
  /** The version of the API that the path asks for, as it is written there. */
  readonly version: string | undefined
  /** The version is below 1.24, where the engine took bodies that no rule of today covers. */
  readonly outdated: boolean
  /** The path as the engine reads it, decoded and without the version; as it came where it cannot be decoded. */
  readonly path: string
}

export type Recognise = (method: string, target: string) => Recognition

/**
 * Says which endpoint a request is for, by the engine's own rules, so that nothing reaches the engine under a
 * name that the layers did not see. `target` is an origin-form request target of visible ASCII.
 *
 * The engine reads a path so (net/http and gorilla/mux, tried on 20.10 and 26.1): the query is cut at the first
 * `?`, a `#` is ordinary; escapes are decoded once; a path with `//`, `/./` or `/../` is redirected, a slash at the
 * end is kept; one prefix `/v[0-9.]+` may stand before the route; methods and paths are matched with their case,
 * and HEAD is no GET. A path that is not UTF-8 is `unknown` here, although the engine would take its bytes.
 */
export const recognise: Recognise = recogniser(endpoints, matchPrivate)

/**
 * The same for another table, and for others who are asked about what the table does not have. Where endpoints overlap,
 * the one with more literal segments is the engine's choice.
 */
export function recogniser(table: readonly EndpointInfo[], others?: MatchOthers): Recognise {
  const routes = matchPathByMethod(table)
  return (method, target) => {
    const raw = withoutQuery(target)
    const decoded = raw.includes('%') ? percentDecoded(raw) : raw
    if (decoded === undefined) return { matches: nothing, version: undefined, outdated: false, path: raw }
    const start = versionPrefixLength(decoded)
    const path = start === 0 ? decoded : decoded.slice(start)
    const version = start === 0 ? undefined : decoded.slice('/v'.length, start)
    let matches = routes.get(method)?.(path) ?? nothing
    if (matches.length === 0) matches = others?.(method, path) ?? nothing
    return { matches, version, outdated: version !== undefined && isOutdated(version), path }
  }
}

type MatchOthers = (method: string, path: string) => readonly Match[] | undefined

const nothing: readonly Match[] = Object.freeze([])

function withoutQuery(target: string): string {
  const mark = target.indexOf('?')
  return mark === -1 ? target : target.slice(0, mark)
}

function percentDecoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

/** The length of `/v1.45` in `/v1.45/info`; 0 where there is no version, or nothing after it. */
function versionPrefixLength(path: string): number {
  if (!path.startsWith('/v')) return 0
  let end = '/v'.length
  while (isDigitOrDot(path.charCodeAt(end))) end++
  return end > '/v'.length && path[end] === '/' ? end : 0
}

function isDigitOrDot(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2e
}

/** A client asks for the same version each time. */
const latest = { version: '', outdated: true }

/** Compares as the engine does: number by number between the dots, and one that is missing or empty is 0. */
function isOutdated(version: string): boolean {
  if (version !== latest.version) {
    latest.version = version
    latest.outdated = isBelow124(version)
  }
  return latest.outdated
}

function isBelow124(version: string): boolean {
  const dot = version.indexOf('.')
  const major = leadingNumber(version)
  const minor = dot === -1 ? 0 : leadingNumber(version.slice(dot + 1))
  return major < 1 || (major === 1 && minor < 24)
}

function leadingNumber(text: string): number {
  return Number.parseInt(text, 10) || 0
}
