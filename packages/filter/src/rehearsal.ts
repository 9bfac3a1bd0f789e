import { Readable } from 'node:stream'
import type { Call } from '@intermediate/core'
import { IntermediateError } from '@intermediate/core'

/** A call for somebody to judge of whom nothing is to be seen in it afterwards. */
export interface Rehearsal {
  /** What is changed in its parameters, query and body is changed here only. */
  readonly call: Call
  /**
   * Has the body sent as it came, however much of it was read, and whether or not it is JSON.
   * @throws what the body ended with, where the client has left
   */
  restore(): void
}

export function rehearsal(call: Call): Rehearsal {
  let came: Buffer | Readable | undefined
  let lost: { readonly error: unknown } | undefined
  let reading: Promise<unknown> | undefined
  let query: Call['query'] | undefined

  async function read(limit: number): Promise<unknown> {
    const stream = call.body
    try {
      came = await wholeOf(stream, limit)
    } catch (error) {
      lost = { error }
      throw error
    }
    if (came instanceof Readable)
      throw new IntermediateError(
        'ERR_TOO_LARGE',
        413,
        `${call.method} ${call.original.path}: the body has more than the ${limit} bytes that are read of it.`,
      )
    call.body = came
    return call.json({ limit })
  }

  const judged = Object.create(call, {
    params: { value: { ...call.params } },
    // Where it cannot be read, whoever reads it is to be told so.
    query: { get: () => (query ??= Object.create(call.query) as Call['query']) },
    json: { value: ({ limit = defaultLimit } = {}) => (reading ??= read(limit)) },
  }) as Call

  return {
    call: judged,
    restore: () => {
      if (lost !== undefined) throw lost.error
      if (came !== undefined) call.body = came
    },
  }
}

/** That of `call.json()`. */
const defaultLimit = 8 * 1024 * 1024

/** The bytes of a body, or where they are more than that, a stream of all of them. */
async function wholeOf(stream: Readable, limit: number): Promise<Buffer | Readable> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of stream.iterator({ destroyOnReturn: false })) {
    pieces.push(piece as Buffer)
    length += (piece as Buffer).length
    if (length > limit) return Readable.from(bothOf(pieces, stream), { objectMode: false })
  }
  return Buffer.concat(pieces, length)
}

async function* bothOf(first: readonly Buffer[], rest: Readable): AsyncGenerator<Buffer> {
  yield* first
  yield* rest as AsyncIterable<Buffer>
}
