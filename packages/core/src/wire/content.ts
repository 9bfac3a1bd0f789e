import { Readable } from 'node:stream'
import type { Head } from './head.js'
import type { MessageReader } from './reader.js'

export interface ContentOptions {
  /** Called when the first byte is wanted: false if there is nothing left to read. */
  readonly begin: () => boolean
  /** Called when all of it is here. */
  readonly onWhole?: () => void
  /** In bytes, how long the message says that it is; undefined or negative: it does not say. */
  readonly announced?: number
  /** In bytes, how much of it is kept here while nobody takes it. Default: Node's. */
  readonly ahead?: number
}

/**
 * The content of a message's body as a stream: what is in it, without framing. Nothing is read before somebody wants it,
 * and no more than is wanted.
 */
export class Content extends Readable {
  /** In bytes, how long the message says that it is; 0 if it does not say. */
  readonly announced: number
  private readonly reader: MessageReader<Head>
  private readonly onWhole: (() => void) | undefined
  private begin: (() => boolean) | undefined
  private complete = false

  constructor(reader: MessageReader<Head>, { begin, onWhole, announced = 0, ahead }: ContentOptions) {
    super(ahead === undefined ? {} : { highWaterMark: ahead })
    this.reader = reader
    this.begin = begin
    this.onWhole = onWhole
    this.announced = Math.max(0, announced)
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
    this.onWhole?.()
    this.push(null)
  }
}

/** In bytes, how long a body says that it is before any of it was read; 0 if it does not say. */
export function announcedLength(stream: Readable): number {
  return stream instanceof Content ? stream.announced : 0
}
