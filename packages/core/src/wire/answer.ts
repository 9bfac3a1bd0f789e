import type { Readable } from 'node:stream'

/** A reply of our own. */
export interface Answer {
  readonly status: number
  /**
   * Its bytes. With `close` the head says that the connection ends after it; with `headOnly` the body is left out; with
   * `chunks` the stream follows in these, else to the end of the connection.
   */
  write(close: boolean, headOnly: boolean, chunks: boolean): Buffer
  /** A body that follows these bytes. */
  readonly stream?: Readable | undefined
}
