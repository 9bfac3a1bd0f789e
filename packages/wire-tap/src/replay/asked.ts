import type { Call } from '@intermediate/core'
import { JsonBody } from '../json-body.js'
import { parsed } from '../json-values.js'

/** What a call says, as far as recordings have it. */
export interface Asked {
  readonly endpoint: string
  readonly method: string
  readonly path: string
  readonly version: string | undefined
  readonly query: Readonly<Record<string, string | readonly string[]>>
  readonly body: AskedBody
}

export type AskedBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly json: unknown }
  /** Something else, such as an archive. */
  | { readonly kind: 'other' }

/** In bytes, of a JSON body. */
const longest = 8 * 1024 * 1024

/**
 * Reads a call to its end.
 * @throws IntermediateError 400 for a query that engines read differently
 */
export async function askedBy(call: Call): Promise<Asked> {
  const { endpoint, method, path, version } = call
  const query = Object.fromEntries(
    Object.keys(call.query).map((name) => {
      const values = call.queryValues(name)
      return [name, values.length === 1 ? values[0]! : values]
    }),
  )
  return { endpoint, method, path, version, query, body: await bodyOf(call) }
}

async function bodyOf(call: Call): Promise<AskedBody> {
  let bytes = 0
  let json: unknown
  const document = new JsonBody(longest, (text) => (json = parsed(text)))
  for await (const piece of call.body as AsyncIterable<Buffer>) {
    bytes += piece.length
    if (bytes <= longest) document.data(piece)
  }
  document.end({ bytes, whole: true })
  if (json !== undefined) return { kind: 'json', json }
  return { kind: bytes === 0 ? 'none' : 'other' }
}
