import type { ApiEndpoints } from './api-endpoints.js'
import type { Endpoints } from './endpoint-table.js'
import type { Endpoint } from './endpoint-types.js'

/**
 * What the reply of an endpoint has many of: the entries of a list, the values of a stream; `never` where it has no such
 * thing, any value where the endpoint is not known. Of a private endpoint it is what its reply lists, or else the reply.
 */
export type Item<E extends Endpoint> = [Endpoint] extends [E] ? NonNullable<unknown> : ItemOf<E>

/** What becomes of an item: the one to send in its place, which may be the same, or undefined to leave it out. */
export type ChangeItem<I> = (item: I) => I | undefined | Promise<I | undefined>

/**
 * What `items()` takes for endpoints of which each has items; for another one also a property whose name is the
 * complaint. Where the endpoint is only known when the program runs, `items()` throws instead.
 */
export type ItemsChange<E extends Endpoint> =
  unknown extends HaveItems<E>
    ? ChangeItem<Item<E>>
    : // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the reply stays one of any endpoint
      ChangeItem<any> & HaveItems<E>

/** Asks nothing of endpoints with items, and of others a property whose name is the complaint. */
export type HaveItems<E extends Endpoint> = [Endpoint] extends [E]
  ? unknown
  : [WithoutItems<E>] extends [never]
    ? unknown
    : { readonly 'its replies have no items: read them with json()': WithoutItems<E> }

type ItemOf<E extends Endpoint> = E extends Endpoint
  ? Endpoints[E] extends { readonly item: infer I }
    ? I
    : E extends keyof ApiEndpoints | 'unknown'
      ? never
      : ListedIn<NonNullable<Endpoints[E]['reply']>>
  : never

type ListedIn<R> = R extends readonly (infer I)[] ? I : R

type WithoutItems<E extends Endpoint> = E extends Endpoint ? ([ItemOf<E>] extends [never] ? E : never) : never
