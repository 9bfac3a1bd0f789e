import type { Endpoints } from './endpoint-table.js'

/** An endpoint by its method and path, `GET /containers/:id/json`, or `unknown`: whatever the table does not have. */
export type Endpoint = keyof Endpoints & string

/** The engines whose routes the table is made of, by version. */
export type Engine = '20.10' | '26.1' | '29.7'

/** One route of the engine, as the generated table writes it: what is left out is false, empty or not known. */
export interface EndpointRow {
  readonly key: Endpoint
  readonly operation?: string
  readonly slashes?: true
  readonly hijack?: true
  readonly jsonStream?: true
  readonly undocumented?: true
  readonly since?: string
  /** Left out where every engine has the route. */
  readonly engines?: readonly Engine[]
  readonly query?: readonly string[]
  readonly requestBody?: string
  readonly reply?: string
}

/** What the engine can be asked to do: one method on one path. Frozen; the same object wherever it appears. */
export interface EndpointInfo {
  /**
   * 0 is `unknown`, the table begins at 1, private endpoints follow. Good as an index while the process lives, not to be
   * stored.
   */
  readonly id: number
  readonly key: Endpoint
  readonly method: string
  /** The path without a version, its parameters as `:id`. */
  readonly path: string
  /** The name in Docker's published description. */
  readonly operation: string | undefined
  /** The path's one parameter spans slashes: a container `web/db`, an image `library/nginx`. */
  readonly slashes: boolean
  /** The reply may turn the connection into a tunnel. */
  readonly hijack: boolean
  /** The reply is a stream of JSON values. */
  readonly jsonStream: boolean
  /** The engine serves it, the published description does not mention it. */
  readonly undocumented: boolean
  /** The API version that the description first lists it in. */
  readonly since: string | undefined
  /** Those that have it; none for a private endpoint. */
  readonly engines: readonly Engine[]
  /** The names that its query may have. */
  readonly query: readonly string[]
  /** The type of its body in the published description, where it has a name. */
  readonly requestBody: string | undefined
  /** The type of its reply in the published description, where it has a name. */
  readonly reply: string | undefined
}
