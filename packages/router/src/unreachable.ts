import { IntermediateError } from '@intermediate/core'

/** True if an upstream could not be reached, or was lost before it answered. */
export function isUnreachable(error: unknown): error is IntermediateError {
  return error instanceof IntermediateError && error.code === 'ERR_UPSTREAM_UNREACHABLE'
}
