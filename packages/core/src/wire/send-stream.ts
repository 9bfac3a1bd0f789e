import type { Readable } from 'node:stream'
import type { Socket } from 'node:net'
import { bytesOf, NotBytes } from './bytes-of.js'

/** How a body of unknown length is framed (RFC 9112 section 7.1); without chunks, the end of the connection ends it. */
export type StreamFraming = 'chunked' | 'until close'

const lastChunk = Buffer.from('0\r\n\r\n')
const crlf = Buffer.from('\r\n')

/**
 * Sends what a stream gives, at the pace at which the socket takes it. `done` is called once, when all of it was written
 * or with the error that ended it before: its own, or that it gave what are no bytes. A socket that closes ends the
 * stream.
 */
export function sendStream(
  stream: Readable,
  socket: Socket,
  framing: StreamFraming,
  done: (error?: Error) => void,
): void {
  let over = false
  const finish = (error?: Error) => {
    if (over) return
    over = true
    socket.off('drain', resume)
    socket.off('close', close)
    done(error)
  }
  const resume = () => stream.resume()
  const close = () => {
    stream.destroy()
    finish(new Error('the connection was closed'))
  }
  stream.on('data', (given: unknown) => {
    if (over) return
    const bytes = bytesOf(given)
    if (bytes === undefined) {
      stream.destroy(new NotBytes(given))
      return
    }
    // An empty chunk would end the body.
    if (bytes.length > 0 && !write(socket, bytes, framing)) stream.pause()
  })
  stream.on('end', () => {
    if (over) return
    if (framing === 'chunked') socket.write(lastChunk)
    finish()
  })
  stream.on('error', finish)
  stream.on('close', () => finish(new StreamCut()))
  socket.on('drain', resume)
  socket.on('close', close)
}

/** A stream was destroyed, and nobody said why. */
export class StreamCut extends Error {
  constructor() {
    super('the stream was destroyed before its end')
  }
}

function write(socket: Socket, bytes: Uint8Array, framing: StreamFraming): boolean {
  if (framing === 'until close') return socket.write(bytes)
  socket.cork()
  socket.write(`${bytes.length.toString(16)}\r\n`, 'latin1')
  socket.write(bytes)
  const more = socket.write(crlf)
  socket.uncork()
  return more
}
