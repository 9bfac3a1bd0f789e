import type { Call } from './call.js'
import type { Endpoints } from './endpoints/endpoint-table.js'
import type { Endpoint } from './endpoints/endpoint-types.js'
import { takesJson } from './json/takes-json.js'

/** A call of which the body was read, where the engine reads it as JSON. Of another call it is undefined. */
export type ReadCall<E extends Endpoint = Endpoint> = E extends Endpoint
  ? Omit<Call<E>, 'body'> & { readonly body: Endpoints[E]['body'] }
  : never

/**
 * The same call with its body at hand: `call.body` is what `call.json()` gives, the object that is sent.
 * @throws IntermediateError as `call.json()` does
 */
export async function readCall<E extends Endpoint>(call: Call<E>): Promise<ReadCall<E>> {
  const body = takesJson(call.endpoint) ? await call.json() : undefined
  return Object.create(call, { body: { value: body, enumerable: true } }) as ReadCall<E>
}
