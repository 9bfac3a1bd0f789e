import { IntermediateError } from '../errors.js'

/** The place to listen is taken or cannot be bound. */
export function listenError(message: string, cause?: unknown): IntermediateError {
  return new IntermediateError('ERR_LISTEN', 500, message, { cause })
}
