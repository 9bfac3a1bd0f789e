import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { readTlsFiles } from './tls-files.js'
import type { TlsFiles } from './tls-files.js'

export interface Accepted {
  /** After the TLS handshake, where there is one. */
  onConnection(socket: Socket, transport: Socket): void
  onFailedHandshake(error: Error): void
}

/**
 * A server whose sockets keep their two directions apart. With TLS it also hands over the TCP socket below, which
 * alone can be reset; Node does not show which one that is, so it is found by the client's port.
 */
export function halfOpenServer(tls: TlsFiles | undefined, accepted: Accepted): Server {
  const options = { allowHalfOpen: true, noDelay: true }
  if (!tls) return createServer(options, (socket) => accepted.onConnection(socket, socket))

  const transports = new Map<number | undefined, Socket>()
  const server = createTlsServer({ ...options, ...readTlsFiles(tls), requestCert: tls.ca !== undefined })
  server.on('connection', (transport: Socket) => {
    const port = transport.remotePort
    transports.set(port, transport)
    transport.once('close', () => transports.delete(port))
  })
  server.on('secureConnection', (socket) => {
    accepted.onConnection(socket, transports.get(socket.remotePort) ?? socket)
  })
  server.on('tlsClientError', (error) => accepted.onFailedHandshake(error))
  return server
}
