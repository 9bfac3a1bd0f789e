import type { Endpoint } from '../endpoints/endpoint-types.js'
import { privateEndpoints } from '../endpoints/private-endpoints.js'
import { requestFieldTrees } from './request-fields-table.js'

/** True if the engine reads the body of a call as JSON, where there is one. */
export function takesJson(endpoint: Endpoint): boolean {
  if (requestFieldTrees.has(endpoint) || withoutFields.has(endpoint)) return true
  return privateEndpoints().some(({ key, requestBody }) => key === endpoint && requestBody !== undefined)
}

/** Bodies that are JSON without a field of their own: a list of settings, and a copy that 20.10 still serves. */
const withoutFields = new Set<Endpoint>(['POST /plugins/:name/set', 'POST /containers/:id/copy'])
