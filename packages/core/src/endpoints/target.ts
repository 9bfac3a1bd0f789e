import type { Query } from '../query.js'
import { withQuery } from '../query.js'
import type { Endpoint } from './endpoint-types.js'
import { everyEndpoint } from './private-endpoints.js'

/**
 * The method and request target of an endpoint.
 * @throws TypeError for an endpoint that is none, a parameter that is missing, or a query that is no text
 */
export function targetOf(
  key: Endpoint,
  { version, params, query }: { version: string | undefined; params: object | undefined; query: Query },
): { method: string; target: string } {
  const endpoint = everyEndpoint().find((each) => each.key === key)
  if (endpoint === undefined)
    throw new TypeError(`${JSON.stringify(key)} is no endpoint of the Docker API, nor a declared one`)
  const given = (params ?? {}) as Readonly<Record<string, unknown>>
  const path = endpoint.path.replaceAll(/:(\w+)/g, (_, name: string) => {
    const value = given[name]
    if (typeof value !== 'string') throw new TypeError(`${key} needs the parameter ${name}`)
    return value.split('/').map(encodeURIComponent).join('/')
  })
  const prefix = version === undefined ? '' : `/v${version}`
  return { method: endpoint.method, target: withQuery(prefix + path, query) }
}
