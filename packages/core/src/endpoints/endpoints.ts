import { endpointRows } from './endpoint-table.js'
import type { EndpointInfo, EndpointRow, Engine } from './endpoint-types.js'

const everyEngine: readonly Engine[] = Object.freeze(['20.10', '26.1', '29.7'] as const)

/** Every endpoint of the Docker API, with the ids 1, 2, 3, … in this order; not those that a program declares. */
export const endpoints: readonly EndpointInfo[] = Object.freeze(
  endpointRows.map((row, index) => endpointInfo(index + 1, row)),
)

/**
 * What stands for a method and path that the table does not have. It may hijack, because nothing is known of it;
 * a stack with a policy refuses it before that matters.
 */
export const unknownEndpoint: EndpointInfo = endpointInfo(0, {
  key: 'unknown',
  hijack: true,
  undocumented: true,
})

/** What is known of an endpoint, by its row in a table. */
export function endpointInfo(id: number, row: EndpointRow): EndpointInfo {
  const [method = '', path = ''] = row.key === 'unknown' ? [] : row.key.split(' ')
  return Object.freeze({
    id,
    key: row.key,
    method,
    path,
    operation: row.operation,
    slashes: row.slashes ?? false,
    hijack: row.hijack ?? false,
    jsonStream: row.jsonStream ?? false,
    undocumented: row.undocumented ?? false,
    since: row.since,
    engines: Object.freeze(row.engines ?? everyEngine),
    query: Object.freeze(row.query ?? []),
    requestBody: row.requestBody,
    reply: row.reply,
  })
}
