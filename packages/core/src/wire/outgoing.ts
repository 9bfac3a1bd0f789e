import { Readable } from 'node:stream'
import type { Link } from './link.js'
import { sendStream } from './send-stream.js'

/** A request that was made here, or of which something was changed. */
export interface Outgoing {
  readonly method: string
  /** With the fields that say how the body is framed. */
  readonly head: Buffer
  /** A stream goes in chunks; undefined: the client's own, as it comes. */
  readonly body: Buffer | Readable | undefined
}

/** The stream that a layer gave for a body was lost before its end. */
export class BodyLost extends Error {}

export function destroyBody(request: Outgoing | undefined): void {
  if (request?.body instanceof Readable) request.body.destroy()
}

export function sendMade({ socket }: Link, { head, body }: Outgoing, done: (error?: Error) => void): void {
  if (body instanceof Readable) {
    socket.write(head)
    sendStream(body, socket, 'chunked', done)
  } else {
    socket.write(body === undefined || body.length === 0 ? head : Buffer.concat([head, body]))
    done()
  }
}
