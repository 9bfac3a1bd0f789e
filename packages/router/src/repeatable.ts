import type { Call } from '@intermediate/core'
import { IntermediateError, readCall } from '@intermediate/core'

/** In bytes, as much as core reads of a JSON body. */
const limit = 8 * 1024 * 1024

/** True for a call that can be sent again when an engine was lost over it: it changes nothing, and has no body. */
export function isHarmless({ method, headers }: Call): boolean {
  const hasBody =
    headers.get('transfer-encoding') !== undefined || (headers.get('content-length') ?? '0') !== '0'
  return (method === 'GET' || method === 'HEAD') && !hasBody
}

/**
 * Reads the body of a call, so that it can be sent to several.
 * @throws IntermediateError 413 for one of more than 8 MiB
 */
export async function makeRepeatable(call: Call): Promise<void> {
  if ((await readCall(call)).body !== undefined) return
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of call.body as AsyncIterable<Buffer>) {
    length += piece.length
    if (length > limit)
      throw new IntermediateError(
        'ERR_TOO_LARGE',
        413,
        `${call.method} ${call.path}: the body has more than the ${limit} bytes that can be sent to several upstreams.`,
      )
    pieces.push(piece)
  }
  call.body = Buffer.concat(pieces)
}
