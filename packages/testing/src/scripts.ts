import type { Request } from './http-message.js'
import type { UpstreamConnection } from './upstream-connection.js'

/**
 * What an upstream does on one connection. A wait that fails because the client left ends the script, and is no
 * failure. Whatever else a script throws closes the connection, and is thrown when the upstream is disposed.
 */
export type Script = (connection: UpstreamConnection) => Promise<void>

/** What is sent: these bytes, or what a function makes of the request. */
export type Answer = string | Uint8Array | ((request: Request) => string | Uint8Array)

/** Reads each request with its body and answers it; ends when the client ends. */
export function answer(reply: Answer): Script {
  return async function answer(connection) {
    for await (const request of connection.eachRequest()) {
      await connection.send(typeof reply === 'function' ? reply(request) : reply, forever)
    }
    await connection.end()
  }
}

/** Answers as soon as the head is there, while the body is still coming; goes on to read until the client leaves. */
export function answerEarly(reply: string | Uint8Array): Script {
  return async function answerEarly(connection) {
    await connection.head(forever)
    await connection.send(reply)
    await connection.closed(forever)
  }
}

/** Reads all that comes, and never answers; ends when the client ends. */
export function neverAnswer(): Script {
  return async function neverAnswer(connection) {
    await connection.closed(forever)
  }
}

/** Stops reading after the head, and never answers. */
export function stall(): Script {
  return async function stall(connection) {
    await connection.head(forever)
    connection.pause()
  }
}

/** Answers one request with the beginning of a reply, then closes as an engine does that dies. */
export function closeMidReply(beginning: string | Uint8Array): Script {
  return async function closeMidReply(connection) {
    await connection.request(forever)
    await connection.send(beginning)
    connection.destroy()
  }
}

/** Sends a head, then the same chunk again and again as fast as the client reads, until it leaves. */
export function endless(head: string | Uint8Array, chunk: string | Uint8Array): Script {
  return async function endless(connection) {
    await connection.request(forever)
    await connection.send(head)
    while (!connection.isClosed) await connection.send(chunk, forever)
  }
}

export interface EchoTunnelOptions {
  /** What opens the tunnel. @default the engine's answer to `Upgrade: tcp` */
  head?: string
  /** Sent when the client has ended its side and everything is echoed. @default nothing */
  last?: string
}

/** Opens a tunnel and echoes what comes. The client's FIN ends the echo, not before `last` was sent. */
export function echoTunnel({ head = upgraded, last = '' }: EchoTunnelOptions = {}): Script {
  return async function echoTunnel(connection) {
    await connection.request(forever)
    await connection.send(head)
    for await (const bytes of connection) await connection.send(bytes, forever)
    await connection.send(last)
    await connection.end()
  }
}

const forever = { deadline: Infinity }

/** As the engine's `POST /containers/{id}/attach` answers. */
const upgraded = [
  'HTTP/1.1 101 UPGRADED',
  'Content-Type: application/vnd.docker.raw-stream',
  'Connection: Upgrade',
  'Upgrade: tcp',
  '\r\n',
].join('\r\n')
