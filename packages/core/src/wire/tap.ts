import type { Sink } from './sink.js'

/**
 * Told of what passes, without any part in it: what it is given is a copy, and nothing waits for it. What it throws is
 * uncaught, as anywhere, but leaves no message half done.
 */
export interface Tap {
  /** In bytes, how much of it `data` is given at most; the rest is only counted. Default: all. */
  readonly limit?: number | undefined
  /** Some of it, which is the tap's to keep. */
  data(bytes: Buffer): void
  /** Called once, always: nothing more passes. */
  end(passed: Passed): void
}

/** What has passed a tap. */
export interface Passed {
  /** How many bytes it was. */
  readonly bytes: number
  /** False where it was cut: a connection was lost or dropped before the end. */
  readonly whole: boolean
}

/** Keeps what core promises to a tap and, where that throws, to everybody else. */
export class TapFeed {
  private readonly tap: Tap
  private readonly limit: number
  private bytes = 0
  private ended = false

  constructor(tap: Tap) {
    this.tap = tap
    this.limit = tap.limit ?? Infinity
  }

  give(bytes: Uint8Array): void {
    const room = this.limit - this.bytes
    this.bytes += bytes.length
    if (room <= 0 || bytes.length === 0 || this.ended) return
    // The memory is somebody else's, and read into again.
    const copy = Buffer.from(room < bytes.length ? bytes.subarray(0, room) : bytes)
    guard(() => this.tap.data(copy))
  }

  end(whole: boolean): void {
    if (this.ended) return
    this.ended = true
    guard(() => this.tap.end({ bytes: this.bytes, whole }))
  }
}

/** The same sink, of which taps see what it is given. */
export function tapped(sink: Required<Sink>, feeds: readonly TapFeed[]): Sink {
  if (feeds.length === 0) return sink
  return {
    write: (bytes) => {
      for (const feed of feeds) feed.give(bytes)
      return sink.write(bytes)
    },
    end: () => {
      for (const feed of feeds) feed.end(true)
      sink.end()
    },
    get writableLength() {
      return sink.writableLength
    },
  }
}

function guard(told: () => void): void {
  try {
    told()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
