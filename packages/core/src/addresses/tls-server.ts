import type { Server, Socket } from 'node:net'
import { createServer } from 'node:tls'
import type { TlsOptions } from 'node:tls'

/** A server that hands over its connections, some of them later than it accepts them. */
export interface Acceptor {
  readonly server: Server
  /** Ends what was accepted and not handed over yet. */
  readonly dropPending: () => void
}

/**
 * Hands over connections when their TLS handshake is done. One that fails, or is not done in time, is closed and
 * nobody hears of it.
 * @param limit milliseconds for the whole handshake; Node's own limit starts again with every byte. @default 30 s
 */
export function acceptTls(
  options: TlsOptions,
  onConnection: (socket: Socket) => void,
  limit = 30_000,
): Acceptor {
  const pending = new Map<string, Socket>()
  const server = createServer(options, (socket) => {
    // False where it went in the meantime.
    if (pending.delete(peer(socket))) onConnection(socket)
    else socket.destroy()
  })
  // Before the listener of node:tls, and with the socket that it hides from then on.
  server.prependListener('connection', (raw: Socket) => {
    const key = peer(raw)
    const timer = setTimeout(() => {
      if (pending.get(key) === raw) raw.destroy()
    }, limit)
    pending.set(key, raw)
    raw.once('close', () => {
      clearTimeout(timer)
      if (pending.get(key) === raw) pending.delete(key)
    })
  })
  return { server, dropPending: () => pending.forEach((raw) => raw.destroy()) }
}

/** The same for a TCP connection and the TLS connection on it, and for no other that is open. */
function peer(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort} ${socket.localAddress}`
}
