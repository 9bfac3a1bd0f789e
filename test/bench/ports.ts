import { once } from 'node:events'
import { connect, createServer } from 'node:net'

let last = 20_000 + (process.pid % 5_000)

/**
 * A port of the loopback interface that nobody listens on. It is none that the kernel gives out: a connection that is
 * tried again and again until somebody listens could be given the very port that it tries, and meet itself there.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = ++last
    const server = createServer().listen(port, '127.0.0.1')
    const free = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!free) continue
    server.close()
    await once(server, 'close')
    return port
  }
}

/** Resolves once a connection to the port was accepted. */
export async function accepting(port: number, signal: AbortSignal): Promise<void> {
  while (!(await accepts(port))) {
    signal.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
