import { IntermediateError } from '@intermediate/core'

/** True if an upstream could not be reached, was lost before it answered, or answered with what is no reply. */
export function isUnreachable(error: unknown): error is IntermediateError {
  return error instanceof IntermediateError && codes.has(error.code)
}

const codes: ReadonlySet<string> = new Set(['ERR_UPSTREAM_UNREACHABLE', 'ERR_UPSTREAM_PROTOCOL'])
