import type { Endpoint } from '@intermediate/core'
import { endpoints } from '@intermediate/core'
import { allowing } from './allow.js'
import type { Policy } from './policy.js'
import { checkOptions, trueOrFalse } from './settings.js'

/** What `readOnly` lets pass beyond what the engine tells of itself. */
export interface ReadOnlyOptions {
  /**
   * Files may be copied out of containers (`docker cp`).
   * @default false
   */
  archive?: boolean
  /**
   * Containers and images may be taken out whole (`docker export`, `docker save`).
   * @default false
   */
  export?: boolean
  /**
   * The engine may be made to ask registries, whichever the client names (`docker search`, `docker manifest inspect`).
   * @default false
   */
  registry?: boolean
}

/**
 * Lets pass what looks and changes nothing: every GET and HEAD, and `docker wait`. Not among them, because it is no
 * mere look: a terminal by websocket (`attach/ws` is a GET that types), the swarm's unlock key and its join tokens
 * (`GET /swarm`), checkpoints, of which a client says in which folder of the host to look, and the engine's profiler,
 * which keeps it busy. What a client can read it can tell: environment
 * variables and configs show as they do without it; what secrets hold the engine shows nobody.
 *
 * @throws IntermediateError for an unknown option
 */
export function readOnly(options: ReadOnlyOptions = {}): Policy {
  checkOptions('readOnly()', options, Object.keys(optional))
  const withheld = new Set<Endpoint>([
    ...never,
    ...Object.entries(optional).flatMap(([option, keys]) =>
      trueOrFalse('readOnly()', option, options[option as keyof ReadOnlyOptions]) ? [] : keys,
    ),
  ])
  const looking = endpoints.filter(
    ({ method, key, path }) =>
      (method === 'GET' || method === 'HEAD') && !withheld.has(key) && !path.startsWith('/debug/'),
  )
  return allowing('readOnly', [...looking.map(({ key }) => key), 'POST /containers/:id/wait'])
}

const never: readonly Endpoint[] = [
  'GET /containers/:id/attach/ws',
  'GET /containers/:id/checkpoints',
  'GET /swarm',
  'GET /swarm/unlockkey',
]

const optional: Readonly<Record<keyof ReadOnlyOptions, readonly Endpoint[]>> = {
  archive: ['GET /containers/:id/archive', 'HEAD /containers/:id/archive'],
  export: ['GET /containers/:id/export', 'GET /images/get', 'GET /images/:name/get'],
  registry: ['GET /distribution/:name/json', 'GET /images/search', 'GET /plugins/privileges'],
}
