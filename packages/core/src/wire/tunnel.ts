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
  socket.on('close', () => stream.destroy())
  reader.tunnel({ write: (bytes) => stream.write(bytes), end: () => stream.end() })
}

/** An upstream's tunnel as a stream, for a layer that wraps it. It does nothing until it is read or written. */
export class LinkTunnel extends Duplex {
  readonly link: Link
  /** True once somebody has read, written or ended it: from then on its bytes go this way only. */
  touched = false
  private reading = false

  constructor(link: Link) {
    super({ allowHalfOpen: true, autoDestroy: true })
    this.link = link
    link.socket.on('close', () => {
      if (this.touched && !this.readableEnded)
        this.destroy(new Error(`the connection to ${link.upstream.name} was lost`))
    })
  }

  override _read(): void {
    this.touched = true
    const { reader } = this.link
    if (this.reading) {
      reader.resume()
      return
    }
    this.reading = true
    reader.tunnel({ write: (bytes) => this.push(bytes), end: () => this.push(null) })
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.touched = true
    this.link.socket.write(chunk, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.touched = true
    this.link.socket.end(done)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.link.destroy()
    done(error)
  }
}
