import type { Call } from '@intermediate/core'
import { IntermediateError } from '@intermediate/core'

/** A call that cannot be done as it is: the message names it, and says what to do instead. */
export function refused(call: Call, status: 400 | 409, what: string): IntermediateError {
  return new IntermediateError('ERR_BAD_REQUEST', status, `${call.method} ${call.path}: ${what}.`)
}
