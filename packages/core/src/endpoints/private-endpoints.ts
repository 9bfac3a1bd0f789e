import type { ApiEndpoints } from './api-endpoints.js'
import type { Endpoints } from './endpoint-table.js'
import type { Endpoint, EndpointInfo } from './endpoint-types.js'
import { endpointInfo, endpoints } from './endpoints.js'
import { type Match, type MatchPath, matchPathByMethod } from './match-path.js'
import { checkPrivateEndpoint } from './private-endpoint-errors.js'

export interface PrivateEndpointOptions {
  /**
   * The path's one parameter spans slashes, as a container's name does: `web/db`.
   * @default false
   */
  slashes?: boolean
  /**
   * The reply may turn the connection into a tunnel; one that does so otherwise is a 502.
   * @default false
   */
  hijack?: boolean
  /**
   * Its body is JSON, which policies and the like read.
   * @default false
   */
  json?: boolean
  /** What `items()` finds in a reply: those of a JSON list, or of a stream of JSON values. Default: nothing. */
  items?: 'list' | 'stream'
}

/** The endpoints that `Endpoints` was given besides Docker's own. */
export type PrivateEndpoint = Exclude<Endpoint, keyof ApiEndpoints | 'unknown'>

/**
 * Declares an endpoint that the Docker API does not have, for the whole process. From then on it is recognised as the
 * engine's own are: case kept, decoded once, the version removed; and it is `unknown` no more. **Declare it before
 * `use()`**: patterns select what is declared by then, `* /*rest` too. `endpoints` stays the Docker API's own.
 *
 * Its types come from the interface `Endpoints`, which any module may add to; then patterns, `call.params`, `ask` and
 * `to` know it:
 *
 *     declare module '@intermediate/core' {
 *       interface Endpoints {
 *         'POST /extensions/:name/run': {
 *           params: { name: string }
 *           query: { wait?: string }
 *           body: { Args?: string[] | null }
 *           reply: { Id?: string | null }
 *         }
 *       }
 *     }
 *     privateEndpoint('POST /extensions/:name/run')
 *
 * A call that no layer answers goes on to the upstream, as any other. Where a policy is stacked it is refused (403)
 * unless a policy names the endpoint, without a wildcard: no rule that was written for Docker's endpoints can know what
 * it does. The names of fields in its body are read as they are written.
 *
 * @throws IntermediateError for a method or path that cannot be, for one that was declared before, and where a path
 * would also be that of an endpoint of the Docker API
 */
export function privateEndpoint<const K extends PrivateEndpoint | (string & {})>(
  key: K & Typed<K>,
  options: PrivateEndpointOptions = {},
): EndpointInfo {
  const { slashes, hijack, json, items } = options
  const endpoint = endpointInfo(endpoints.length + declared.length + 1, {
    key: key as Endpoint,
    ...(slashes && { slashes }),
    ...(hijack && { hijack }),
    ...(json && { requestBody: 'object' }),
    ...(items === 'stream' && { jsonStream: true }),
    ...(items === 'list' && { reply: 'array of items' }),
    engines: [],
  })
  checkPrivateEndpoint(endpoint, options, endpoints, declared)
  declared.push(endpoint)
  routes = matchPathByMethod(declared)
  return endpoint
}

/** True for an endpoint that no engine has. */
export function isPrivate({ engines }: EndpointInfo): boolean {
  return engines.length === 0
}

/** Those that were declared. */
export function privateEndpoints(): readonly EndpointInfo[] {
  return declared
}

/** The endpoints of the Docker API, then those that were declared, in the order of their ids. */
export function everyEndpoint(): readonly EndpointInfo[] {
  return declared.length === 0 ? endpoints : [...endpoints, ...declared]
}

/** The declared endpoints that a path fits which is none of the Docker API's. */
export function matchPrivate(method: string, path: string): readonly Match[] | undefined {
  return routes.get(method)?.(path)
}

const declared: EndpointInfo[] = []
let routes: ReadonlyMap<string, MatchPath> = new Map()

/** Asks nothing of an endpoint with types, and of another one a property whose name is the complaint. */
type Typed<K> = K extends 'unknown' | keyof ApiEndpoints
  ? { readonly 'this is an endpoint of the Docker API: use it without declaring it': K }
  : K extends PrivateEndpoint
    ? HasTypes<K> extends true
      ? unknown
      : { readonly 'interface Endpoints must give it body, reply, query, and the params of its path': K }
    : string extends K
      ? unknown
      : {
          readonly 'give it types first, in interface Endpoints of module @intermediate/core': K
        }

type HasTypes<K extends PrivateEndpoint> = Endpoints[K] extends {
  params: Record<ParamNames<K>, string>
  query: object
  body: unknown
  reply: unknown
}
  ? keyof Endpoints[K]['params'] extends ParamNames<K>
    ? true
    : false
  : false

type ParamNames<Path extends string> = Path extends `${string}/:${infer Name}/${infer Rest}`
  ? Name | ParamNames<`/${Rest}`>
  : Path extends `${string}/:${infer Name}`
    ? Name
    : never
