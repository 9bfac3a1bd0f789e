import { Duplex } from 'node:stream'
import { bytesOf, NotBytes } from './bytes-of.js'
import type { Connection } from './connection.js'
import type { Link } from './link.js'
import { StreamCut } from './send-stream.js'
import type { TapFeed } from './tap.js'
import { tapped } from './tap.js'

/** Who is given a copy of what passes a tunnel: of what comes from the upstream, and of what goes to it. */
export interface TunnelTaps {
  readonly output: readonly TapFeed[]
  readonly input: readonly TapFeed[]
}

const noTaps: TunnelTaps = { output: [], input: [] }

/** Joins a client and an upstream byte for byte, each half to its own end: the end of stdin must not end stdout. */
export function splice(connection: Connection, link: Link, { output, input } = noTaps): void {
  link.tunnelled = true
  link.reader.tunnel(tapped(connection.socket, output))
  connection.reader.tunnel(tapped(link.socket, input))
}

/**
 * Joins a client and a stream, each half to its own end. The stream is destroyed when the connection is over.
 * @param onError is called when the stream fails, which ends the connection
 */
export function join(connection: Connection, stream: Duplex, onError: (error: Error) => void): void {
  const { socket, reader } = connection
  keepOpen(stream)
  const finish = () => {
    if (stream.readableEnded && stream.writableFinished) connection.finish()
  }
  const fail = (error: Error) => {
    onError(error)
    connection.abort()
  }
  stream.on('data', (given: unknown) => {
    const bytes = bytesOf(given)
    if (bytes === undefined) stream.destroy(new NotBytes(given))
    else if (!socket.write(bytes)) stream.pause()
  })
  stream.on('end', () => {
    socket.end()
    finish()
  })
  stream.on('finish', finish)
  stream.on('error', fail)
  stream.on('close', () => {
    if (stream.readableEnded) connection.finish(stream.writableFinished)
    else fail(new StreamCut())
  })
  stream.on('drain', () => reader.resume())
  socket.on('drain', () => stream.resume())
  const write = (bytes: Buffer) => {
    try {
      return stream.write(bytes)
    } catch (error) {
      // What a stream's own functions throw is its error, and not that of whoever reads the client.
      stream.destroy(error instanceof Error ? error : new Error('the stream threw', { cause: error }))
      return true
    }
  }
  reader.tunnel({ write, end: () => stream.end() })
}

/**
 * Has a stream stay when both its halves are over. Node would destroy it then, and a stream of `Duplex.from()` would
 * destroy those that it was made of, with all that is on its way through them.
 */
export function keepOpen(stream: Duplex): void {
  const { _readableState, _writableState } = stream as unknown as Inside
  if (_readableState !== undefined) _readableState.autoDestroy = false
  if (_writableState !== undefined) _writableState.autoDestroy = false
}

/** What Node's streams keep inside, since they have been there. */
interface Inside {
  readonly _readableState?: { autoDestroy: boolean }
  readonly _writableState?: { autoDestroy: boolean }
}

/** An upstream's tunnel as a stream, for a layer that wraps it. It does nothing until it is read or written. */
export class LinkTunnel extends Duplex {
  readonly link: Link
  taps = noTaps
  private used = false
  private reading = false

  /** @param client the connection that it belongs to: without it, nobody wants the tunnel */
  constructor(link: Link, client: Connection) {
    super({ allowHalfOpen: true, autoDestroy: true })
    this.link = link
    // Not everybody who wraps it listens, and a connection that is lost must not end the process.
    this.on('error', () => {})
    link.socket.on('close', () => {
      if (client.socket.destroyed) this.destroy()
      // After the upstream's FIN, what it has sent may still wait to be read.
      else if (this.touched && !link.socket.readableEnded) this.lose()
    })
    client.socket.on('close', () => {
      // The client's last bytes may be on their way here.
      if (!link.leaving || link.socket.destroyed) this.destroy()
    })
  }

  /** True once somebody has read, written or ended it, or is about to: from then on its bytes go this way only. */
  get touched(): boolean {
    return this.used || this.readableFlowing !== null
  }

  /** Gives copies of what passes from now on. */
  tap(output: TapFeed, input: TapFeed | undefined): void {
    const { taps } = this
    this.taps = {
      output: [...taps.output, output],
      input: input === undefined ? taps.input : [...taps.input, input],
    }
  }

  override _read(): void {
    this.use()
    const { reader } = this.link
    if (this.reading) {
      reader.resume()
      return
    }
    this.reading = true
    if (this.link.asker === undefined) this.lose()
    else reader.tunnel({ write: (bytes) => this.receive(bytes), end: () => this.receiveEnd() })
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.use()
    for (const feed of this.taps.input) feed.give(chunk)
    this.link.socket.write(chunk, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.use()
    for (const feed of this.taps.input) feed.end(true)
    // The client's FIN may have gone on before there was a tunnel, which end() calls an error.
    this.link.socket.end(() => done())
  }

  private receive(bytes: Buffer): boolean {
    for (const feed of this.taps.output) feed.give(bytes)
    return this.push(bytes)
  }

  private receiveEnd(): void {
    for (const feed of this.taps.output) feed.end(true)
    this.push(null)
  }

  private use(): void {
    this.used = true
    this.link.tunnelled = true
  }

  private lose(): void {
    this.destroy(new Error(`the connection to ${this.link.upstream.name} was lost`))
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.link.destroy()
    done(error)
  }
}
