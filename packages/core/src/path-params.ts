import type { EndpointInfo } from './endpoints/endpoint-types.js'
import { recognise } from './endpoints/recognise.js'
import type { Recognition } from './endpoints/recognise.js'
import { targetOf } from './endpoints/target.js'

/** Where a request goes, as its parameters change it. */
export interface Place {
  found: Recognition
  /** Without the query. */
  path: string
}

/**
 * The parameters of a path for one of the endpoints that it fits: what is changed in them is where the call goes. All
 * objects for one place show the same.
 */
export function pathParams(endpoint: EndpointInfo, place: Place): Record<string, string> {
  const params = {}
  for (const name of Object.keys(paramsOf(endpoint, place)))
    Object.defineProperty(params, name, {
      enumerable: true,
      get: () => paramsOf(endpoint, place)[name],
      set: (value: string) => {
        const before = paramsOf(endpoint, place)
        if (value !== before[name]) move(endpoint, place, { ...before, [name]: value })
      },
    })
  return Object.preventExtensions(params)
}

/**
 * The same path under another version of the API; undefined: without one.
 * @throws TypeError for a version that is not digits and dots
 */
export function changeVersion(place: Place, method: string, version: string | undefined): void {
  const { found } = place
  if (version === found.version) return
  const path = `${version === undefined ? '' : `/v${version}`}${withoutVersion(place)}`
  const moved = recognise(method, path)
  if (moved.version !== version || moved.path !== found.path)
    throw new TypeError(`${String(version)} is no version of the API: give one such as 1.45`)
  place.found = moved
  place.path = path
}

/** As it came, unless the version itself was escaped. */
function withoutVersion({ found: { path, version }, path: written }: Place): string {
  if (version === undefined) return written
  const prefix = `/v${version}`
  if (written.startsWith(`${prefix}/`)) return written.slice(prefix.length)
  return path.split('/').map(encodeURIComponent).join('/')
}

function paramsOf(endpoint: EndpointInfo, { found }: Place): Readonly<Record<string, string>> {
  return found.matches.find((match) => match.endpoint === endpoint)!.params
}

/** @throws TypeError where the new path is not read as the same endpoints with just these parameters */
function move(endpoint: EndpointInfo, place: Place, params: Readonly<Record<string, string>>): void {
  const { version, matches } = place.found
  const { method, target } = targetOf(endpoint.key, { version, params, query: {} })
  const found = recognise(method, target)
  const isSame =
    found.matches.length === matches.length &&
    matches.every((match, at) => found.matches[at]!.endpoint === match.endpoint) &&
    sameParams(paramsOf(endpoint, { found, path: target }), params)
  if (!isSame) throw new TypeError(`${method} ${target} is not read as ${endpoint.key} with these parameters`)
  place.found = found
  place.path = target
}

function sameParams(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  return Object.entries(a).every(([name, value]) => b[name] === value)
}
