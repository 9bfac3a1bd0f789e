import { IntermediateError } from '@intermediate/core'
import type { UpSettings } from './up-arguments.js'

/** The same error in the words of the command line, where a flag was given what cannot be; otherwise undefined. */
export function flagError(error: unknown, { upstream }: UpSettings): IntermediateError | undefined {
  if (!(error instanceof IntermediateError)) return undefined
  const { name, value } = error.option ?? {}
  switch (name) {
    case 'insecure':
      return worded(
        `${value} is refused, since whoever reaches it controls the engine: give --tlscacert, --tlscert and --tlskey so that clients need a certificate, or allow it with --insecure.`,
        error,
      )
    case 'hosts':
      return worded(
        `--allow-host ${value} is no host name: write it without scheme and port, as in docker.example.com.`,
        error,
      )
    case 'upstream':
      // Its sentence names the flag; a layer of FILE may have upstreams of its own.
      return value === upstream ? error : undefined
    default:
      return undefined
  }
}

function worded(message: string, cause: IntermediateError): IntermediateError {
  return new IntermediateError(cause.code, cause.status, message, { cause })
}
