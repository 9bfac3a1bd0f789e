import { Readable } from 'node:stream'
import type { Head } from './head.js'
import type { MessageReader } from './reader.js'

/**
 * The content of a message's body as a stream: what is in it, without framing. Nothing is read before somebody wants it,
 * and no more than is wanted.
 */
export class Content extends Readable {
  private readonly reader: MessageReader<Head>
  private begin: (() => boolean) | undefined
  private complete = false

  /** @param begin is called when the first byte is wanted: false if there is nothing left to read */
  constructor(reader: MessageReader<Head>, begin: () => boolean) {
    super()
    this.reader = reader
    this.begin = begin
    // Not everybody who reads it listens, and a connection that is lost must not end the process.
    this.on('error', () => {})
  }

  /** All of it is here, whether or not somebody took it yet. */
  get isWhole(): boolean {
    return this.complete
  }

  override _read(): void {
    const { begin } = this
    if (begin === undefined) {
      this.reader.resume()
      return
    }
    this.begin = undefined
    if (begin()) this.reader.passContent({ write: (bytes) => this.push(bytes), end: () => this.finish() })
    else this.finish()
  }

  /** Nothing more comes of it: an error, unless all of it is here already. */
  lose(error: Error): void {
    if (!this.complete) this.destroy(error)
  }

  private finish(): void {
    this.complete = true
    this.push(null)
  }
}
