import type { Sink } from '../streams/byte-stream.js'
import type { StreamNumber } from '../streams/frames.js'

/** Somebody who gets what a process writes, as it is written. */
export interface Listener {
  /** Resolves when there is room for more. */
  write(stream: StreamNumber, bytes: Buffer): Promise<void>
}

/** Where a process's output goes: to all who listen, the slowest of whom the process waits for. */
export class Output {
  readonly #listeners = new Set<Listener>()
  readonly #record: (stream: StreamNumber, bytes: Buffer) => void

  constructor(record: (stream: StreamNumber, bytes: Buffer) => void = () => {}) {
    this.#record = record
  }

  add(listener: Listener): void {
    this.#listeners.add(listener)
  }

  remove(listener: Listener): void {
    this.#listeners.delete(listener)
  }

  stream(stream: StreamNumber): Sink {
    return {
      write: async (bytes) => {
        if (bytes.length === 0) return
        this.#record(stream, bytes)
        if (this.#listeners.size > 0)
          await Promise.all([...this.#listeners].map((listener) => listener.write(stream, bytes)))
      },
    }
  }
}
