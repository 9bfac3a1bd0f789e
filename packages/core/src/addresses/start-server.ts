import type { ListenOptions, Server } from 'node:net'

/** Begins to listen within the call, and settles when that has worked or not. Later errors do not end the server. */
export function listening(server: Server, at: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.once('listening', () => {
      server.off('error', reject)
      // All that can still come is a connection that could not be accepted, for want of file descriptors.
      server.on('error', () => {})
      resolve()
    })
    server.listen(at)
  })
}

/**
 * Stops a server without waiting for its connections, as its 'close' would. The listening socket is closed, and
 * its file removed, within the call to close(): libuv does both at once.
 */
export function stopper(server: Server, dropPending?: () => void): () => Promise<void> {
  return async () => {
    if (!server.listening) return
    server.close()
    dropPending?.()
  }
}
