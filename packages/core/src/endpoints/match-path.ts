import type { EndpointInfo } from './endpoint-types.js'

/** An endpoint that a path fits, and what the path says for the endpoint's parameters. */
export interface Match {
  readonly endpoint: EndpointInfo
  /** Decoded. One that spans slashes and ends the path may be empty: the engine takes `DELETE /containers/` so. */
  readonly params: Readonly<Record<string, string>>
}

export type MatchPath = (path: string) => readonly Match[]

/**
 * Matches decoded paths without a version against the endpoints of one method. A path without parameters is one
 * look-up; any other is compared with the endpoints that begin with the same segment.
 */
export function matchPath(table: readonly EndpointInfo[]): MatchPath {
  const routes = routesByFirstSegment(table)
  const literals = matchesOfLiterals(table, routes)
  return (path) => literals.get(path) ?? matchRoutes(path, routes)
}

/** The same for each method that endpoints have. */
export function matchPathByMethod(table: readonly EndpointInfo[]): ReadonlyMap<string, MatchPath> {
  const methods = new Set(table.map(({ method }) => method))
  return new Map(
    [...methods].map((method) => [method, matchPath(table.filter((row) => row.method === method))]),
  )
}

interface Route {
  readonly endpoint: EndpointInfo
  readonly segments: readonly Segment[]
  /** The last segment where it is literal: most routes of a group differ in that. */
  readonly tail: string | undefined
}

interface Segment {
  readonly text: string
  readonly kind: 'literal' | 'param' | 'spanning'
}

const nothing: readonly Match[] = Object.freeze([])

function routesByFirstSegment(table: readonly EndpointInfo[]): ReadonlyMap<string, readonly Route[]> {
  const groups = new Map<string, Route[]>()
  for (const route of table.filter(hasParams).map(toRoute)) {
    const first = firstSegment(route.endpoint.path)
    groups.set(first, [...(groups.get(first) ?? []), route])
  }
  // The engine's routers register `/containers/{name}/checkpoints/{checkpoint}` before `/containers/{name:.*}`.
  for (const group of groups.values()) group.sort((a, b) => literalCount(b) - literalCount(a))
  return groups
}

function matchesOfLiterals(
  table: readonly EndpointInfo[],
  routes: ReadonlyMap<string, readonly Route[]>,
): ReadonlyMap<string, readonly Match[]> {
  const literals = table.filter((endpoint) => !hasParams(endpoint))
  const matches = new Map<string, readonly Match[]>()
  for (const endpoint of literals) {
    // The engine serves the list of networks on `/networks/` too, so a rule for the one must hold for the other.
    const twin = literals.find(({ path }) => `${path}/` === endpoint.path)
    const exact = [twin, endpoint].filter((each) => each !== undefined).map(withoutParams)
    const wider = matchRoutes(endpoint.path, routes).filter(
      ({ params }) => !Object.values(params).includes(''),
    )
    matches.set(endpoint.path, Object.freeze([...exact, ...wider]))
  }
  return matches
}

function matchRoutes(path: string, routes: ReadonlyMap<string, readonly Route[]>): readonly Match[] {
  const candidates = routes.get(firstSegment(path))
  if (candidates === undefined) return nothing
  const segments = path.split('/')
  if (isRedirected(path, segments)) return nothing
  const last = segments[segments.length - 1]
  let matches: Match[] | undefined
  for (const route of candidates) {
    if (route.tail !== undefined && route.tail !== last) continue
    const params = readParams(route, segments)
    if (params === undefined) continue
    const match: Match = { endpoint: route.endpoint, params }
    if (matches === undefined) matches = [match]
    else matches.push(match)
  }
  return matches ?? nothing
}

/** True for a path that the engine answers with 301: an empty segment before its end, or a `.` or `..` anywhere. */
function isRedirected(path: string, segments: readonly string[]): boolean {
  if (path.includes('//')) return true
  return path.includes('/.') && (segments.includes('.') || segments.includes('..'))
}

/**
 * At most one segment of a route spans, so counting from both ends says what it takes. The engine's patterns are
 * `[^/]+` for a parameter and `.*` for one that spans; in Go the dot stops at a line feed.
 */
function readParams(
  { segments: wanted }: Route,
  segments: readonly string[],
): Record<string, string> | undefined {
  const spare = segments.length - wanted.length
  if (spare < 0) return undefined
  const params: Record<string, string> = {}
  let at = 0
  for (const { text, kind } of wanted) {
    let value = segments[at++] as string
    if (kind === 'literal') {
      if (value !== text) return undefined
      continue
    }
    if (kind === 'spanning') {
      if (spare > 0) value = segments.slice(at - 1, (at += spare)).join('/')
      if (value.includes('\n')) return undefined
    } else if (value === '') return undefined
    params[text] = value
  }
  return at === segments.length ? params : undefined
}

function hasParams({ path }: EndpointInfo): boolean {
  return path.includes('/:')
}

function toRoute(endpoint: EndpointInfo): Route {
  const segments = endpoint.path.split('/').map((text): Segment => {
    if (!text.startsWith(':')) return { text, kind: 'literal' }
    return { text: text.slice(1), kind: endpoint.slashes ? 'spanning' : 'param' }
  })
  const last = segments.at(-1)
  return { endpoint, segments, tail: last?.kind === 'literal' ? last.text : undefined }
}

function literalCount({ segments }: Route): number {
  return segments.filter(({ kind }) => kind === 'literal').length
}

function withoutParams(endpoint: EndpointInfo): Match {
  return Object.freeze({ endpoint, params: Object.freeze({}) })
}

function firstSegment(path: string): string {
  const end = path.indexOf('/', 1)
  return end === -1 ? path.slice(1) : path.slice(1, end)
}
