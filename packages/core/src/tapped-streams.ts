import type { Readable, TransformCallback } from 'node:stream'
import { Duplex, pipeline, Transform } from 'node:stream'
import type { TapFeed } from './wire/tap.js'
import { keepOpen } from './wire/tunnel.js'

/** The same body, of which a tap is given a copy as it is read. */
export function tappedBody(stream: Readable, feed: TapFeed): Readable {
  const through = new Transform({
    transform(bytes: Buffer, _encoding, done) {
      feed.give(bytes)
      done(null, bytes)
    },
    flush(done) {
      feed.end(true)
      done()
    },
  })
  through.on('close', () => feed.end(false))
  pipeline(stream, through, () => {})
  return through
}

/** A layer's own tunnel, of which taps are given copies of both directions. It keeps half-closes. */
export class TappedTunnel extends Duplex {
  private readonly inner: Duplex
  private readonly output: TapFeed
  private readonly input: TapFeed | undefined
  private reading = false

  constructor(inner: Duplex, output: TapFeed, input: TapFeed | undefined) {
    super({ allowHalfOpen: true, autoDestroy: true })
    this.inner = inner
    this.output = output
    this.input = input
    keepOpen(inner)
    inner.on('error', (error) => this.destroy(error))
    inner.on('close', () => {
      // What it gave before may still wait to be read.
      if (inner.readableEnded && !this.readableEnded) this.once('end', () => this.destroy())
      else this.destroy()
    })
    if (inner.destroyed) this.destroy()
  }

  override _read(): void {
    if (this.reading) {
      this.inner.resume()
      return
    }
    this.reading = true
    this.inner.on('data', (bytes: Buffer) => {
      this.output.give(bytes)
      if (!this.push(bytes)) this.inner.pause()
    })
    this.inner.on('end', () => {
      this.output.end(true)
      this.push(null)
    })
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.input?.give(chunk)
    this.inner.write(chunk, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.input?.end(true)
    this.inner.end(() => done())
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.output.end(false)
    this.input?.end(false)
    this.inner.destroy()
    done(error)
  }
}
