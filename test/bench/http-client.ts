import { createHash } from 'node:crypto'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'

export interface Asked {
  readonly method: string
  readonly path: string
  /** Sent piece by piece and without a length, so that it goes in chunks. */
  readonly body?: readonly Buffer[]
}

/** In ms, for the whole of a reply. */
const limit = 60_000

/** A reply, as far as two of them can be compared: its status, and what its body is. */
export async function digest(
  port: number,
  { method, path, body = [] }: Asked,
  ending: AbortSignal,
): Promise<string> {
  const signal = AbortSignal.any([ending, AbortSignal.timeout(limit)])
  const reply = await new Promise<IncomingMessage>((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, method, path, agent: false, signal }, resolve)
    call.on('error', reject)
    for (const piece of body) call.write(piece)
    call.end()
  })
  const hash = createHash('sha256')
  await pipeline(reply, hash)
  return `${reply.statusCode} ${hash.digest('hex')}`
}
