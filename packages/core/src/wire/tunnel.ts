import { Duplex } from 'node:stream'
import type { Connection } from './connection.js'
import type { Link } from './link.js'

/** Joins a client and an upstream byte for byte, each half to its own end: the end of stdin must not end stdout. */
export function splice(connection: Connection, link: Link): void {
  link.reader.tunnel(connection.socket)
  connection.reader.tunnel(link.socket)
}

/** Joins a client and a stream, each half to its own end. */
export function join(connection: Connection, stream: Duplex): void {
  const { socket, reader } = connection
  stream.on('data', (bytes: Buffer) => {
    if (!socket.write(bytes)) stream.pause()
  })
  stream.on('end', () => socket.end())
  stream.on('error', () => connection.abort())
  stream.on('close', () => {
    if (stream.readableEnded) connection.finish()
    else connection.abort()
  })
  stream.on('drain', () => reader.resume())
  socket.on('drain', () => stream.resume())
  reader.tunnel({ write: (bytes) => stream.write(bytes), end: () => stream.end() })
}

/** An upstream's tunnel as a stream, for a layer that wraps it. It does nothing until it is read or written. */
export class LinkTunnel extends Duplex {
  readonly link: Link
  private used = false
  private reading = false

  /** @param client the connection that it belongs to: without it, nobody wants the tunnel */
  constructor(link: Link, client: Connection) {
    super({ allowHalfOpen: true, autoDestroy: true })
    this.link = link
    // Not everybody who wraps it listens, and a connection that is lost must not end the process.
    this.on('error', () => {})
    // After the upstream's FIN, what it has sent may still wait to be read.
    link.socket.on('close', () => {
      if (this.touched && !link.socket.readableEnded) this.lose()
    })
    client.socket.on('close', () => this.destroy())
  }

  /** True once somebody has read, written or ended it, or is about to: from then on its bytes go this way only. */
  get touched(): boolean {
    return this.used || this.readableFlowing !== null
  }

  override _read(): void {
    this.used = true
    const { reader } = this.link
    if (this.reading) {
      reader.resume()
      return
    }
    this.reading = true
    if (this.link.asker === undefined) this.lose()
    else reader.tunnel({ write: (bytes) => this.push(bytes), end: () => this.push(null) })
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.used = true
    this.link.socket.write(chunk, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.used = true
    // The client's FIN may have gone on before there was a tunnel, which end() calls an error.
    this.link.socket.end(() => done())
  }

  private lose(): void {
    this.destroy(new Error(`the connection to ${this.link.upstream.name} was lost`))
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.link.destroy()
    done(error)
  }
}
