import { IntermediateError } from './errors.js'
import { nameOf } from './failures.js'
import type { Exchange } from './wire/exchange.js'

/**
 * @throws IntermediateError 415 for a call with a form for a body, from which Go takes values for the query before it
 * looks at the query itself
 */
export function refuseForm(exchange: Exchange): void {
  for (const [name, value] of exchange.head.fields())
    if (name.toLowerCase() === 'content-type' && /x-www-form-urlencoded/i.test(value))
      throw new IntermediateError(
        'ERR_BAD_REQUEST',
        415,
        `${nameOf(exchange)} has a form for a body, of which the engine takes fields for its query: send the query alone.`,
      )
}
