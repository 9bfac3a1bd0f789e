import type { Socket } from 'node:net'

type Done = (error?: Error | null) => void

/**
 * Hears a peer out that takes no more: what it has sent is read to its end, and what is written to it from then on goes
 * nowhere. Node destroys a socket whose write fails, and with it all that was not read yet: the last output of a
 * container whose client still types, or the early reply to an upload.
 *
 * Only EPIPE says that the peer is done: it has closed in order. ECONNRESET and ETIMEDOUT are losses.
 */
export function hearOut(socket: Socket): void {
  const write = socket._write.bind(socket)
  const writev = socket._writev?.bind(socket)
  socket._write = (chunk, encoding, done) => write(chunk, encoding, unlessDone(done))
  if (writev) socket._writev = (chunks, done) => writev(chunks, unlessDone(done))
}

function unlessDone(done: Done): Done {
  return (error) => done((error as NodeJS.ErrnoException | undefined)?.code === 'EPIPE' ? null : error)
}
