import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/**
 * Closes a connection so that its peer cannot take what it got for the whole: over TCP with RST. Unix sockets have no
 * such thing, and TLS has its own: a close without close_notify.
 *
 * `socket.resetAndDestroy()` would send FIN first, and not before a peer that has stopped reading has taken everything.
 * Once our FIN is on its way, libuv refuses to reset, and Node would never close the socket then.
 */
export function reset(socket: Socket): void {
  const isTcp = !(socket instanceof TLSSocket) && socket.remoteAddress !== undefined
  if (isTcp && !socket.writableEnded) Object.assign(socket, { resetAndClosing: true })
  socket.destroy()
}
