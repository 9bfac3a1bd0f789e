import { pipeline, Transform } from 'node:stream'
import type { Readable } from 'node:stream'

/** A stream that was to be sent has given something else than bytes and text. */
export class NotBytes extends TypeError {
  constructor(given: unknown) {
    const what = typeof given === 'object' ? 'an object' : `a ${typeof given}`
    super(`a stream that is to be sent gave ${what}, where bytes or text are due: encode what is in it first`)
  }
}

/** What a stream has given, to be sent; undefined for what are no bytes and no text. */
export function bytesOf(given: unknown): Uint8Array | undefined {
  if (given instanceof Uint8Array) return given
  return typeof given === 'string' ? Buffer.from(given) : undefined
}

/**
 * The same stream, for those who would throw at what are no bytes: one in object mode, which may give anything, goes
 * through another that fails instead.
 */
export function bytesOnly(stream: Readable): Readable {
  if (!stream.readableObjectMode) return stream
  const bytes = new Transform({
    writableObjectMode: true,
    transform(given, _encoding, done) {
      const taken = bytesOf(given)
      if (taken === undefined) done(new NotBytes(given))
      else done(null, taken)
    },
  })
  return pipeline(stream, bytes, () => {})
}
