import type { Duplex, Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { EndpointInfo } from '../endpoints/endpoint-types.js'
import { IntermediateError } from '../errors.js'
import type { Fields } from '../fields.js'

/** The content without its coding (RFC 9110 section 8.4.1), which the reply then does not have any more. */
export function decoded(content: Readable, headers: Fields): Readable {
  const coding = codingOf(headers)
  const decoder = coding === undefined ? undefined : decoders[coding]?.()
  if (decoder === undefined) return content
  headers.delete('content-encoding')
  content.on('error', (error) => decoder.destroy(error))
  decoder.on('error', () => content.destroy())
  return content.pipe(decoder)
}

/** @throws IntermediateError 502 for a coding that nobody here can take away */
export function checkCoding(headers: Fields, endpoint: EndpointInfo | undefined): void {
  const coding = codingOf(headers)
  if (coding === undefined || coding === 'identity' || coding in decoders) return
  throw new IntermediateError(
    'ERR_UPSTREAM_PROTOCOL',
    502,
    `${endpoint?.key ?? 'A call'}: the reply is coded as ${coding}, which is not read here.`,
  )
}

function codingOf(headers: Fields): string | undefined {
  return headers.get('content-encoding')?.trim().toLowerCase()
}

const decoders: Readonly<Record<string, (() => Duplex) | undefined>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}
