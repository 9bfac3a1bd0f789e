import { BrokenPipe } from './byte-stream.js'
import type { Sink, Source } from './byte-stream.js'
import { Condition } from './condition.js'

/** As many bytes as the kernel's pipe takes before its writer has to wait. */
const capacity = 64 * 1024

/** Bytes on their way from writers to readers, within the capacity of a kernel's pipe. What is written at once is read at once. */
export class Pipe implements Source, Sink {
  readonly #chunks: Buffer[] = []
  readonly #condition = new Condition()
  #size = 0
  #ended = false
  #broken = false

  /** Waits for room, and resolves as soon as the bytes are in. */
  async write(bytes: Buffer, signal?: AbortSignal): Promise<void> {
    await this.#condition.until(() => (this.#size < capacity || this.#broken ? true : undefined), signal)
    if (this.#broken) throw new BrokenPipe('nobody reads this pipe any more')
    this.#chunks.push(bytes)
    this.#size += bytes.length
    this.#condition.changed()
  }

  /** No more is written: readers get what is there, then the end. */
  end(): void {
    this.#ended = true
    this.#condition.changed()
  }

  /** No more is read: writers get BrokenPipe. */
  break(): void {
    this.#broken = true
    this.#condition.changed()
  }

  async read(signal?: AbortSignal): Promise<Buffer | undefined> {
    const bytes = await this.#condition.until(
      () => this.#chunks.shift() ?? (this.#ended ? null : undefined),
      signal,
    )
    if (bytes === null) return undefined
    this.#size -= bytes.length
    this.#condition.changed()
    return bytes
  }

  unread(bytes: Buffer): void {
    if (bytes.length === 0) return
    this.#chunks.unshift(bytes)
    this.#size += bytes.length
    this.#condition.changed()
  }
}
