/** Where bytes go: a socket, or whatever a layer reads them from. */
export interface Sink {
  /** Takes the bytes; false means: no more until the reader's owner calls `resume()`. */
  write(bytes: Buffer): boolean
  /** Nothing more comes: the content of a body, or one half of a tunnel, is at its end. */
  end(): void
  /** Bytes that it has taken and still needs the memory of; undefined: who knows. */
  readonly writableLength?: number
}

/** Takes everything and keeps nothing. */
export const nowhere: Sink = { write: () => true, end: () => undefined, writableLength: 0 }
